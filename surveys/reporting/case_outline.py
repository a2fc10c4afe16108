"""The social evaluation of enforcement as blocks: the district, grades, evaluators' marks, the list of cases."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.records.releases import Figure
from surveys.reporting import sentences
from surveys.reporting.blocks import Block, Column, Note, Paragraph, Table
from surveys.reporting.edition import Edition
from surveys.reporting.figure_tables import Naming, definitions, figure_table
from surveys.reporting.numbers import number_text, value_text
from surveys.reporting.words import flag_text, reason_text, said


def case_blocks(edition: Edition, language: str) -> Iterator[Block]:
    """Everything of a case-evaluation release; departments are a list, never a ranking."""
    main = edition.headline
    if main is None:
        return
    yield Paragraph(sentences.headline(edition, language))
    district = [figure for figure in edition.part("cases", domain="district") if figure.unit != "count"]
    naming = Naming(said("column.indicator", language), lambda one: _name(edition, one, language))
    yield figure_table(edition, said("part.cases", language), naming, district, language)
    yield _grades(edition, language)
    bodies = [figure for figure in edition.part("cases", domain="body") if figure.value is not None]
    if bodies:
        naming = Naming(
            edition.domain_title("body", language),
            lambda one: f"{edition.where(one, language)} · {edition.title_of(one.indicator, language)}",
        )
        yield figure_table(edition, said("title.bodies", language), naming, bodies, language)
    yield from _list(edition, main.indicator, language)
    yield from definitions(edition, [figure.indicator for figure in district], language)


def _name(edition: Edition, figure: Figure, language: str) -> str:
    title = edition.title_of(figure.indicator, language)
    return f"{title}：{edition.item(figure, language)}" if figure.item else title


def _grades(edition: Edition, language: str) -> Table:
    columns = (Column(said("column.grade", language), 3), Column(said("column.cases", language), 2, True))
    rows: list[list[str | None]] = [
        [edition.label("grade", figure.item, language), value_text(figure)] for figure in edition.part("cases", "grade")
    ]
    return Table(edition.title_of("grade", language) + edition.mark(language), columns, rows)


def _list(edition: Edition, indicator: str, language: str) -> Iterator[Block]:
    """The cases one by one, for officials; the register's order."""
    figures = edition.part("cases", indicator, "case")
    if not figures:
        return
    columns = (
        Column(said("column.case", language), 2.4),
        Column(said("column.body", language), 3.6),
        Column(said("column.value", language), 1.4, True),
        Column(said("column.grade", language), 1.4),
        Column(said("column.raters", language), 1.4, True),
    )
    bodies = edition.release.labels.get("case", {}).get("bodies", {})
    rows = [_case(edition, figure, bodies.get(figure.domain_code, ""), language) for figure in figures]
    yield Table(said("title.cases", language) + edition.mark(language), columns, rows)
    if any(figure.flag == "veto" for figure in figures):
        yield Note("* " + flag_text("veto", language))


def _case(edition: Edition, figure: Figure, body: str, language: str) -> list[str | None]:
    named: list[str | None] = [edition.where(figure, language), body]
    if figure.value is None:
        return [*named, reason_text(figure.reason, figure.reason_values, language), None, None]
    grade = edition.label("grade", str(figure.reason_values.get("grade", "")), language)
    return [*named, value_text(figure), grade + ("*" if figure.flag == "veto" else ""), number_text(figure.n)]
