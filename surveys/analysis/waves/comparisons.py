"""The plan's comparisons as figures: differences of two domains with their own standard error, before any adjustment.

Which of them may be seen is for the gate, and what they say together for surveys.reporting.verdicts: what is hidden
from a reader must not enter the numbers he reads. Source: docs/methodology.md#comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from surveys.analysis.drafts import Draft
from surveys.analysis.estimands.ranks import simultaneous_level
from surveys.analysis.estimands.sides import Sides, sides_of
from surveys.analysis.estimands.t_tests import TTest, difference_test
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import BoolArray, Variable
from surveys.analysis.waves.domains import Town, domains_of
from surveys.analysis.waves.groups import BETWEEN, COMPARISONS, REST, TOWN
from surveys.analysis.waves.plan import PlannedComparison
from surveys.analysis.waves.variables import items_of, variable_of
from surveys.analysis.waves.weights import Sample
from surveys.instrument import Indicator, Instrument, Item

UNIT = {"percent": "percent_points", "points": "points"}  # of a difference
Masks = Mapping[str, BoolArray]


class Difference(NamedTuple):
    """One domain's code against another of the same kind, or against the rest of the district."""

    first: str
    against: str

    @property
    def code(self) -> str:
        return self.first if self.against == REST else f"{self.first}{BETWEEN}{self.against}"


def comparison_drafts(sample: Sample, instrument: Instrument, towns: list[Town]) -> Iterator[Draft]:
    """Every planned difference in the plan's order; `reason_values` names its family, comparison, sides and raw p."""
    masks: dict[str, dict[str, BoolArray]] = {}
    for domain in domains_of(sample, instrument, towns):
        masks.setdefault(domain.domain, {})[domain.code] = domain.mask
    for comparison in sample.plan.comparisons:
        indicator, cells = instrument.indicators[comparison.indicator], masks.get(comparison.domain, {})
        for item in items_of(indicator):
            variable = variable_of(sample.totals, indicator, item, sample.totals.base_weight * sample.person)
            joint = joint_estimates(sample, comparison, indicator, variable, cells)
            for difference in differences(comparison, list(cells)):
                draft = _draft(sample, comparison, indicator, item, difference)
                made = _compared(sample.estimator, variable, cells, difference, draft)
                yield replace(made, joint=joint.get(difference.first))


def joint_estimates(
    sample: Sample, comparison: PlannedComparison, indicator: Indicator, variable: Variable, cells: Masks
) -> dict[str, Outcome]:
    """Towns' own figures, made as they are printed, with intervals that hold for all of them together; else nothing.

    The level is the family's over all towns of the wave, whoever may see them. Source:
    docs/methodology.md#rank-intervals.
    """
    if sample.estimator is None or comparison.each != TOWN:
        return {}
    level = simultaneous_level(1 - sample.plan.family_of(comparison.name).level, len(cells))
    by = Estimator(sample.table, sample.design, sample.calibration, level, sample.plan.assumed_icc)
    figures = by.proportions if indicator.unit == "percent" else by.means
    return dict(zip(cells, figures([(variable, mask) for mask in cells.values()]), strict=True))


def differences(comparison: PlannedComparison, codes: Sequence[str]) -> list[Difference]:
    """The differences a comparison is made of, over the domain's codes in print order."""
    if comparison.each:
        return [Difference(code, REST) for code in codes]
    if comparison.pair is not None:
        return [Difference(*comparison.pair[1:])]
    return [Difference(first, second) for first, second in combinations(codes, 2)]


def _draft(
    sample: Sample, comparison: PlannedComparison, indicator: Indicator, item: Item | None, difference: Difference
) -> Draft:
    return Draft(
        COMPARISONS,
        indicator.code,
        str(indicator.version),
        UNIT[indicator.unit],
        domain=comparison.domain,
        domain_code=difference.code,
        item=item.code if item else "",
        reason_values={
            "family": sample.plan.family_of(comparison.name).name,
            "comparison": comparison.name,
            "first": difference.first,
            "against": difference.against,
        },
    )


def _compared(
    estimator: Estimator | None, variable: Variable, cells: Masks, difference: Difference, draft: Draft
) -> Draft:
    """The draft with its difference, or with the reason why there is none; its own values stay beside the reason's."""
    masks = _sides(cells, difference)
    sides: Sides | NotEstimable = NotEstimable("no_answers")
    if estimator is not None and masks is not None:
        sides = sides_of(estimator, variable, *masks)
    outcome = sides if isinstance(sides, NotEstimable) else sides.outcome()
    made = draft.with_outcome(outcome, min(round(float(mask @ variable.n)) for mask in masks) if masks else 0)
    test = difference_test(sides) if isinstance(sides, Sides) else None
    p = {"p": test.p} if isinstance(test, TTest) else {}
    return replace(made, reason_values={**made.reason_values, **draft.reason_values, **p})


def _sides(cells: Masks, difference: Difference) -> tuple[BoolArray, BoolArray] | None:
    """The rows of both sides; None where the wave knows no such group."""
    first = cells.get(difference.first)
    second = cells.get(difference.against) if difference.against != REST else None if first is None else ~first
    return None if first is None or second is None else (first, second)
