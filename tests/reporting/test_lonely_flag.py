"""The rule for a lonely PSU stands beside every number it acted on: on the page, in Word, in Excel and in CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from docx import Document
from sqlalchemy.orm import Session

from surveys.records.kinds import Audience
from surveys.records.releases import Figure
from surveys.reporting.edition import Edition, edition
from surveys.reporting.formats.csv import content
from surveys.reporting.formats.excel import workbook
from surveys.reporting.formats.word import document
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.rows import FIELDS
from surveys.reporting.words import flag_text
from tests.reporting.made import FIELDWORK, PSUS, Said, answers, survey
from webapp.results.lines import line

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
COLLAPSED = "有的层只抽了一个初级抽样单元，误差按与相邻层合并计算"


@pytest.fixture
def database() -> str:
    """Rows are rendered here, not queried: one database will do."""
    return "sqlite"


@pytest.fixture
def read(box: Session) -> Edition:
    """Towns a, b and c of six PSUs each, and town d of a single one, joined with c by the plan."""
    alone = [Said("d/1", one.scores, one.marks, one.cell) for one in answers()[:20]]
    wave = survey(box, [*PSUS, "d/1"], [*answers(), *alone], plan={"lonely": "collapse"})
    return edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)


def rates(read: Edition) -> dict[str, Figure]:
    """The awareness rate of the district ("") and of the towns."""
    found = [figure for figure in read.figures if figure.indicator == "awareness_rate"]
    return {figure.domain_code: figure for figure in found if figure.part in ("headline", "towns")}


def test_figures_that_the_rule_acted_on_are_flagged_and_no_others(read: Edition) -> None:
    flagged = {code: figure.flag for code, figure in rates(read).items() if figure.value is not None}
    assert flagged[""] == "lonely_collapse"
    assert flagged["a"] == "few_df"
    assert flagged["c"] == "lonely_collapse few_df"
    withheld = [figure for figure in read.figures if figure.value is None]
    assert {figure.flag for figure in withheld} == {""}


def test_without_a_lonely_psu_there_is_no_such_flag(box: Session) -> None:
    wave = survey(box, PSUS, answers(), plan={"lonely": "collapse"})
    plain = edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)
    assert rates(plain)[""].flag == ""
    assert not [figure for figure in plain.figures if "lonely" in figure.flag]


def test_the_rule_is_said_beside_the_number_wherever_it_is_printed(read: Edition) -> None:
    names = [row.cells[0].text for table in Document(io.BytesIO(document(read))).tables for row in table.rows]
    assert any(COLLAPSED in name for name in names)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(read)))["数据"]
    notes = [field.name for field in FIELDS].index("note") + 1
    assert COLLAPSED in str(sheet.cell(4, notes).value)
    first = next(csv.DictReader(io.StringIO(content(read).decode("utf-8-sig"))))
    assert COLLAPSED in str(first.values())
    district = rates(read)[""]
    assert line(read, district, "zh", "知晓率").flag == COLLAPSED
    assert "joined with its neighbour" in line(read, district, "en", "awareness").flag


def test_several_flags_are_said_one_after_the_other() -> None:
    assert flag_text("lonely_collapse few_df") == f"{COLLAPSED}；自由度不足 8，请谨慎使用"
    assert flag_text("lonely_adjust few_df", "en").count("; ") == 1
    assert flag_text("") == ""


@pytest.mark.parametrize("rule", ["collapse", "adjust", "average", "certainty", "remove"])
def test_every_rule_has_its_words(rule: str) -> None:
    assert flag_text(f"lonely_{rule}") != f"flag.lonely_{rule}"
    assert flag_text(f"lonely_{rule}", "en").isascii()
