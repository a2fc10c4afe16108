"""Design-based t-tests: of one mean, of the difference between two groups, of any estimate or contrast.

Source: docs/methodology.md#t-tests.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace

from scipy.special import stdtr

from surveys.analysis.estimands.categories import answered, category_codes
from surveys.analysis.estimands.degrees import degrees_of_freedom
from surveys.analysis.estimands.sides import ROUNDING, Sides, sides_of
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Variable


@dataclass(frozen=True)
class TTest:
    """`difference` from what the null hypothesis says, with its standard error, t, two-sided p and interval.

    t is difference / se, except where `difference_test` says otherwise.
    """

    difference: float
    se: float
    t: float
    df: int
    p: float
    lower: float
    upper: float
    n: int


def one_sample(
    estimator: Estimator,
    variable: str | Variable,
    null: float = 0.0,
    domain: BoolArray | None = None,
    df: str = "observed",
) -> TTest | NotEstimable:
    """Whether a mean differs from `null`. df: "observed" is ours, "design" is R's svyttest, one below the design's.

    NotEstimable: those of a mean. Raises AnalysisRefused: df.rule.
    """
    mean = estimator.mean(variable, domain)
    if isinstance(mean, NotEstimable):
        return mean
    ours = degrees_of_freedom(df, mean.df, estimator.design_df(domain) - 1)
    return t_test(mean, null, ours)


def two_sample(
    estimator: Estimator,
    variable: str | Variable,
    key: str,
    domain: BoolArray | None = None,
    missing: Collection[Hashable] = (),
    df: str = "sides",
) -> TTest | NotEstimable:
    """The mean of a key's second category minus that of its first; the key has just two, besides those `missing`.

    df: "sides" is ours, see `difference_test`; "observed" takes the joint domain's and "design" R's, one less, and
    both test the plain difference, as R's svyttest does.

    NotEstimable: those of `sides_of`, psus_alike. Raises AnalysisRefused: table.no_key, t_test.not_two, df.rule.
    """
    table = estimator.table
    present = answered(table, key, missing) & (table.count > 0)
    inside = present if domain is None else present & table.domain(domain)
    codes, categories = category_codes(table, key, inside)
    if categories != 2:
        raise AnalysisRefused("t_test.not_two", key=key, count=categories)
    sides = sides_of(estimator, variable, codes == 1, codes == 0)
    if isinstance(sides, NotEstimable):
        return sides
    persons, freedom = sides.first.n + sides.second.n, sides.df(df)
    return difference_test(sides, persons) if df == "sides" else t_test(sides.difference, 0.0, freedom, persons)


def difference_test(sides: Sides, n: int | None = None) -> TTest | NotEstimable:
    """The test of a difference by the smaller side's df; of shares t and p are those of the difference of log odds.

    NotEstimable: too_few_psus, psus_alike. Source: docs/methodology.md#comparisons.
    """
    plain = t_test(sides.difference, df=sides.df(), n=n)
    tested = t_test(sides.tested, df=sides.df(), n=n)
    if isinstance(plain, NotEstimable) or isinstance(tested, NotEstimable):
        return plain if isinstance(plain, NotEstimable) else tested
    return replace(plain, t=tested.t, p=tested.p)


def t_test(estimate: Estimate, null: float = 0.0, df: int | None = None, n: int | None = None) -> TTest | NotEstimable:
    """The t-test of any estimate or contrast against a value, by its own df unless another is given.

    NotEstimable: too_few_psus, psus_alike (a standard error of 0 tests nothing).
    """
    freedom, persons = estimate.df if df is None else df, estimate.n if n is None else n
    if freedom < 1:
        return NotEstimable("too_few_psus", df=freedom)
    if estimate.se <= ROUNDING * max(1.0, abs(estimate.value)):
        return NotEstimable("psus_alike", n=persons)
    difference = estimate.value - null
    t, half = difference / estimate.se, t_quantile(estimate.level, freedom) * estimate.se
    p = 2 * float(stdtr(freedom, -abs(t)))
    return TTest(difference, estimate.se, t, freedom, p, difference - half, difference + half, persons)
