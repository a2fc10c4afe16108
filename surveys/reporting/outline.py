"""A release as a written report, block by block; Word and text write the same blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from surveys.reporting import sentences
from surveys.reporting.blocks import Block, Column, Heading, Note, Paragraph, Picture, Signature, Table, Title
from surveys.reporting.case_outline import case_blocks
from surveys.reporting.comparisons import comparisons_of, note, sentence, table
from surveys.reporting.edition import Edition
from surveys.reporting.figure_tables import Naming, definitions, figure_table, grouped_table, scale_table
from surveys.reporting.numbers import number_text, value_text
from surveys.reporting.topics import by_topic
from surveys.reporting.words import reason_text, said

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四")
Section = Callable[[Edition, str], Iterator[Block]]


def outline(edition: Edition, language: str = "zh") -> Iterator[Block]:
    """The whole report. Sections without a figure are left out, and the rest numbered without gaps."""
    yield Title(sentences.title(edition, language, marked=False), edition.mark(language).strip())
    if edition.synthetic:
        yield Paragraph(said("synthetic.note", language))
    if erratum := sentences.erratum(edition, language):
        yield Paragraph(erratum)
    number = 0
    for part, section in SECTIONS.items():
        blocks = list(section(edition, language))
        if blocks:
            yield Heading(_numbered(number, said(f"part.{part}", language), language))
            yield from blocks
            number += 1
    prepared = edition.release.prepared_at.astimezone(ZoneInfo(edition.wave.time_zone))
    when = f"{prepared.year}年{prepared.month}月{prepared.day}日" if language == "zh" else prepared.strftime("%Y-%m-%d")
    yield Signature(edition.wave.assessor_name.get(language) or edition.wave.assessor_name["zh"], when)


def _numbered(number: int, heading: str, language: str) -> str:
    return f"{NUMERALS[number]}、{heading}" if language == "zh" else f"{number + 1}. {heading}"


def annual(edition: Edition, language: str) -> Iterator[Block]:
    yield Paragraph(sentences.annual_paragraph(edition, language))


def method(edition: Edition, language: str) -> Iterator[Block]:
    yield from (Paragraph(text) for text in sentences.method_paragraphs(edition, language))
    counts = edition.part("fieldwork")
    columns = (Column(said("column.indicator", language), 6), Column(said("column.count", language), 2, True))
    rows: list[list[str | None]] = [
        [edition.title_of(figure.indicator, language), value_text(figure) or "—"]
        for figure in counts
        if not figure.item
    ]
    yield Table(said("part.fieldwork", language) + edition.mark(language), columns, rows)


def headline(edition: Edition, language: str) -> Iterator[Block]:
    figures = edition.part("headline")
    if not figures:
        return
    yield Paragraph(sentences.headline(edition, language))
    yield figure_table(edition, said("part.headline", language), by_title(edition, language), figures, language)
    yield Note(said("title.table_note", language))
    yield from definitions(edition, [figure.indicator for figure in figures], language)


def towns(edition: Edition, language: str) -> Iterator[Block]:
    main = edition.headline
    figures = edition.part("towns", main.indicator) if main else []
    if main is None or not figures:
        return
    title = said("chart.towns", language, {"title": edition.title_of(main.indicator, language)})
    yield Picture("towns", title)
    naming = Naming(edition.domain_title("town", language), lambda one: edition.where(one, language))
    yield figure_table(edition, title, naming, figures, language)
    yield from definitions(edition, [main.indicator], language)
    yield Note(said("note.other_indicators", language))


def groups(edition: Edition, language: str) -> Iterator[Block]:
    main = edition.headline
    figures = edition.part("groups", main.indicator) if main else []
    if main is None or not figures:
        return
    title = said("chart.groups", language, {"title": edition.title_of(main.indicator, language)})
    yield Picture("groups", title)
    found = [
        (edition.domain_title(domain, language), [figure for figure in figures if figure.domain == domain])
        for domain in dict.fromkeys(figure.domain for figure in figures)
    ]
    naming = Naming(said("column.domain", language), lambda one: edition.where(one, language))
    yield grouped_table(edition, title, naming, found, language)
    yield from definitions(edition, [main.indicator], language)


def comparisons(edition: Edition, language: str) -> Iterator[Block]:
    found = comparisons_of(edition)
    for comparison in found:
        yield Paragraph(sentence(edition, comparison, language))
        yield table(edition, comparison, language)
    if found:
        yield Note(note(edition, language))


def items(edition: Edition, language: str) -> Iterator[Block]:
    figures = edition.part("items")
    if not figures:
        return
    yield Picture("items", said("part.items", language))
    found = [(edition.label("topic", topic, language) if topic else "", of) for topic, of in by_topic(edition, figures)]
    yield grouped_table(edition, said("part.items", language), by_item(edition, language), found, language)
    yield from definitions(edition, [figure.indicator for figure in figures], language)


def choices(edition: Edition, language: str) -> Iterator[Block]:
    for indicator in edition.indicators("choices"):
        figures = edition.part("choices", indicator)
        title = edition.title_of(indicator, language)
        yield figure_table(edition, title, by_item(edition, language), figures, language)
        yield from definitions(edition, [indicator], language)


def satisfaction(edition: Edition, language: str) -> Iterator[Block]:
    figures = edition.part("satisfaction")
    for item in dict.fromkeys(figure.item for figure in figures):
        of_item = [figure for figure in figures if figure.item == item]
        title = edition.item(of_item[0], language)
        yield figure_table(edition, title, by_title(edition, language), of_item, language, missing=True)
        yield scale_table(edition, item, of_item[0], language)
        yield from definitions(edition, [figure.indicator for figure in of_item], language)


def by_title(edition: Edition, language: str) -> Naming:
    return Naming(said("column.indicator", language), lambda one: edition.title_of(one.indicator, language))


def by_item(edition: Edition, language: str) -> Naming:
    return Naming(said("column.item", language), lambda one: edition.item(one, language))


def cases(edition: Edition, language: str) -> Iterator[Block]:
    of_cases = edition if "cases" in edition.fact else edition.companion
    if of_cases is not None:
        yield from case_blocks(of_cases, language)


def volunteers(edition: Edition, language: str) -> Iterator[Block]:
    figures = edition.part("volunteers")
    if not figures:
        return
    yield Paragraph(sentences.volunteers_note(edition, language))
    columns = (
        Column(said("column.indicator", language), 6),
        Column(said("column.value", language), 3, True),
        Column("n", 1.5, True),
    )
    rows: list[list[str | None]] = [
        [
            edition.title_of(figure.indicator, language),
            value_text(figure) or reason_text(figure.reason, figure.reason_values, language),
            number_text(figure.n) or "—",
        ]
        for figure in figures
    ]
    yield Table(said("part.volunteers", language) + edition.mark(language), columns, rows)


def limits(edition: Edition, language: str) -> Iterator[Block]:
    yield from (Paragraph(text) for text in sentences.limits(edition, language))


SECTIONS: dict[str, Section] = {
    "annual": annual,
    "method": method,
    "headline": headline,
    "towns": towns,
    "groups": groups,
    "comparisons": comparisons,
    "items": items,
    "choices": choices,
    "satisfaction": satisfaction,
    "cases": cases,
    "volunteers": volunteers,
    "limits": limits,
}
