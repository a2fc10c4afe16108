"""From the first answer to the exported files, all from the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveys.collection.codes import AccessCode
from surveys.collection.publish import instrument_of
from surveys.collection.submit import submit
from surveys.records.frames import SealedCodes
from surveys.records.kinds import Audience, WaveState
from surveys.records.releases import Rendition
from surveys.records.responses import Arrival, Response
from surveys.records.waves import Wave
from surveys.reporting.numbers import interval_text, value_text
from surveys.reporting.release import released, released_edition
from surveys.simulation.raw import raw_answers
from surveys.simulation.volunteers import volunteers
from tests.commands.conftest import Run
from tests.commands.test_letters import codes_in
from tests.commands.test_planning import actions
from webapp.db import Stores
from webapp.stores import clock


def answer(stores: Stores, codes: list[AccessCode]) -> None:
    """Invented people answer with these codes."""
    with stores.box_transaction() as box:
        wave = box.scalars(select(Wave)).one()
        people = volunteers("terminal", len(codes))
        for code, raw in zip(codes, raw_answers(instrument_of(wave), people, "terminal"), strict=True):
            submit(box, code, raw, clock())


@pytest.fixture
def asked(drawn: Stores, run: Run) -> list[AccessCode]:
    """An open wave whose letters are out; gives the codes."""
    codes = codes_in(run("invite", "trial", "--out", "-", "--yes").stdout_bytes)
    run("wave", "open", "trial")
    return codes


@pytest.fixture
def closed(drawn: Stores, asked: list[AccessCode], run: Run) -> Stores:
    """The wave with 60 answers, closed."""
    answer(drawn, asked[:60])
    run("wave", "close", "trial", "--yes")
    return drawn


def count(stores: Stores, record: type) -> int:
    with stores.box_reading() as box:
        return box.scalar(select(func.count()).select_from(record)) or 0


def test_sealing_ends_a_phase_and_closing_destroys_what_was_not_sent(
    drawn: Stores, asked: list[AccessCode], run: Run
) -> None:
    answer(drawn, asked[:20])
    run("wave", "seal", "trial", typed="n\n", code=1)
    assert (count(drawn, Arrival), count(drawn, Response)) == (20, 0)
    assert "20 answers sealed" in run("wave", "seal", "trial", typed="y\n").output
    answer(drawn, asked[20:30])
    assert "30" in run("wave", "show", "trial").output
    assert "10 answers sealed" in run("wave", "close", "trial", "--yes").output
    assert (count(drawn, Arrival), count(drawn, Response)) == (0, 30)
    with drawn.registrar_reading() as registrar, drawn.box_reading() as box:
        assert registrar.scalar(select(func.count()).select_from(SealedCodes)) == 0
        assert box.scalars(select(Wave.state)).one() is WaveState.CLOSED
    run("wave", "close", "trial", "--yes", code=1)
    run("wave", "open", "trial", code=1)
    assert [name for name in actions(drawn) if name.startswith("wave.")] == [
        "wave.new", "wave.open", "wave.seal", "wave.close",
    ]  # fmt: skip


def test_nothing_is_seen_before_it_is_released(closed: Stores, run: Run) -> None:
    run("release", "trial", "--yes", code=1)
    assert "trial 1" in run("analyse", "trial").output
    run("report", "trial", code=1)
    run("export", "trial", "out", code=1)
    run("release", "trial", typed="n\n", code=1)
    assert "prepared, not released" in run("release", "trial", "--list").output
    run("release", "trial", "1", "--by", "王组长", "--yes")
    assert "王组长" in run("release", "trial", "--list").output
    run("release", "trial", "1", "--yes", code=1)


def test_an_open_wave_has_no_figures(drawn: Stores, asked: list[AccessCode], run: Run) -> None:
    run("analyse", "trial", code=1)


def test_the_report_says_every_figure_as_the_release_has_it(closed: Stores, run: Run) -> None:
    run("analyse", "trial")
    run("release", "trial", "--yes")
    for language in ("zh", "en"):
        report = run("report", "trial", "--lang", language).stdout
        assert {"zh": "模拟数据", "en": "ynthetic data"}[language] in report
        with closed.box_reading() as box:
            read = released_edition(box, box.scalars(select(Wave)).one(), Audience.OFFICIAL)
        for figure in read.part("headline"):
            if figure.value is not None:
                assert f"{value_text(figure)}" in report
                assert interval_text(figure) in report
    assert run("report", "trial", "--audience", "public").stdout != run("report", "trial").stdout or not read.figures


def test_the_files_are_exported_as_they_were_rendered(closed: Stores, run: Run, tmp_path: Path) -> None:
    run("analyse", "trial")
    run("release", "trial", "--yes")
    run("export", "trial", "out")
    with closed.box_reading() as box:
        number = released(box, box.scalars(select(Wave)).one()).id
        mine = select(Rendition).where(Rendition.release_id == number, Rendition.audience == Audience.OFFICIAL)
        kept = {file.filename: file.content for file in box.scalars(mine)}
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == kept
    run("export", "trial", "out", code=1)
    run("export", "trial", "word", "--format", "word")
    assert [path.suffix for path in (tmp_path / "word").iterdir()] == [".docx"]
    assert "papyrus" in run("export", "trial", "none", "--format", "papyrus", code=1).stderr
    assert not (tmp_path / "none").exists()


def test_an_erratum_needs_a_reason_and_says_what_it_corrects(closed: Stores, run: Run) -> None:
    run("analyse", "trial")
    run("release", "trial", "--yes")
    run("release", "trial", "--erratum-of", "1", "--yes", code=2)
    run("analyse", "trial", "--reason", "why", code=2)
    run("release", "trial", "--erratum-of", "9", "--reason", "误植", "--yes", code=1)
    run("release", "trial", "--erratum-of", "1", "--reason", "键值误植", "--yes")
    assert "键值误植" in run("report", "trial").stdout
    assert "键值误植" not in run("report", "trial", "1").stdout
