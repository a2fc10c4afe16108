"""How a figure changed from one wave to another, with the standard error of the change itself.

Source: docs/methodology.md#change-between-waves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from surveys.analysis.estimands.stack import in_wave
from surveys.analysis.estimands.t_tests import TTest, t_test
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Variable


@dataclass(frozen=True)
class Change:
    """Two waves' means, later minus earlier, and the t-test of that difference.

    correlation: of the two estimates; 0 where the waves were drawn apart, above 0 where shared PSUs made the change
    more certain than two samples could.
    """

    earlier: Estimate
    later: Estimate
    difference: Estimate
    test: TTest
    correlation: float


def change(
    estimator: Estimator,
    variable: str | Variable,
    earlier: str,
    later: str,
    domain: BoolArray | None = None,
) -> Change | NotEstimable:
    """The change of a mean or share between two waves of a stack, in the district or a domain (a mask of its rows).

    NotEstimable: those of a mean, for either wave, and psus_alike. Raises AnalysisRefused: the codes of `in_wave`.
    """
    first_mask, second_mask = (in_wave(estimator, wave, domain) for wave in (earlier, later))
    first, second = estimator.linear_mean(variable, first_mask), estimator.linear_mean(variable, second_mask)
    if isinstance(first, NotEstimable):
        return first
    if isinstance(second, NotEstimable):
        return second
    difference = estimator.contrast([(1, second), (-1, first)])
    outcomes = (estimator.mean(variable, first_mask), estimator.mean(variable, second_mask), difference)
    if reasons := [outcome for outcome in outcomes if isinstance(outcome, NotEstimable)]:
        return reasons[0]
    return _change(*cast(tuple[Estimate, Estimate, Estimate], outcomes))


def _change(before: Estimate, after: Estimate, difference: Estimate) -> Change | NotEstimable:
    test = t_test(difference)
    if isinstance(test, NotEstimable):
        return test
    shared = before.se**2 + after.se**2 - difference.se**2
    return Change(before, after, difference, test, shared / (2 * before.se * after.se))
