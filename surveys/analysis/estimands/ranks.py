"""Where domains stand among each other, as far as a sample can tell: joint rank intervals, and bands.

Source: docs/methodology.md#rank-intervals and docs/methodology.md#bands (Klein, Wright and Wieczorek 2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.analysis.estimands.families import Family
from surveys.analysis.estimands.sides import ROUNDING, sides_of
from surveys.analysis.estimands.t_tests import TTest, difference_test
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.estimates.reliability import LEAST_DF
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import BoolArray, Variable

Limits = tuple[float, float]
BANDS = ("above", "not_different", "below", "not_estimable")


@dataclass(frozen=True)
class RankInterval:
    """The places that a domain may hold among `of` domains, 1 the highest; both ends are always printed."""

    code: str
    first: int
    last: int
    of: int

    @property
    def printed(self) -> str:
        return f"{self.first}–{self.last}"


def rank_intervals(
    estimates: Mapping[str, Outcome], level: float = 0.95, method: str = "bonferroni"
) -> tuple[RankInterval, ...]:
    """Rank intervals that hold for all domains at once with at least this level, in the order of the codes.

    Built from simultaneous intervals: an estimate made at `simultaneous_level` or above brings its own limits, another
    gets value ± t·se by its own df. Who cannot be estimated, or has limits without any width, may stand anywhere.

    Raises AnalysisRefused: ranks.method.
    """
    each = simultaneous_level(level, len(estimates), method)
    limits = {code: _limits(estimates[code], each) for code in sorted(estimates)}
    return tuple(_interval(code, limits) for code in limits)


def simultaneous_level(level: float, domains: int, method: str = "bonferroni") -> float:
    """The level that each of several intervals needs so that all hold together with `level`.

    bonferroni holds always; independence (Šidák) only where the estimates are independent, which calibrated domains
    and domains that share PSUs are not. Raises AnalysisRefused: ranks.method.
    """
    if method == "bonferroni":
        return 1 - (1 - level) / max(domains, 1)
    if method == "independence":
        return float(level ** (1 / max(domains, 1)))
    raise AnalysisRefused("ranks.method", method=method)


def _limits(outcome: Outcome, level: float) -> Limits:
    if isinstance(outcome, NotEstimable):
        return -math.inf, math.inf
    half = t_quantile(level, outcome.df) * outcome.se
    own = outcome.level >= level
    lower, upper = (outcome.lower, outcome.upper) if own else (outcome.value - half, outcome.value + half)
    known = upper - lower > ROUNDING * max(1.0, abs(outcome.value))
    return (lower, upper) if known else (-math.inf, math.inf)


def _interval(code: str, limits: Mapping[str, Limits]) -> RankInterval:
    lower, upper = limits[code]
    above = sum(other_lower > upper for other_lower, _ in limits.values())
    below = sum(other_upper < lower for _, other_upper in limits.values())
    return RankInterval(code, 1 + above, len(limits) - below, len(limits))


@dataclass(frozen=True)
class Band:
    """Whether a domain lies above or below the rest of the district, or cannot be told from it.

    band: one of BANDS; test: the difference behind it, or why there is none; adjusted: its p-value in the family.
    """

    code: str
    band: str
    test: TTest | NotEstimable
    adjusted: float | None


def bands(
    estimator: Estimator,
    variable: str | Variable,
    domains: Mapping[str, BoolArray],
    method: str = "benjamini_hochberg",
    level: float = 0.95,
    against: str = "rest",
) -> tuple[Band, ...]:
    """Sort domains into bands by tests in one family; above first, then not different, below, and by code inside.

    Each domain's mean is compared with that of everybody else ("rest") or of all with it ("whole"), by a contrast
    with covariance and `difference_test`. Not estimable: a side of fewer than LEAST_DF degrees of freedom, and what
    `sides_of` refuses (nothing varies; too few hits or misses).

    Raises AnalysisRefused: family.method, bands.against.
    """
    if against not in ("rest", "whole"):
        raise AnalysisRefused("bands.against", against=against)
    tests = {code: _apart(estimator, variable, mask, against) for code, mask in domains.items()}
    raw = {code: test.p for code, test in tests.items() if isinstance(test, TTest)}
    family = Family("bands", method, raw)
    adjusted, found = family.adjusted, family.found(level)
    judged = [Band(code, _band(test, code in found), test, adjusted.get(code)) for code, test in tests.items()]
    return in_order(judged)


def in_order(judged: Sequence[Band]) -> tuple[Band, ...]:
    """By band, then by code: inside a band nobody is first."""
    return tuple(sorted(judged, key=lambda one: (BANDS.index(one.band), one.code)))


def _band(test: TTest | NotEstimable, differs: bool) -> str:
    if isinstance(test, NotEstimable):
        return "not_estimable"
    if not differs:
        return "not_different"
    return "above" if test.difference > 0 else "below"


def _apart(by: Estimator, variable: str | Variable, mask: BoolArray, against: str) -> TTest | NotEstimable:
    sides = sides_of(by, variable, mask, ~mask if against == "rest" else None)
    if isinstance(sides, NotEstimable):
        return sides
    if (df := sides.df()) < LEAST_DF:
        return NotEstimable("too_few_psus", df=df)
    return difference_test(sides)
