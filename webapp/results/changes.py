"""What an erratum changed: every figure that the corrected release printed otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition
from webapp.results.lines import Line, line

Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Change:
    """One figure before and after; None where a release has no such figure."""

    indicator: str
    where: str
    before: Line | None
    after: Line | None


def changes(old: Edition, new: Edition, language: str) -> list[Change]:
    """The figures whose printed number, interval, n or reason differs, in the new release's order."""
    before, after = _by_place(old), _by_place(new)
    found = []
    for place in after | before:
        then, now = _line(old, before.get(place), language), _line(new, after.get(place), language)
        if _printed(then) != _printed(now):
            known = now or then
            if known is not None:
                edition = new if now else old
                found.append(Change(edition.title_of(place[1], language), known.name, then, now))
    return found


def _by_place(edition: Edition) -> dict[Place, Figure]:
    return {
        (figure.part, figure.indicator, figure.item, figure.domain, figure.domain_code): figure
        for figure in edition.figures
    }


def _line(edition: Edition, figure: Figure | None, language: str) -> Line | None:
    return line(edition, figure, language, edition.where(figure, language)) if figure else None


def _printed(said: Line | None) -> tuple[str, ...]:
    return (said.value, said.interval, said.n, said.n_eff, said.reason) if said else ()
