"""Invitations from the terminal: printed once, and only where somebody can answer them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from surveys.collection.codes import AccessCode
from surveys.collection.entry import slot_of
from surveys.records.frames import Invitation
from surveys.records.waves import Wave
from tests.commands.conftest import TOWNS, Run, frame_csv, plan_file
from webapp.db import Stores

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")


def codes_in(pdf: bytes) -> list[AccessCode]:
    """The codes that a letters PDF shows, a page each."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [AccessCode.parse(found[0]) for page in pages if (found := CODE.search(page))]


def letters(stores: Stores) -> int:
    with stores.registrar_reading() as registrar:
        return registrar.scalar(select(func.count(Invitation.unit_id.distinct()))) or 0


def test_letters_of_a_town_then_of_the_rest_open_a_slot_each(drawn: Stores, run: Run, tmp_path: Path) -> None:
    said = run("invite", "trial", "--town", TOWNS[0], "--out", "one.pdf", "--yes")
    assert "cannot be printed a second time" in said.stderr
    assert "不能再打印一次" in said.stderr
    first = codes_in((tmp_path / "one.pdf").read_bytes())
    rest = codes_in(run("invite", "trial", "--out", "-", "--yes").stdout_bytes)
    assert (len(first), len(rest), letters(drawn)) == (32, 32, 64)
    with drawn.box_reading() as box:
        assert {slot_of(box, code).town for code in first} == {TOWNS[0]}
        assert {slot_of(box, code).town for code in rest} == {TOWNS[1]}
    run("invite", "trial", "--out", "again.pdf", "--yes", code=1)
    assert not (tmp_path / "again.pdf").exists()


def test_nothing_is_issued_when_the_file_cannot_be_made_or_nobody_agrees(
    drawn: Stores, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "there.pdf").write_text("kept", "utf-8")
    run("invite", "trial", "--out", "there.pdf", "--yes", code=1)
    run("invite", "trial", "--out", "new.pdf", typed="n\n", code=1)
    assert (tmp_path / "there.pdf").read_text("utf-8") == "kept"
    assert letters(drawn) == 0


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_a_loopback_address_is_refused_for_a_wave_that_is_not_synthetic(
    address: str, installed: Stores, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address:
        monkeypatch.setenv("PUBLIC_URL", address)
    run("area", "import", "--yubei", "--yes")
    run("wave", "new", str(plan_file(tmp_path)))
    run("frame", "import", "trial", str(frame_csv(tmp_path)), "--yes")
    run("draw", "trial", "--only", "--psus", f"{TOWNS[0]}=2", "--take", "1", "--yes")
    assert "PUBLIC_URL" in run("invite", "trial", "--out", "-", "--yes", code=1).stderr
    assert letters(installed) == 0


def test_a_public_address_stands_in_the_letters(
    installed: Stores, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://survey.example.org")
    run("area", "import", "--yubei", "--yes")
    run("wave", "new", str(plan_file(tmp_path)))
    run("frame", "import", "trial", str(frame_csv(tmp_path)), "--yes")
    run("draw", "trial", "--only", "--psus", f"{TOWNS[0]}=1", "--take", "2", "--yes")
    pages = PdfReader(io.BytesIO(run("invite", "trial", "--out", "-", "--yes").stdout_bytes)).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 2
    for text in texts:
        assert "https://survey.example.org" in text
        assert f"{TOWNS[0]}" not in text  # a person reads names, not codes
        assert "模拟数据" not in text
    with installed.box_reading() as box:
        assert box.scalars(select(Wave.synthetic)).one() is False
