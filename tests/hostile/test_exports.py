"""Hostile words on their way into a report: shown as typed on the page, text and never a formula in every file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from surveys.cases.register_file import RegisterFile, RegisterRow
from surveys.cases.store import keep_register, publish_cases, run_case_draw
from surveys.records.waves import Wave
from tests.cases.samples import EVALUATION, NOW, case_wave, evaluate, panel
from tests.fieldwork.samples import CODE as SAMPLED
from tests.fieldwork.samples import TOWN, a_wave, hidden, send
from tests.hostile.reading import as_read, foreign_markup, one_blank, shows
from tests.hostile.strings import BROKEN, HOSTILE
from tests.respond.samples import today
from tests.webapp.conftest import sign_in
from webapp.db import Stores
from webapp.ending import end_wave

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NAME = "=1+1 <b>甲</b> {0.__class__} {count} %(x)s &amp; “乙”"
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CODE = "hostile-cases"
PLAIN = [typed for typed in HOSTILE if typed.isascii()]  # what every font has signs for


def words(name: str) -> dict[str, Any]:
    """A wave in which everything bears one name."""
    both = {key: {"zh": name, "en": name} for key in ("title", "commissioner_name", "assessor_name", "area_name")}
    return both | dict.fromkeys(("approval_body", "approval_number", "contact"), name)


def released(client: FlaskClient, stores: Stores, bodies: Sequence[str] = HOSTILE, name: str = NAME) -> Wave:
    """A case evaluation full of hostile words, analysed and released through the pages."""
    wave = drawn(stores, bodies, words(name))
    cases = [f"C-{place:02d}" for place in range(len(bodies))]
    for one in panel(stores, wave, cases, "deputies", "lawyers", "residents", "supervisors"):
        for case in cases:
            evaluate(stores, one, case, 80)
    end_wave(stores, wave)
    job = send(client, f"/waves/{CODE}/analysis").location
    assert "已完成" in client.get(job).get_data(as_text=True)
    assert send(client, f"/waves/{CODE}/analysis/1/release", confirm="1").status_code == 303
    return wave


def drawn(stores: Stores, bodies: Sequence[str], said: dict[str, Any]) -> Wave:
    """A wave with a case of each of these bodies, every case drawn."""
    parties = {"commissioner": "yubei", "assessor": "firm", "area_scheme": "stats"}
    wave = case_wave(stores, **today(**EVALUATION | said | parties | {"code": CODE}))
    rows = tuple(RegisterRow(f"C-{place:02d}", typed, typed, date(2021, 3, 1)) for place, typed in enumerate(bodies))
    with stores.registrar_transaction() as registrar:
        keep_register(registrar, wave.id, RegisterFile(rows), "登记册.csv", NOW)
        chosen = run_case_draw(registrar, wave.id, "种子", len(bodies))
    with stores.box_transaction() as box:
        publish_cases(box, wave.id, chosen, len(bodies))
    return wave


@pytest.fixture
def official(app: Flask, assessor: FlaskClient, stores: Stores) -> FlaskClient:
    """The official's browser, after the release."""
    released(assessor, stores)
    return sign_in(app.test_client(), "official.zhao")


def test_a_released_report_holds_hostile_words_as_text_everywhere(official: FlaskClient, assessor: FlaskClient) -> None:
    start = f"/results/{CODE}/1/"
    page = official.get(start).get_data(as_text=True)
    assert foreign_markup(page) == []
    assert missing_in(as_read(page)) == []
    the_csv(official.get(f"{start}csv").get_data().decode("utf-8-sig"))
    the_workbook(official.get(f"{start}excel").get_data())
    word = without_blanks(word_text(official.get(f"{start}word").get_data()))
    assert [typed for typed in (*HOSTILE, NAME) if without_blanks(typed) not in word] == []
    for path in ("/", "/analysis", "/analysis/1", "/cases/", "/cases/register", "/cases/draw", "/cases/progress"):
        staff = assessor.get(f"/waves/{CODE}{path}")
        assert staff.status_code == 200
        assert foreign_markup(staff.get_data(as_text=True)) == [], path
    assert missing_in(as_read(assessor.get(f"/waves/{CODE}/cases/draw").get_data(as_text=True))) == []
    lines = csv.reader(io.StringIO(assessor.get(f"/waves/{CODE}/cases/drawn.csv").get_data().decode("utf-8-sig")))
    assert [cell for line in lines for cell in line if cell.startswith(ACTIVE)] == []


def test_the_reason_of_an_erratum_is_shown_as_typed(official: FlaskClient, assessor: FlaskClient) -> None:
    reason = " ".join(HOSTILE)[:480]
    job = send(assessor, f"/waves/{CODE}/analysis/1/erratum", reason=reason).location
    assert "已完成" in assessor.get(job).get_data(as_text=True)
    assert send(assessor, f"/waves/{CODE}/analysis/2/release", confirm="1").status_code == 303
    for client, path in ((official, f"/results/{CODE}/2/"), (assessor, f"/waves/{CODE}/analysis")):
        page = client.get(path).get_data(as_text=True)
        assert foreign_markup(page) == []
        assert shows(page, reason), path
    word = official.get(f"/results/{CODE}/2/word").get_data()
    assert without_blanks(reason) in without_blanks(word_text(word))


def test_signs_that_no_file_can_hold_do_not_keep_a_report_from_being_made(
    app: Flask, assessor: FlaskClient, stores: Stores
) -> None:
    bodies = [f"甲{typed[:100]}乙" for typed in BROKEN if "\x00" not in typed]  # no file with a zero byte is taken
    released(assessor, stores, bodies, "局\x07\x0b\x1b\ufffe")
    official = sign_in(app.test_client(), "official.zhao")
    assert official.get(f"/results/{CODE}/1/").status_code == 200
    assert "甲" in word_text(official.get(f"/results/{CODE}/1/word").get_data())
    assert load_workbook(io.BytesIO(official.get(f"/results/{CODE}/1/excel").get_data())).sheetnames


def test_lists_of_a_sample_hold_hostile_names_as_text(assessor: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    path = f"/waves/{SAMPLED}"
    page = send(assessor, f"{path}/frame", file=(hostile_frame(), "=1+1.csv")).get_data(as_text=True)
    assert foreign_markup(page) == []
    send(assessor, f"{path}/frame/take", sha256=hidden(page, "sha256"), parcel=hidden(page, "parcel"), filename=NAME)
    everything = {f"psus-{TOWN}": str(len(HOSTILE)), "take": "2", "reserve": "1", "seed": NAME, "act": "run"}
    assert send(assessor, f"{path}/draw", **everything).status_code == 303
    drawn = "".join(assessor.get(f"{path}/draw?page={number}").get_data(as_text=True) for number in (1, 2))
    assert foreign_markup(drawn) == []
    assert missing_in(as_read(drawn)) == []
    assert shows(assessor.get(f"{path}/frame").get_data(as_text=True), NAME)
    for form in ("psus", "dwellings"):
        text = assessor.get(f"{path}/draw/{form}.csv").get_data().decode("utf-8-sig")
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert [cell for cell in cells if cell.startswith(ACTIVE)] == []
        assert [typed for typed in HOSTILE if not {typed, f"'{typed}"} & set(cells)] == []
    letters = send(assessor, f"{path}/invitations", town=TOWN)
    printed = without_blanks("".join(one.extract_text() for one in PdfReader(io.BytesIO(letters.get_data())).pages))
    assert [typed for typed in PLAIN if without_blanks(typed) not in printed] == []


def hostile_frame() -> bytes:
    """A frame of one town with a PSU of each hostile name."""
    text = io.StringIO(newline="")
    rows = [[TOWN, typed, f"P-{place:02d}", typed, "网格", 40] for place, typed in enumerate(HOSTILE)]
    csv.writer(text).writerows([["镇街代码", "社区", "网格编号", "网格名称", "类别", "户数"], *rows])
    return text.getvalue().encode()


def missing_in(text: str) -> list[str]:
    """Words of HOSTILE that a text does not hold."""
    return [typed for typed in (*HOSTILE, NAME) if one_blank(typed) not in text]


def the_csv(text: str) -> None:
    """No cell begins like a formula; an apostrophe before it apart, every word is there."""
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert [cell for cell in cells if cell.startswith(ACTIVE) and not _is_number(cell)] == []
    known = {cell.removeprefix("'") for cell in cells} | set(cells)
    assert [typed for typed in HOSTILE if typed not in known] == []


def the_workbook(content: bytes) -> None:
    """Every word is the text of a cell, and no cell is a formula or a link."""
    cells = [cell for sheet in load_workbook(io.BytesIO(content)) for line in sheet.iter_rows() for cell in line]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert [typed for typed in HOSTILE if typed not in {cell.value for cell in cells}] == []


def word_text(content: bytes) -> str:
    """All paragraphs and cells of a Word file."""
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([paragraph.text for paragraph in document.paragraphs] + cells)


def without_blanks(text: str) -> str:
    """In a Word file no blank stands between Chinese and other letters."""
    return "".join(text.split())


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
