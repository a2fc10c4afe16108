"""Figures as a page prints them: the same numbers, names and reasons as the files, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.words import flag_text, method_text, reason_text, said

Naming = Callable[[Figure], str]


@dataclass(frozen=True)
class Line:
    """One figure with its printed texts; `reason` stands where there is no value. `below` explains the name."""

    figure: Figure
    name: str
    value: str
    interval: str
    n: str
    n_eff: str
    reason: str
    flag: str
    method: str
    unit: str
    dont_know: str
    refused: str
    below: str = ""

    @property
    def missing_is_counted(self) -> bool:
        """Whether answers of don't know and no answer stand behind it."""
        return bool(self.dont_know or self.refused)


@dataclass(frozen=True)
class Table:
    """Lines under one heading, in groups (title, lines); an empty title is no group."""

    code: str
    title: str
    heading: str  # of the column of names
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    definition: str = ""
    version: str = ""

    @property
    def lines(self) -> list[Line]:
        return [line for _, lines in self.groups for line in lines]

    @property
    def counts_missing(self) -> bool:
        """Whether the columns of 97 and 98 are printed."""
        return any(line.missing_is_counted for line in self.lines)

    @property
    def has_interval(self) -> bool:
        """Volunteers and counts have none."""
        return any(line.interval for line in self.lines)

    @property
    def methods(self) -> list[str]:
        """How the values were made, each way once."""
        return list(dict.fromkeys(line.method for line in self.lines if line.method))


def line(edition: Edition, figure: Figure, language: str, name: str, below: str = "") -> Line:
    """A figure's line under a name."""
    numbers = rounded(figure)
    return Line(
        figure=figure,
        name=name,
        value=value_text(figure),
        interval=interval_text(figure),
        n=number_text(numbers.n),
        n_eff=number_text(numbers.n_eff),
        reason=reason_text(figure.reason, figure.reason_values, language),
        flag=flag_text(figure.flag, language) if figure.value is not None else "",
        method=method_text(figure.method, language),
        unit=said("unit.points", language) if figure.unit == "points" else "",
        dont_know=_counted(figure, "d"),
        refused=_counted(figure, "r"),
        below=below,
    )


def _counted(figure: Figure, mark: str) -> str:
    return number_text(figure.counts[mark]) if mark in figure.counts else ""


def by_title(edition: Edition, figures: Iterable[Figure], language: str) -> tuple[Line, ...]:
    """Lines named by their indicator."""
    return tuple(line(edition, figure, language, edition.title_of(figure.indicator, language)) for figure in figures)


def by_place(edition: Edition, figures: Iterable[Figure], language: str) -> tuple[Line, ...]:
    """Lines named by the people, the body or the item they are about."""
    return tuple(line(edition, figure, language, edition.where(figure, language)) for figure in figures)


def of_indicator(
    edition: Edition, figures: Sequence[Figure], language: str, heading: str, group: Naming | None = None
) -> Table:
    """A table of one indicator's figures, named by place, in their order; `group` gives each its group's title."""
    first = figures[0]
    grouped: dict[str, list[Figure]] = {}
    for figure in figures:
        grouped.setdefault(group(figure) if group else "", []).append(figure)
    return Table(
        first.indicator,
        edition.title_of(first.indicator, language),
        heading,
        tuple((title, by_place(edition, some, language)) for title, some in grouped.items()),
        edition.definition_of(first.indicator, language),
        first.version,
    )


def each_indicator(figures: Iterable[Figure]) -> list[list[Figure]]:
    """Figures apart by indicator and, where several items have their own groups, by item."""
    apart: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        item = "" if figure.domain == "district" else figure.item
        apart.setdefault((figure.indicator, item), []).append(figure)
    return list(apart.values())
