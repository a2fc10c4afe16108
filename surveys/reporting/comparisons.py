"""Planned comparisons in words and tables: what is higher, what is lower, and where no difference can be seen.

Imports nothing heavy: web pages use it too. Which verdicts there are is decided in surveys.reporting.verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from surveys.analysis.waves.groups import BETWEEN, COMPARISONS, REST, TOWN
from surveys.records.releases import Figure
from surveys.reporting.blocks import Column, Table
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, p_text, value_text
from surveys.reporting.words import flag_text, reason_text, said

ABOVE, NOT_DIFFERENT, BELOW = "above", "not_different", "below"
BANDS = (ABOVE, NOT_DIFFERENT, BELOW)  # in the order in which they are sorted


@dataclass(frozen=True)
class Comparison:
    """The differences of one planned comparison, of one indicator and item, in print order."""

    family: str
    figures: tuple[Figure, ...]

    @property
    def first(self) -> Figure:
        return self.figures[0]

    @property
    def with_rest(self) -> bool:
        """Whether each is compared with the rest of the district, and not two with each other."""
        return bool(self.first.reason_values["against"] == REST)

    @property
    def has_places(self) -> bool:
        return any(places_text(figure) for figure in self.figures)

    def judged(self, verdict: str) -> list[Figure]:
        """The differences with a verdict, in print order."""
        return [figure for figure in self.figures if figure.reason_values.get("verdict") == verdict]


def comparisons_of(edition: Edition) -> list[Comparison]:
    """Every comparison of a release, in the plan's order."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in edition.part(COMPARISONS):
        values = figure.reason_values
        place = (str(values["family"]), str(values["comparison"]), figure.indicator, figure.item)
        found.setdefault(place, []).append(figure)
    return [Comparison(place[0], tuple(figures)) for place, figures in found.items()]


def bands(edition: Edition, indicator: str, item: str = "") -> dict[str, str]:
    """By town its verdict against the rest of the district, for sorting; empty where the plan compares no towns."""
    compared = edition.part(COMPARISONS, indicator, TOWN)
    return {one.domain_code: str(one.reason_values.get("verdict", "")) for one in compared if one.item == item}


def title(edition: Edition, comparison: Comparison, language: str) -> str:
    """What is compared: the indicator, its item, and between whom."""
    figure = comparison.first
    parts = [edition.title_of(figure.indicator, language), edition.item(figure, language)]
    parts.append(edition.domain_title(figure.domain, language))
    return " · ".join(filter(None, parts))


def sentence(edition: Edition, comparison: Comparison, language: str) -> str:
    """What the comparison says, in plain words."""
    figure = comparison.first
    rule = edition.fact["plan"]["families"][comparison.family]
    values = {
        "title": edition.title_of(figure.indicator, language),
        "item": edition.item(figure, language),
        "mark": edition.mark(language),
        "against": _against(comparison, edition, language),
        "clauses": ("，" if language == "zh" else "; ").join(_clauses(edition, comparison, language)),
        "method": said(f"family.{rule['method']}", language),
        "level": f"{100 * rule['level']:g}",
    }
    return said("sentence.compared_item" if figure.item else "sentence.compared", language, values)


def _against(comparison: Comparison, edition: Edition, language: str) -> str:
    kind = edition.domain_title(comparison.first.domain, language)
    values = {"kind": kind.lower() if language == "en" else kind}
    if not comparison.with_rest:
        return said("comparison.each_other", language, values)
    return said("comparison.towns" if comparison.first.domain == TOWN else "comparison.groups", language, values)


def _clauses(edition: Edition, comparison: Comparison, language: str) -> Iterator[str]:
    above, below, same = (comparison.judged(verdict) for verdict in (ABOVE, BELOW, NOT_DIFFERENT))
    ways = {ABOVE: above, BELOW: below} if comparison.with_rest else {"apart": [*above, *below]}
    for way, figures in ways.items():
        if figures:
            names = [_named(edition, comparison, figure, language) for figure in figures]
            yield said(f"comparison.{way}", language, {"names": ("、" if language == "zh" else ", ").join(names)})
    missing = len(comparison.figures) - len(above) - len(below) - len(same)
    if same:
        every = "one_same" if len(comparison.figures) == 1 else "some_same" if missing else "all_same"
        yield said(f"comparison.{'others_same' if above or below else every}", language, {"count": len(same)})
    if missing:
        yield said("comparison.not_compared", language, {"count": missing})


def _named(edition: Edition, comparison: Comparison, figure: Figure, language: str) -> str:
    """One domain by its name; of a pair the higher before the lower."""
    if comparison.with_rest:
        return edition.label(figure.domain, figure.domain_code, language)
    codes = figure.domain_code.split(BETWEEN)
    higher, lower = codes if (figure.value or 0) > 0 else codes[::-1]
    names = {name: edition.label(figure.domain, code, language) for name, code in (("a", higher), ("b", lower))}
    return said("comparison.pair", language, names)


def note(edition: Edition, language: str) -> str:
    """Where the comparisons come from, and how to read their table."""
    origin = "from_default" if edition.fact["plan"]["default"] else "from_plan"
    values = {"mark": edition.mark(language), "origin": said(f"comparison.{origin}", language)}
    return said("sentence.comparisons_note", language, values)


def comparison_texts(edition: Edition, language: str) -> list[str]:
    """All sentences and the note, for a file without room for tables of them; empty without comparisons."""
    found = [sentence(edition, one, language) for one in comparisons_of(edition)]
    return [*found, note(edition, language)] if found else []


class Heads(NamedTuple):
    """Over the first two columns: who is compared, and the difference with its unit."""

    whom: str
    difference: str


def heads(comparison: Comparison, language: str) -> Heads:
    """A table of differences from the rest says so once, over the names."""
    against = "column.against_rest" if comparison.with_rest else "column.where"
    return Heads(said(against, language), said(f"column.difference_{comparison.first.unit}", language))


def whom(edition: Edition, figure: Figure, language: str) -> str:
    """A difference's name in a table whose head says against whom."""
    if figure.reason_values["against"] == REST:
        return edition.label(figure.domain, figure.domain_code, language)
    return edition.where(figure, language)


def table(edition: Edition, comparison: Comparison, language: str) -> Table:
    """One row a difference: name, difference, interval, adjusted p, verdict and, for towns, the places it may hold."""
    named = heads(comparison, language)
    columns = [
        Column(named.whom, 3.4),
        Column(named.difference, 2.7, True),
        Column(said("column.interval", language), 3.2, True),
        Column(said("column.p_adjusted", language), 2.4, True),
        Column(said("column.verdict", language), 2.5),
    ]
    if comparison.has_places:
        columns.append(Column(said("column.places", language), 2, True))
    rows = [_row(edition, figure, language, comparison.has_places) for figure in comparison.figures]
    return Table(title(edition, comparison, language) + edition.mark(language), tuple(columns), rows)


def _row(edition: Edition, figure: Figure, language: str, places: bool) -> list[str | None]:
    name = whom(edition, figure, language)
    if flag := flag_text(figure.flag, language):
        name = f"{name}（{flag}）" if language == "zh" else f"{name} ({flag})"
    if figure.value is None:
        cells: list[str | None] = [reason_text(figure.reason, figure.reason_values, language), None, None, None]
    else:
        p = p_text(figure.reason_values.get("p_adjusted"))
        cells = [value_text(figure), interval_text(figure), p, verdict_text(figure, language)]
    return [name, *cells, *([places_text(figure) or "—"] if places else [])]


def verdict_text(figure: Figure, language: str) -> str:
    """The verdict in words; empty for a figure without one."""
    verdict = figure.reason_values.get("verdict")
    return said(f"verdict.{verdict}", language) if verdict else ""


def places_text(figure: Figure) -> str:
    """The places a town may hold among those shown, from–to, never one alone; empty where there are none."""
    values = figure.reason_values
    return f"{values['rank_first']}–{values['rank_last']}" if "rank_first" in values else ""
