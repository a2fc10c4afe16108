"""Tables of figures as texts: every cell comes from surveys.reporting.numbers, every gap says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from surveys.records.releases import Figure
from surveys.reporting.blocks import Column, Note, Table
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.words import flag_text, reason_text, said

Name = Callable[[Figure], str]


@dataclass(frozen=True)
class Naming:
    """What stands in the first column, and above it."""

    heading: str
    name: Name


def figure_table(
    edition: Edition, title: str, naming: Naming, figures: Sequence[Figure], language: str, missing: bool = False
) -> Table:
    """One row a figure: its name, value, interval, n and effective n; with `missing` also don't know and refused."""
    return grouped_table(edition, title, naming, [("", figures)], language, missing)


def grouped_table(
    edition: Edition,
    title: str,
    naming: Naming,
    groups: Iterable[tuple[str, Sequence[Figure]]],
    language: str,
    missing: bool = False,
) -> Table:
    """The same with a heading row over each group that has a name."""
    columns = [
        Column(naming.heading, 4.2 if missing else 5),
        Column(said("column.value", language), 1.7, True),
        Column(said("column.interval", language), 3, True),
        Column("n", 1.5, True),
        Column(said("column.n_eff", language), 2.1, True),
    ]
    if missing:
        columns += [Column(said(f"column.{kind}", language), 1.5, True) for kind in ("dont_know", "refused")]
    rows: list[list[str | None]] = []
    for heading, figures in groups:
        rows += [[heading, *[None] * (len(columns) - 1)]] if heading else []
        rows += [_row(figure, naming.name, language, missing) for figure in figures]
    return Table(title + edition.mark(language), tuple(columns), rows)


def _row(figure: Figure, name: Name, language: str, missing: bool) -> list[str | None]:
    numbers = rounded(figure)
    cells: list[str | None] = [_named(name(figure), figure, language)]
    if figure.value is None:
        cells += [reason_text(figure.reason, figure.reason_values, language), None]
    else:
        cells += [value_text(figure), interval_text(figure) or "—"]
    cells += [number_text(numbers.n) or "—", number_text(numbers.n_eff) or "—"]
    if missing:
        cells += [str(figure.counts[mark]) if mark in figure.counts else "—" for mark in "dr"]
    return cells


def _named(name: str, figure: Figure, language: str) -> str:
    flag = flag_text(figure.flag, language)
    return f"{name}（{flag}）" if flag and language == "zh" else f"{name} ({flag})" if flag else name


def definitions(edition: Edition, indicators: Sequence[str], language: str) -> Iterator[Note]:
    """The definition of each indicator, to stand under its table."""
    for indicator in dict.fromkeys(indicators):
        known = edition.release.definitions.get(indicator, {})
        values = {
            "version": known.get("version", ""),
            "definition": edition.definition_of(indicator, language),
            "beside": said("synthetic.beside", language) if edition.synthetic else "",
        }
        sentence = said("sentence.annual_definition", language, values)
        yield Note(edition.title_of(indicator, language) + ("——" if language == "zh" else ": ") + sentence)


def scale_table(edition: Edition, item: str, figure: Figure, language: str) -> Table:
    """How many gave each answer of a scale, don't know and refused among them: counts, unweighted."""
    words = edition.release.labels.get("mark", {}).get("codes", {}).get(item, {})
    columns = (Column(said("column.answer", language), 6), Column(said("column.people", language), 2, True))
    rows: list[list[str | None]] = [
        [text.get(language) or text["zh"], number_text(figure.counts[mark])]
        for mark, text in words.items()
        if mark in figure.counts
    ]
    return Table(said("title.scale", language, {"mark": edition.mark(language)}), columns, rows)
