"""Page, Word, Excel, CSV and `minping report` say the same as the release in every number."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook

from surveys.records.kinds import Audience, Role
from surveys.records.releases import Figure
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition
from surveys.reporting.release import released_edition, rendition
from surveys.reporting.words import reason_text
from tests.story.conftest import Demonstration
from tests.story.page_reader import figures_on
from tests.story.printed import DIFFERENCE, all_figures, place_of, printed
from tests.webapp.conftest import settings_for, sign_in
from webapp import create_app
from webapp.commands import main
from webapp.demonstration.cast import sign_in_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]

WAVES = ("yubei-2021", "yubei-2021-small", "yubei-2021-cases")
HEADS = {"结果": "value", "区间下限": "lower", "区间上限": "upper", "n": "n", "有效样本量": "n_eff"}
NOTHING = "—"
COMPARISONS = "comparisons"


@pytest.fixture(params=WAVES)
def edition(request: pytest.FixtureRequest, demonstration: Demonstration) -> Iterator[Edition]:
    """What officials may read of each released wave of the demonstration."""
    with demonstration.stores.box_reading() as box:
        wave = box.query(Wave).filter_by(code=request.param).one()
        yield released_edition(box, wave, Audience.OFFICIAL)


def file_of(demonstration: Demonstration, edition: Edition, form: str) -> bytes:
    """A file as everybody downloads it."""
    with demonstration.stores.box_reading() as box:
        return rendition(box, edition.release, Audience.OFFICIAL, form).content


def texts(figure: Figure) -> tuple[str, str, str, str]:
    """Value or reason, interval, n and effective n as a reader sees them."""
    unit = DIFFERENCE if figure.part == COMPARISONS else figure.unit
    value, interval, n, n_eff = printed(figure).with_unit(unit)
    return value or reason_text(figure.reason, figure.reason_values, "zh"), interval, n, n_eff


def test_the_csv_has_every_figure_and_each_number_of_it(demonstration: Demonstration, edition: Edition) -> None:
    rows = list(csv.DictReader(io.StringIO(file_of(demonstration, edition, "csv").decode("utf-8-sig"))))
    found = [
        (row["wave"], row["part_code"], row["indicator_code"], row["item_code"], row["domain_code"], row["where_code"])
        for row in rows
    ]
    figures = all_figures(edition)
    assert found == [(wave, *place_of(figure)) for wave, figure in figures]
    for row, (_, figure) in zip(rows, figures, strict=True):
        expected = vars(printed(figure))
        assert {name: row[name] for name in expected} == expected, place_of(figure)
        assert bool(row["value"]) != bool(row["reason_zh"]), place_of(figure)


def test_the_workbook_has_every_figure_and_each_number_of_it(demonstration: Demonstration, edition: Edition) -> None:
    sheet = load_workbook(io.BytesIO(file_of(demonstration, edition, "excel")))["数据"]
    lines = sheet.iter_rows(min_row=3, values_only=True)
    heads = next(lines)
    rows = [dict(zip(heads, line, strict=True)) for line in lines]
    for row, (_, figure) in zip(rows, all_figures(edition), strict=True):
        found = {name: _number(row[head], figure, name) for head, name in HEADS.items()}
        expected = {name: Decimal(text) if text else None for name, text in vars(printed(figure)).items()}
        assert found == expected, place_of(figure)


def _number(cell: object, figure: Figure, name: str) -> Decimal | None:
    """A cell's number on the scale of the page: percent cells hold shares."""
    if cell is None:
        return None
    percent = figure.unit == "percent" and name in ("value", "lower", "upper")
    return round(Decimal(str(cell)) * (100 if percent else 1), 6)


def test_the_page_shows_every_figure_with_its_numbers(
    demonstration: Demonstration, edition: Edition, tmp_path: Path
) -> None:
    official = sign_in_of(Role.OFFICIAL)
    client = create_app(settings_for(tmp_path), demonstration.stores, immediate=True).test_client()
    page = sign_in(client, official.login, official.password).get(f"/results/{edition.wave.code}/1/")
    shown = figures_on(page.get_data(as_text=True))
    figures = {place_of(figure): figure for _, figure in all_figures(edition)}
    assert {one.place for one in shown} == set(figures)
    for one in shown:
        value, interval, n, n_eff = texts(figures[one.place])
        expected = {"value": value, "reason": value, "interval": interval, "n": n, "n_eff": n_eff}
        assert one.fields
        assert one.fields == one.fields | {
            name: expected[name] or NOTHING for name in one.fields if name in expected
        }, one.place


def test_each_row_of_numbers_in_the_word_file_is_a_figure_and_none_is_missing(
    demonstration: Demonstration, edition: Edition
) -> None:
    document = Document(io.BytesIO(file_of(demonstration, edition, "word")))
    rows = [
        tuple(without_blanks(cell.text) for cell in row.cells[1:5])
        for table in document.tables
        if len(table.columns) >= 5 and without_blanks(table.cell(0, 2).text) == "95%置信区间"
        if table.cell(0, 1).text == "结果"
        for row in table.rows[1:]
        if len({cell.text for cell in row.cells}) > 1  # a group's heading is one cell over the whole row
    ]
    expected = [tuple(without_blanks(text) for text in in_word(figure)) for figure in of_written_report(edition)]
    assert sorted(rows) == sorted(expected)


def test_each_difference_in_the_word_file_is_a_comparison_of_the_release_and_none_is_missing(
    demonstration: Demonstration, edition: Edition
) -> None:
    document = Document(io.BytesIO(file_of(demonstration, edition, "word")))
    rows = [
        tuple(without_blanks(cell.text) for cell in row.cells[1:5])
        for table in document.tables
        if table.cell(0, 1).text.startswith("差")
        for row in table.rows[1:]
    ]
    expected = [tuple(without_blanks(text) for text in difference(one)) for one in edition.part(COMPARISONS)]
    assert sorted(rows) == sorted(expected)


def difference(figure: Figure) -> tuple[str, str, str, str]:
    """Difference, interval, adjusted p and verdict; a reason fills all four."""
    value, interval, _, _ = texts(figure)
    if figure.value is None:
        return value, value, value, value
    adjusted: float = figure.reason_values["p_adjusted"]
    p = f"{Decimal(f'{adjusted:.9f}').quantize(Decimal('0.001'), ROUND_HALF_UP)}"
    words = {"above": "较高", "not_different": "看不出差别", "below": "较低"}
    return value, interval, "<0.001" if p == "0.000" else p, words[figure.reason_values["verdict"]]


def test_each_row_of_numbers_that_the_command_prints_is_a_figure_and_none_is_missing(
    demonstration: Demonstration, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [" ".join(line.split()) for line in reported(demonstration, edition, monkeypatch).splitlines()]
    expected = [in_text(figure) for figure in of_written_report(edition)]
    for row in expected:
        ends = [line for line in lines if re.search(rf"(^|\s){re.escape(row)}( \d+ \d+)?$", line)]
        assert len(ends) >= expected.count(row), row
    strange = [line for line in lines if _is_row(line) and not any(row in line for row in expected)]
    assert strange == []


def without_blanks(text: str) -> str:
    """Blanks between Chinese and figures are the page's own matter."""
    return re.sub(r"\s", "", text)


def _is_row(line: str) -> bool:
    """Whether a line of text is a row with an interval, rather than a sentence that holds one."""
    return bool(re.search(r" \S+–\S+ [\d,—]+ [\d,—]+( \d+ \d+)?$", line))


def of_written_report(edition: Edition) -> Iterator[Figure]:
    """The figures that stand in the tables of intervals of the written report."""
    main = edition.headline
    for figure in edition.figures:
        by_domain = figure.part in ("towns", "groups") and main is not None and figure.indicator == main.indicator
        if by_domain or figure.part in ("headline", "items", "choices", "satisfaction"):
            yield figure
    cases = edition if "cases" in edition.fact else edition.companion
    for figure in cases.part("cases") if cases else []:
        of_district = figure.domain == "district" and figure.unit != "count"
        if of_district or (figure.domain == "body" and figure.value is not None):
            yield figure


def in_word(figure: Figure) -> tuple[str, str, str, str]:
    """A figure's cells after its name; a reason fills two."""
    value, interval, n, n_eff = texts(figure)
    return value, value if figure.value is None else interval or NOTHING, n or NOTHING, n_eff or NOTHING


def in_text(figure: Figure) -> str:
    """The end of a figure's line; a reason stands once."""
    value, interval, n, n_eff = in_word(figure)
    return " ".join([value, n, n_eff] if figure.value is None else [value, interval, n, n_eff])


def reported(demonstration: Demonstration, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `minping report` prints."""
    monkeypatch.setenv("MINPING_SECRET_KEY", "N0t-a-real-key.only-for-tests:7XqLm2")
    monkeypatch.setenv("MINPING_DATA_DIR", str(demonstration.folder))
    for name in ("box", "registrar"):
        monkeypatch.setenv(f"MINPING_{name.upper()}_URL", f"sqlite:///{demonstration.folder / name}.db")
    result = CliRunner().invoke(main, ["report", edition.wave.code])
    assert result.exit_code == 0, result.output
    return result.stdout
