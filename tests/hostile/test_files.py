"""Wrong and truncated files: each fault is said, nothing is taken, what stood before stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from random import Random

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from surveys.records.frames import Frame
from surveys.records.registers import CaseRegister
from surveys.records.waves import Margin
from surveys.sampling.frame_file import read_frame
from surveys.simulation.cases import case_register, register_csv
from tests.cases.samples import EVALUATION
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, a_wave, frame, hidden, send
from tests.hostile.strings import BROKEN, HOSTILE
from webapp.db import Stores
from webapp.fieldwork.frame_parcel import base_csv

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CUTS = {"csv": 50, "xlsx": 12}  # a workbook is read in a process of its own
CASES = "cases-2026"
WRONG = {
    "nothing": b"",
    "blanks": b"  \r\n \r\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "an empty archive": b"PK\x05\x06" + bytes(18),
    "half a character": "镇街代码,社区\n500112002,甲".encode()[:-1],
    "UTF-16": "镇街代码,社区\n500112002,甲".encode("utf-16"),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a page": b"<!doctype html><table><tr><td>1</td></tr></table>",
    "one quote": '镇街代码,社区\n"500112002,甲'.encode(),
    "zero bytes": b"\x00" * 500,
    "JSON": b'{"a": [1, 2, 3]}',
    "many columns": b"," * 5000 + b"\n",
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
}


def workbook(content: bytes) -> bytes:
    """The same table as an XLSX file."""
    book, held = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        sheet.append(line)
    book.save(held)
    return held.getvalue()


def truncated(content: bytes, form: str) -> Iterator[bytes]:
    """The file cut off at random places."""
    chance = Random(form)
    yield from (content[: chance.randrange(len(content))] for _ in range(CUTS[form]))


def margins() -> bytes:
    """Margins of the two towns."""
    cells = [("年龄*性别", f"{age}*{sex}", 100) for age in range(1, 8) for sex in (1, 2)]
    cells += [("镇街", TOWN, 700), ("镇街", OTHER_TOWN, 700)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("边际", "类别", "人数", "来源", "日期")])
    csv.writer(text).writerows((*cell, "模拟数据", "2020-11-01") for cell in cells)
    return text.getvalue().encode()


def refusals(client: FlaskClient, path: str, files: dict[str, bytes], kept: Callable[[], object]) -> dict[str, str]:
    """By name of file what went wrong: not refused with a fault and its mend, or something was taken."""
    before, found = kept(), {}
    for name, content in files.items():
        answer = send(client, path, file=(content, "file.csv"))
        page = answer.get_data(as_text=True)
        if answer.status_code != 422:
            found[name] = f"status {answer.status_code}"
        elif 'role="alert"' not in page:
            found[name] = "no fault is said"
        elif kept() != before:
            found[name] = "something was taken"
    return found


def frames(stores: Stores) -> list[tuple[object, ...]]:
    """The frames kept."""
    with stores.registrar_reading() as registrar:
        return [tuple(row) for row in registrar.execute(select(Frame.id, Frame.sha256, Frame.psus))]


def test_a_wrong_frame_changes_nothing(assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    good, path = base_csv(frame()), f"/waves/{CODE}/frame"
    page = send(assessor, path, file=(good, "good.csv")).get_data(as_text=True)
    send(assessor, f"{path}/take", sha256=hidden(page, "sha256"), parcel=hidden(page, "parcel"), filename="good.csv")
    assert len(frames(stores)) == 1
    assert refusals(assessor, path, WRONG, lambda: frames(stores)) == {}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_truncated_frame_takes_nothing_and_never_breaks(form: str, assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    whole = base_csv(frame())
    content = whole if form == "csv" else workbook(whole)
    sizes = []
    for cut in truncated(content, form):
        answer = send(assessor, f"/waves/{CODE}/frame", file=(cut, f"frame.{form}"))
        assert answer.status_code in (200, 422), len(
            cut
        )  # cut off at the end of a row it is a smaller table, and shown
        sizes.append(answer.status_code)
        if answer.status_code == 200:
            assert form == "csv"
            read_frame(cut, {TOWN, OTHER_TOWN})
    assert 422 in sizes
    assert frames(stores) == []


def test_a_parcel_that_was_tampered_with_is_not_taken(assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    page = send(assessor, f"/waves/{CODE}/frame", file=(base_csv(frame()), "f.csv")).get_data(as_text=True)
    sha256, parcel = hidden(page, "sha256"), hidden(page, "parcel")
    for typed in (parcel[:-40], parcel[40:], "AAAA", *HOSTILE, *BROKEN):
        answer = send(assessor, f"/waves/{CODE}/frame/take", sha256=sha256, parcel=typed, filename="f.csv")
        assert 400 <= answer.status_code < 500, typed[:20]
    assert send(assessor, f"/waves/{CODE}/frame/take", sha256="0" * 64, parcel=parcel).status_code == 400
    assert frames(stores) == []


def test_wrong_and_truncated_margins_change_nothing(assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    path = f"/waves/{CODE}/margins"

    def kept() -> list[tuple[object, ...]]:
        with stores.box_reading() as box:
            return sorted(tuple(row) for row in box.execute(select(Margin.name, Margin.key, Margin.total)))

    assert send(assessor, path, file=(margins(), "good.csv")).status_code == 303
    assert len(kept()) == 16
    files = {str(len(cut)): cut for cut in truncated(margins(), "csv") if not margins().startswith(cut + b"\r\n")}
    found = refusals(assessor, path, WRONG | files, kept)
    assert {name: said for name, said in found.items() if said != "status 303"} == {}
    assert [name for name in found if name in WRONG] == []


def test_wrong_and_truncated_registers_change_nothing(assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores, **EVALUATION | {"code": CASES})
    path, good = f"/waves/{CASES}/cases/register", register_csv(case_register("files", 2021, 40))

    def kept() -> list[tuple[object, ...]]:
        with stores.registrar_reading() as registrar:
            return [tuple(row) for row in registrar.execute(select(CaseRegister.id, CaseRegister.sha256))]

    page = send(assessor, path, file=(good, "good.csv")).get_data(as_text=True)
    assert send(assessor, f"{path}/take", parcel=hidden(page, "parcel"), filename="good.csv").status_code == 303
    assert len(kept()) == 1
    assert refusals(assessor, path, WRONG, kept) == {}
    for form, content in (("csv", good), ("xlsx", workbook(good))):
        for cut in truncated(content, form):
            assert send(assessor, path, file=(cut, "register.csv")).status_code in (200, 422), len(cut)
    assert len(kept()) == 1


def test_cells_with_hostile_words_are_refused_or_shown_as_typed_and_never_break(
    assessor: FlaskClient, stores: Stores
) -> None:
    a_wave(stores)
    for typed in (*HOSTILE, *BROKEN):
        text = io.StringIO(newline="")
        row = [TOWN, typed, f"P-{typed}", typed, "网格", typed]
        csv.writer(text).writerows([["镇街代码", "社区", "网格编号", "网格名称", "类别", "户数"], row])
        answer = send(assessor, f"/waves/{CODE}/frame", file=(text.getvalue().encode(), f"{typed[:9]}.csv"))
        assert answer.status_code == 422, typed
    assert frames(stores) == []
