"""Weights that do not meet the population totals: page, Word, Excel and CSV name the margin and the category."""

from __future__ import annotations

import ast
import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from sqlalchemy.orm import Session

from surveys.records.kinds import Audience
from surveys.records.waves import Margin, Wave
from surveys.reporting.edition import Edition, edition
from surveys.reporting.formats.csv import content
from surveys.reporting.formats.excel import workbook
from surveys.reporting.formats.word import document
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.sentences import method_paragraphs
from surveys.reporting.uncalibrated import uncalibrated, uncalibrated_sentence, why_base_weights
from surveys.reporting.words import is_said, margin_name
from tests.reporting.made import FIELDWORK, PSUS, answers, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
WEIGHTING = Path(__file__).parents[2] / "surveys" / "analysis" / "weighting"


@pytest.fixture
def database() -> str:
    """Rows are rendered here, not queried: one database will do."""
    return "sqlite"


def with_margins(box: Session, **totals: int) -> Wave:
    """A survey with a margin of the sexes."""
    wave = survey(box, PSUS, answers())
    for key, total in totals.items():
        about = {"name": "sex", "key": key.removeprefix("sex"), "total": total, "dated": date(2020, 11, 1)}
        box.add(Margin(wave_id=wave.id, source="普查", synthetic=True, **about))
    box.flush()
    return wave


def released(box: Session, wave: Wave, audience: Audience = Audience.OFFICIAL, **weights: Any) -> Edition:
    """The release, with other facts of its weights in their place."""
    made = prepare_figures(box, wave, FIELDWORK, NOW)
    made.facts = made.facts | {"weights": made.facts["weights"] | weights}
    return edition(box, made, audience)


def unmet(box: Session, audience: Audience, code: str, **values: object) -> Edition:
    return released(box, survey(box, PSUS, answers()), audience, reason=code, reason_values=values)


def word_text(read: Edition) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(document(read))).paragraphs)


def excel_texts(read: Edition, sheet: int) -> list[str]:
    cells = openpyxl.load_workbook(io.BytesIO(workbook(read))).worksheets[sheet].iter_rows(values_only=True)
    return [str(cell) for row in cells for cell in row if cell is not None]


def test_every_file_names_the_margin_and_the_category(box: Session) -> None:
    read = released(box, with_margins(box, sex1=5000, sex2=0))
    zh, en = (
        "“性别”的女登记的人口数为 0，却有答卷",
        "in “Sex” the population total is 0 and yet there are answers for Female",
    )
    assert why_base_weights(read, "zh") == zh
    assert why_base_weights(read, "en") == en
    assert any(zh in paragraph for paragraph in method_paragraphs(read, "zh"))
    assert any(en in paragraph for paragraph in method_paragraphs(read, "en"))
    assert zh.replace(" 0", "0") in word_text(read)
    assert any(zh in text for text in excel_texts(read, 0))
    assert sum(zh in text for text in excel_texts(read, 1)) > 20
    lines = list(csv.DictReader(io.StringIO(content(read).decode("utf-8-sig"))))
    for line in lines:
        weighted = line["part_code"] not in ("fieldwork", "volunteers") and bool(line["value"])
        assert ((zh in line["note_zh"]), (en in line["note_en"])) == (weighted, weighted), line["indicator_code"]
    assert any(line["note_zh"] for line in lines)


def test_the_note_is_a_sentence_with_the_mark_of_synthetic_data(box: Session) -> None:
    read = released(box, with_margins(box, sex1=5000, sex2=0))
    assert uncalibrated(read, "zh").startswith("未按人口总量校准（模拟数据）：“性别”")
    for language, start in (("zh", "请注意：加权后的数字未按"), ("en", "Please note: the weighted figures are not")):
        assert uncalibrated_sentence(read, language).startswith(start)


def test_calibrated_weights_and_weights_without_margins_have_no_note(box: Session) -> None:
    assert uncalibrated(released(box, survey(box, PSUS, answers()))) == ""
    box.rollback()
    met = released(box, with_margins(box, sex1=5000, sex2=5000))
    assert met.fact["weights"]["method"] == "raking"
    assert (uncalibrated(met), uncalibrated_sentence(met)) == ("", "")


def test_a_gap_is_said_in_per_cent(box: Session) -> None:
    values = {"margin": "age*sex", "categories": ["3*2"], "gap": -0.125}
    read = unmet(box, Audience.PUBLIC, "calibration.not_converged", **values)
    assert why_base_weights(read).endswith("“年龄×性别”的30–39 岁 × 女还差 12.5%")
    assert why_base_weights(read, "en").endswith("in “age × sex” 30–39 × Female cannot be brought nearer than 12.5%")
    box.rollback()
    values["gap"] = 8.6e-7
    assert "还差 8.6e-05%" in why_base_weights(unmet(box, Audience.PUBLIC, "calibration.not_converged", **values))


def test_the_public_is_told_how_many_categories_are_empty_and_not_where_nobody_answered(box: Session) -> None:
    values = {"margin": "town", "categories": ["a", "b"]}
    public = unmet(box, Audience.PUBLIC, "margin.empty_cell", **values)
    assert why_base_weights(public) == "“镇街 15 周岁及以上人口”的2 个类别有人口而没有答卷，方案规定不合并"
    assert "for 2 of its categories, and" in why_base_weights(public, "en")
    box.rollback()
    official = unmet(box, Audience.OFFICIAL, "margin.empty_cell", **values)
    assert "的a、b有人口" in why_base_weights(official)
    assert "for a, b, and" in why_base_weights(official, "en")


def test_many_categories_are_cut_short_with_their_number(box: Session) -> None:
    values = {"margin": "town", "categories": [f"t{place}" for place in range(1, 31)]}
    read = unmet(box, Audience.OFFICIAL, "margin.empty_cell", **values)
    assert "t1、t2、t3、t4、t5等 30 个有人口" in why_base_weights(read)
    assert "t1, t2, t3, t4, t5 and others (30 in all)" in why_base_weights(read, "en")


def test_a_release_from_before_margins_were_named_says_it_without_a_name(box: Session) -> None:
    made = prepare_figures(box, survey(box, PSUS, answers()), FIELDWORK, NOW)
    before = {name: value for name, value in made.facts["weights"].items() if name != "reason_values"}
    made.facts = made.facts | {"weights": before | {"reason": "margin.contradictory"}}
    assert why_base_weights(edition(box, made, Audience.OFFICIAL)) == "各项人口总量互相矛盾"


def test_a_reason_nobody_worded_is_a_sentence_still(box: Session) -> None:
    read = unmet(box, Audience.PUBLIC, "calibration.never_heard_of")
    assert why_base_weights(read) == "人口总量用不上（calibration.never_heard_of）"
    assert "{" not in "".join(method_paragraphs(read, "en"))


def codes_with_a_margin() -> set[str]:
    """The codes of what `calibrate` refuses naming a margin: read from its files."""
    found: set[str] = set()
    for name in ("margins.py", "calibration.py"):
        for node in ast.walk(ast.parse((WEIGHTING / name).read_text("utf-8"))):
            texts = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
            found |= {text for text in texts if text.startswith("margin.") and text.replace(".", "_").isidentifier()}
    # no margin, what stops a wave, and covariates, which no wave has
    return {code for code in found if not code.startswith(("margin.none", "margin.contradictory", "margin.covariate"))}


@pytest.mark.parametrize("code", sorted(codes_with_a_margin() | {"calibration.not_converged"}))
def test_every_reason_that_names_a_margin_has_words(box: Session, code: str) -> None:
    assert is_said(f"uncalibrated.{code.replace('.', '_')}")
    read = unmet(box, Audience.OFFICIAL, code, margin="town", categories=["a"], gap=0.5)
    for language in ("zh", "en"):
        assert margin_name("town", language) in why_base_weights(read, language)
        assert "{" not in why_base_weights(read, language)


def test_a_margin_is_called_by_its_questions() -> None:
    assert margin_name("age*sex") == "年龄×性别"
    assert margin_name("sex*edu", "en") == "Sex × Education"
    assert margin_name("shoe*sex", "en") == "shoe*sex"
