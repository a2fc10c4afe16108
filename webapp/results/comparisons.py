"""Planned comparisons on a report page: a sentence and a table each; and towns sorted by what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveys.records.releases import Figure
from surveys.reporting.comparisons import (
    BANDS,
    Heads,
    bands,
    comparisons_of,
    heads,
    note,
    places_text,
    sentence,
    title,
    verdict_text,
    whom,
)
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import p_text
from surveys.reporting.words import said
from webapp.results.lines import Line, Table, line


@dataclass(frozen=True)
class Compared:
    """One difference with its adjusted p, its verdict and, for a town, the places it may hold."""

    line: Line
    p: str
    verdict: str
    places: str


@dataclass(frozen=True)
class Comparison:
    """One planned comparison in words and lines."""

    title: str
    sentence: str
    lines: list[Compared]
    heads: Heads
    unit: str
    has_places: bool


@dataclass(frozen=True)
class Comparisons:
    """All of a release; `note` says where they come from and how to read them."""

    found: list[Comparison]
    note: str


def comparisons(edition: Edition, language: str) -> Comparisons | None:
    """The section; None for a release without comparisons."""
    found = [
        Comparison(
            title(edition, one, language),
            sentence(edition, one, language),
            [_compared(edition, figure, language) for figure in one.figures],
            heads(one, language),
            said(f"unit.{one.first.unit}", language),
            one.has_places,
        )
        for one in comparisons_of(edition)
    ]
    return Comparisons(found, note(edition, language)) if found else None


def _compared(edition: Edition, figure: Figure, language: str) -> Compared:
    drawn = line(edition, figure, language, whom(edition, figure, language))
    p = p_text(figure.reason_values.get("p_adjusted"))
    return Compared(drawn, p, verdict_text(figure, language), places_text(figure))


def with_bands(edition: Edition, table: Table, language: str, sort: bool) -> Table:
    """A table of towns that says under each name how it compares with the rest; with `sort` by band, then by name.

    Inside a band nobody is first. A table whose indicator the plan does not compare stays as it is.
    """
    first = table.lines[0].figure
    band_of = bands(edition, first.indicator, first.item)
    if not band_of:
        return table
    marked = [replace(one, below=_words(band_of.get(one.figure.domain_code, ""), language)) for one in table.lines]
    if not sort:
        return replace(table, groups=(("", tuple(marked)),))
    groups = [
        (_heading(band, language), tuple(sorted(_of(marked, band_of, band), key=lambda one: one.name)))
        for band in (*BANDS, "")
    ]
    return replace(table, groups=tuple(group for group in groups if group[1]))


def _of(lines: list[Line], band_of: dict[str, str], band: str) -> list[Line]:
    return [one for one in lines if band_of.get(one.figure.domain_code, "") == band]


def _words(band: str, language: str) -> str:
    return said(f"band.{band}", language) if band else ""


def _heading(band: str, language: str) -> str:
    return said(f"band.{band or 'none'}", language)
