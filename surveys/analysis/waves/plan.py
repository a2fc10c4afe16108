"""The analysis plan: what will be computed, compared and decided, written down before anybody has seen an answer.

Pure and light: pages read it too. Keeping it on a wave is surveys.analysis.waves.plan_kept.
Source: docs/methodology.md#the-plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from surveys.analysis.waves.groups import kinds_of_domain
from surveys.analysis.waves.plan_checks import compared_indicator, domain_of, faults_of
from surveys.analysis.waves.plan_format import ALL, ComparisonPart, FamilyPart, HeadPart, PlanParts, parts_of
from surveys.analysis.waves.plan_text import Value, written
from surveys.analysis.waves.published import published
from surveys.errors import FileFault, FileRefused
from surveys.instrument import Indicator, Instrument


@dataclass(frozen=True)
class PlannedComparison:
    """Differences of one indicator: each code of a domain against the rest of the district, all pairs, or one pair.

    Exactly one of the three is set; `pair` holds domain, first and second code, and means first minus second.
    """

    name: str
    indicator: str
    each: str = ""
    pairs: str = ""
    pair: tuple[str, str, str] | None = None

    @property
    def domain(self) -> str:
        return self.each or self.pairs or (self.pair[0] if self.pair else "")


@dataclass(frozen=True)
class PlannedFamily:
    """Comparisons whose p-values are adjusted together: holm or benjamini_hochberg, at a level such as 0.05."""

    name: str
    method: str
    level: float
    comparisons: tuple[str, ...]


@dataclass(frozen=True)
class AnalysisPlan:
    """One plan, sound for its instrument. Two files that mean the same have the same `text` and `sha256`.

    stopping_date: the last local day of asking; indicators, domains: what is reported, in the instrument's order;
    margins: their names, None for every margin that is kept; method, bounds: of the calibration; lonely, order: the
    rule for strata of one PSU, and the strata that come first when "collapse" joins neighbours; assumed_icc: where a
    share is 0 or 1 in the whole district; joins_empty_cells: whether an empty category joins its neighbour.
    """

    title: str
    stopping_date: date
    indicators: tuple[str, ...]
    domains: tuple[str, ...]
    margins: tuple[str, ...] | None
    method: str
    bounds: tuple[float, float]
    lonely: str
    order: tuple[str, ...]
    assumed_icc: float
    joins_empty_cells: bool
    comparisons: tuple[PlannedComparison, ...] = ()
    families: tuple[PlannedFamily, ...] = ()

    @classmethod
    def parse(cls, text: str, instrument: Instrument, closes: date | None = None) -> AnalysisPlan:
        """The plan written in a TOML text, which must stop on the day `closes` where one is given.

        Raises FileRefused with every fault and its place.
        """
        parts = parts_of(text)
        faults = [*parts.faults, *faults_of(parts, instrument, closes)]
        if faults or parts.head is None:
            raise FileRefused(faults)
        return _built(parts, parts.head, instrument)

    @classmethod
    def read(cls, content: bytes, instrument: Instrument, closes: date | None = None) -> AnalysisPlan:
        """The same from a file's bytes, which must be UTF-8."""
        try:
            return cls.parse(content.decode("utf-8-sig"), instrument, closes)
        except UnicodeDecodeError:
            raise FileRefused([FileFault("analysis_plan.not_text")]) from None

    @classmethod
    def fitted(cls, text: str, instrument: Instrument, stopping_date: date) -> AnalysisPlan:
        """A plan written for any instrument, without the comparisons this one cannot make, for another stopping date.

        Raises FileRefused for a fault that this does not mend.
        """
        parts = parts_of(text)
        domains = kinds_of_domain(instrument)
        left = [
            part
            for part in parts.comparisons
            if domain_of(part) in domains and compared_indicator(part.indicator, parts.head, instrument)
        ]
        names = {part.name for part in left}
        families = [part.model_copy(update={"comparisons": _only(part.comparisons, names)}) for part in parts.families]
        fitting = replace(
            parts, comparisons=left, declared=sorted(names), families=[part for part in families if part.comparisons]
        )
        if (faults := [*fitting.faults, *faults_of(fitting, instrument)]) or fitting.head is None:
            raise FileRefused(faults)
        return replace(_built(fitting, fitting.head, instrument), stopping_date=stopping_date)

    @property
    def text(self) -> str:
        """The canonical text: every choice spelled out, no comments. Parsed again it is the same plan."""
        comparisons = [_comparison_table(comparison) for comparison in self.comparisons]
        return written(_head_table(self), {"comparison": comparisons, "family": [vars(one) for one in self.families]})

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def reports(self, indicator: Indicator) -> bool:
        return indicator.code in self.indicators

    def family_of(self, comparison: str) -> PlannedFamily:
        """The one family that a comparison belongs to."""
        return next(family for family in self.families if comparison in family.comparisons)


def _built(parts: PlanParts, head: HeadPart, instrument: Instrument) -> AnalysisPlan:
    indicators = _chosen(head.indicators, [indicator.code for indicator in published(instrument)])
    low, high = head.margins.bounds
    return AnalysisPlan(
        title=head.title,
        stopping_date=head.stopping_date,
        indicators=indicators,
        domains=_chosen(head.domains, kinds_of_domain(instrument)),
        margins=None if head.margins.names is None else tuple(sorted(head.margins.names)),
        method=head.margins.method,
        bounds=(float(low), float(high)),
        lonely=head.lonely.rule,
        order=tuple(head.lonely.order),
        assumed_icc=float(head.degenerate.assumed_icc),
        joins_empty_cells=head.degenerate.empty_cell == "join",
        comparisons=tuple(_comparison(part, head, instrument) for part in parts.comparisons),
        families=tuple(_family(part) for part in parts.families),
    )


def _comparison(part: ComparisonPart, head: HeadPart, instrument: Instrument) -> PlannedComparison:
    pair = (part.pair.of, part.pair.first, part.pair.second) if part.pair else None
    indicator = compared_indicator(part.indicator, head, instrument)
    return PlannedComparison(part.name, indicator, part.each or "", part.pairs or "", pair)


def _family(part: FamilyPart) -> PlannedFamily:
    return PlannedFamily(part.name, part.method, float(part.level), tuple(part.comparisons))


def _chosen(names: Iterable[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """Those named, in the order of those known; all of them without names."""
    wanted = set(known if names is None else names)
    return tuple(name for name in known if name in wanted)


def _only(names: Iterable[str], kept: set[str]) -> list[str]:
    return [name for name in names if name in kept]


def _head_table(plan: AnalysisPlan) -> dict[str, Value]:
    return {
        "title": plan.title,
        "stopping_date": plan.stopping_date,
        "indicators": plan.indicators,
        "domains": plan.domains,
        "margins": {
            "names": ALL if plan.margins is None else plan.margins,
            "method": plan.method,
            "bounds": plan.bounds,
        },
        "lonely": {"rule": plan.lonely, "order": plan.order},
        "degenerate": {
            "assumed_icc": plan.assumed_icc,
            "empty_cell": "join" if plan.joins_empty_cells else "refuse",
        },
    }


def _comparison_table(one: PlannedComparison) -> dict[str, Value]:
    table: dict[str, Value] = {"name": one.name, "indicator": one.indicator}
    if one.pair is not None:
        return table | {"pair": dict(zip(("of", "first", "second"), one.pair, strict=True))}
    return table | ({"each": one.each} if one.each else {"pairs": one.pairs})
