"""A release as one audience may read it: its figures, labels, definitions and facts. Every page and file renders this.

Imports nothing heavy: web pages use it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.waves.groups import BETWEEN, COMPARISONS
from surveys.records.kinds import Audience
from surveys.records.releases import Figure, Release
from surveys.records.waves import Wave
from surveys.reporting.words import said

Words = Mapping[str, str]


@dataclass(frozen=True)
class Edition:
    """One release for one audience, with the case evaluation that is shown beside it."""

    release: Release
    wave: Wave
    audience: Audience
    figures: tuple[Figure, ...]
    companion: Edition | None = None
    corrects: Release | None = None

    def part(self, part: str, indicator: str | None = None, domain: str | None = None) -> list[Figure]:
        """The figures of a part in print order, of one indicator or one kind of domain where that is given."""
        return [
            figure
            for figure in self.figures
            if figure.part == part and indicator in (None, figure.indicator) and domain in (None, figure.domain)
        ]

    def one(self, part: str, indicator: str, domain_code: str = "", item: str = "") -> Figure | None:
        """A single figure, or None when the release has no such figure."""
        found = (
            figure for figure in self.part(part, indicator) if figure.domain_code == domain_code and figure.item == item
        )
        return next(found, None)

    def indicators(self, part: str) -> list[str]:
        """Indicator codes of a part in print order."""
        return list(dict.fromkeys(figure.indicator for figure in self.figures if figure.part == part))

    @cached_property
    def headline(self) -> Figure | None:
        """The first figure of the headline, or of the case evaluation."""
        return next((figure for figure in self.figures if figure.part in ("headline", "cases")), None)

    def title_of(self, indicator: str, language: str = "zh") -> str:
        return worded(self.release.definitions.get(indicator, {}).get("title"), language, indicator)

    def definition_of(self, indicator: str, language: str = "zh") -> str:
        """The printed definition (口径)."""
        return worded(self.release.definitions.get(indicator, {}).get("definition"), language, "")

    def domain_title(self, domain: str, language: str = "zh") -> str:
        return worded(self.release.labels.get(domain, {}).get("title"), language, domain)

    def label(self, domain: str, code: str, language: str = "zh") -> str:
        """The name of a domain's code, or of an item; the district's own name for the empty code of "district"."""
        if domain == "district":
            return worded(self.wave.area_name, language, domain)
        return worded(self.release.labels.get(domain, {}).get("codes", {}).get(code), language, code)

    def where(self, figure: Figure, language: str = "zh") -> str:
        """Of whom a figure speaks: its domain, or the item it is about."""
        if figure.part == COMPARISONS:
            return self._difference(figure, language)
        if figure.item and figure.domain == "district":
            return self.item(figure, language)
        return self.label(figure.domain, figure.domain_code, language)

    def _difference(self, figure: Figure, language: str) -> str:
        """Which two a difference is between: one domain and the rest, or two of a kind."""
        first, between, second = figure.domain_code.partition(BETWEEN)
        names = [self.label(figure.domain, code, language) for code in (first, second)]
        return " − ".join(names) if between else said("comparison.from_rest", language, {"name": names[0]})

    def item(self, figure: Figure, language: str = "zh") -> str:
        """The words of a figure's item; empty when it has none."""
        return self.label("item", figure.item, language) if figure.item else ""

    @property
    def fact(self) -> Mapping[str, Any]:
        return self.release.facts

    @property
    def year(self) -> int:
        return int(self.fact["wave"]["year"])

    @property
    def synthetic(self) -> bool:
        return self.release.synthetic

    def mark(self, language: str = "zh") -> str:
        """「模拟数据」 as it stands inside a sentence, or nothing."""
        return said("synthetic.inside", language) if self.synthetic else ""


def worded(words: Words | None, language: str, otherwise: str) -> str:
    """The wording in a language, Chinese where it is missing."""
    found = words or {}
    return found.get(language) or found.get("zh") or otherwise


def edition(box: Session, release: Release, audience: Audience) -> Edition:
    """A kept release as an audience may read it, with its companion and what it corrects."""
    companion = box.get(Release, release.companion_id) if release.companion_id else None
    return Edition(
        release,
        _wave(box, release),
        audience,
        tuple(_figures(box, release, audience)),
        edition(box, companion, audience) if companion else None,
        box.get(Release, release.erratum_of) if release.erratum_of else None,
    )


def _figures(box: Session, release: Release, audience: Audience) -> Iterator[Figure]:
    mine = select(Figure).where(Figure.release_id == release.id, Figure.audience == audience)
    yield from box.scalars(mine.order_by(Figure.position))


def _wave(box: Session, release: Release) -> Wave:
    return box.get_one(Wave, release.wave_id)
