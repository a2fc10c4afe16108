"""The difference of two domains' means, judged by what each side alone can carry.

Source: docs/methodology.md#comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Variable

LEAST_OF_EACH = 5  # hits, and misses, of a variable of 0 and 1 on each side
ROUNDING = 1e-12  # of a side's scale: a standard error below this is none

Named = str | Variable


@dataclass(frozen=True)
class Sides:
    """Both sides' own figures; the first minus the second with all covariances, by the df of the joint domain.

    `tested` is the difference on the scale it is tested on: of log odds for shares, else `difference` itself.
    """

    first: Estimate
    second: Estimate
    difference: Estimate
    tested: Estimate

    def df(self, rule: str = "sides") -> int:
        """Degrees of freedom by a rule of DF_RULES. Raises AnalysisRefused: df.rule."""
        if rule not in DF_RULES:
            raise AnalysisRefused("df.rule", rule=rule, rules=tuple(DF_RULES))
        return DF_RULES[rule](self)

    def outcome(self) -> Outcome:
        """The difference with its t interval by our df; n and n_eff are the smaller side's.

        NotEstimable: too_few_psus.
        """
        df, one = self.df(), self.difference
        if df < 1:
            return NotEstimable("too_few_psus", df=df).of(one.definition)
        half = t_quantile(one.level, df) * one.se
        effective = [side.n if side.n_eff is None else side.n_eff for side in (self.first, self.second)]
        return replace(one, df=df, n_eff=min(effective), lower=one.value - half, upper=one.value + half)


# "sides" is ours; "observed" is that of the joint domain, "design" R's svyttest: one less, as for two coefficients
DF_RULES: dict[str, Callable[[Sides], int]] = {
    "sides": lambda sides: min(sides.first.df, sides.second.df),
    "observed": lambda sides: sides.difference.df,
    "design": lambda sides: sides.difference.df - 1,
}


def sides_of(
    estimator: Estimator, variable: Named, first: BoolArray | None, second: BoolArray | None
) -> Sides | NotEstimable:
    """Both sides with their difference, where each of them can carry a test.

    NotEstimable: those of a mean; no_variation, psus_alike (a side without an error of its own would lend the
    difference the other's alone); few_hits (fewest: the hits, and misses, a side needs of a variable of 0 and 1).
    """
    chosen = estimator.table.variable(variable) if isinstance(variable, str) else variable
    own = [_side(estimator, chosen, domain) for domain in (first, second)]
    parts = [estimator.linear_mean(chosen, domain) for domain in (first, second)]
    for outcome in (*own, *parts):
        if isinstance(outcome, NotEstimable):
            return outcome
    means = [part for part in parts if isinstance(part, Linearised)]
    scaled = [log_odds(mean) for mean in means] if is_share(chosen) else means
    return _together(own, _minus(estimator, means), _minus(estimator, scaled))


def _minus(estimator: Estimator, parts: Sequence[Linearised]) -> Outcome:
    return estimator.contrast([(1.0, parts[0]), (-1.0, parts[1])])


def _together(own: Sequence[Outcome], difference: Outcome, tested: Outcome) -> Sides | NotEstimable:
    outcomes = (*own, difference, tested)
    reasons = [outcome for outcome in outcomes if isinstance(outcome, NotEstimable)]
    return reasons[0] if reasons else Sides(*(outcome for outcome in outcomes if isinstance(outcome, Estimate)))


def log_odds(share: Linearised) -> Linearised:
    """The log odds of a share strictly between 0 and 1, linearised: dp / (p(1 − p))."""
    p = share.value
    return replace(share, value=math.log(p / (1 - p)), scores=share.scores / (p * (1 - p)), spread=None)


def _side(estimator: Estimator, variable: Variable, domain: BoolArray | None) -> Outcome:
    """A side's own figure, or why no difference can be tested with it."""
    shares = is_share(variable)
    figure = (estimator.proportion if shares else estimator.mean)(variable, domain)
    if isinstance(figure, NotEstimable):
        return figure
    if figure.se <= ROUNDING * max(1.0, abs(figure.value)):
        if shares and figure.value in (0.0, 1.0):
            return NotEstimable("no_variation", value=figure.value, n=figure.n).of(figure.definition)
        return NotEstimable("psus_alike", n=figure.n).of(figure.definition)
    if shares and fewer_of_both(variable, domain) < LEAST_OF_EACH:
        return NotEstimable("few_hits", fewest=LEAST_OF_EACH).of(figure.definition)
    return figure


def is_share(variable: Variable) -> bool:
    """Whether all values are 0 or 1, so that their squares are themselves."""
    return bool(np.allclose(variable.wyy, variable.wy, rtol=ROUNDING, atol=0.0))


def fewer_of_both(variable: Variable, domain: BoolArray | None = None) -> int:
    """Persons who are hits or who are misses, whichever are fewer, of a variable of 0 and 1.

    Exact where a row holds one base weight, as the rows of a wave do; elsewhere rows are shared out by weight.
    """
    share = np.divide(variable.wy, variable.wn, out=np.zeros(len(variable.wy)), where=variable.wn > 0)
    inside = np.ones(len(share)) if domain is None else domain
    hits, persons = float(np.sum(inside * variable.n * share)), float(np.sum(inside * variable.n))
    return round(min(hits, persons - hits))
