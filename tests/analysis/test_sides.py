"""Differences that each of their sides can carry: df, floors, and the scale they are tested on, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from surveys.analysis.design import Design
from surveys.analysis.estimands.ranks import bands
from surveys.analysis.estimands.sides import LEAST_OF_EACH, Sides, fewer_of_both, is_share, sides_of
from surveys.analysis.estimands.t_tests import TTest, difference_test, two_sample
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Table, Variable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

TEN = 10  # persons a PSU


def towns_of(hits: dict[str, list[int]], weight: float = 1.0) -> tuple[Estimator, dict[str, BoolArray]]:
    """Towns as strata; of each PSU's ten persons so many are hits."""
    town = np.array([name for name, psus in hits.items() for _ in psus for _ in range(TEN)])
    psus = [of for found in hits.values() for of in found]
    y = [float(person < of) for of in psus for person in range(TEN)]
    table = Table.of_units(
        town, np.repeat(np.arange(len(psus)), TEN), np.full(len(y), weight), {"y": y}, {"town": town}
    )
    return Estimator(table, Design.of_table(table)), {name: town == name for name in hits}


def difference_of(by: Estimator, variable: str, first: BoolArray, second: BoolArray) -> Outcome:
    found = sides_of(by, variable, first, second)
    return found if isinstance(found, NotEstimable) else found.outcome()


def sides(by: Estimator, first: BoolArray, second: BoolArray | None) -> Sides:
    found = sides_of(by, "y", first, second)
    assert isinstance(found, Sides), found
    return found


def test_by_the_smaller_sides_df_with_log_odds_under_test() -> None:
    """A 0.5 of PSUs 4 and 6, B 0.8 of PSUs 9, 7, 8: variances 2/1·2·(1/20)² = 0.01 and 3/2·2·(1/30)² = 1/300."""
    by, towns = towns_of({"A": [4, 6], "B": [9, 7, 8]})
    both = sides(by, towns["A"], towns["B"])
    assert (both.df(), both.df("observed"), both.df("design")) == (1, 3, 2)
    outcome = both.outcome()
    assert isinstance(outcome, Estimate)
    se = math.sqrt(0.01 + 1 / 300)
    assert (outcome.value, outcome.se, outcome.df, outcome.n) == pytest.approx((-0.3, se, 1, 20))
    half = stdtrit(1, 0.975) * se
    assert (outcome.lower, outcome.upper) == pytest.approx((-0.3 - half, -0.3 + half))
    test = difference_test(both)
    assert isinstance(test, TTest)
    t = -math.log(4) / math.sqrt(0.01 / 0.25**2 + 1 / 300 / 0.16**2)
    assert (test.t, test.p, test.df) == pytest.approx((t, 2 * stdtr(1, -abs(t)), 1))
    assert (test.difference, test.se, test.lower, test.upper) == pytest.approx((-0.3, se, outcome.lower, outcome.upper))


def test_a_mean_is_tested_as_it_is() -> None:
    y = [1.0, 3.0, 4.0, 6.0, 8.0]
    who = np.array(list("aabbb"))
    table = Table.of_units(np.zeros(5), np.arange(5), np.ones(5), {"y": y}, {"who": who})
    by = Estimator(table, Design.of_table(table))
    both = sides(by, who == "a", who == "b")
    assert both.tested == both.difference
    test = difference_test(both)
    assert isinstance(test, TTest)
    assert test.t == pytest.approx(both.difference.value / both.difference.se)
    assert test.df == 1


@pytest.mark.parametrize(("hits", "value"), [([10] * 6, 1.0), ([0] * 6, 0.0)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_side_where_nothing_varies_is_not_compared(hits: list[int], value: float, turned: bool) -> None:
    """Its own error would be 0, and the difference would have the other side's alone."""
    by, towns = towns_of({"A": hits, "B": [4, 6, 7, 5, 6, 5], "C": [5, 4, 6, 7, 5, 4]})
    a, rest = towns["A"], ~towns["A"]
    reason = NotEstimable("no_variation", value=value, n=60)
    assert difference_of(by, "y", *((rest, a) if turned else (a, rest))) == reason
    found = {one.code: one for one in bands(by, "y", towns)}
    assert (found["A"].band, found["A"].test) == ("not_estimable", reason)
    assert found["B"].band != "not_estimable"
    pair = towns["A"] | towns["B"]
    assert two_sample(by, "y", "town", domain=pair) == reason


def test_a_calibrated_side_where_nothing_varies_is_not_compared_either() -> None:
    by, towns = towns_of({"A": [10] * 4, "B": [4, 6, 7, 5]}, weight=7.3)
    margin = Margin("town", by.table.keys["town"], {"A": 1234.5, "B": 777.7})
    calibrated = Estimator(by.table, Design.of_table(by.table), calibrate(by.table, [margin]))
    reason = difference_of(calibrated, "y", towns["A"], towns["B"])
    assert isinstance(reason, NotEstimable)
    assert reason.code == "no_variation"


def test_a_side_whose_psus_are_all_alike_is_not_compared() -> None:
    by, towns = towns_of({"A": [5, 5, 5, 5], "B": [4, 6, 7, 5]})
    assert difference_of(by, "y", towns["A"], towns["B"]) == NotEstimable("psus_alike", n=40)
    assert difference_of(by, "y", towns["B"], towns["A"]) == NotEstimable("psus_alike", n=40)


@pytest.mark.parametrize("hits", [[9, 9, 9, 9], [8, 10, 9, 9]])
def test_rounding_is_no_standard_error_on_any_scale(hits: list[int]) -> None:
    by, towns = towns_of({"A": hits, "B": [4, 6, 7, 5]}, weight=1 / 3)
    outcome = difference_of(by, "y", towns["A"], towns["B"])
    assert isinstance(outcome, NotEstimable)
    assert outcome.code == ("psus_alike" if len(set(hits)) == 1 else "few_hits")


@pytest.mark.parametrize(
    ("hits", "enough"), [([2, 1, 1], False), ([2, 2, 1], True), ([9, 9, 8], False), ([9, 8, 8], True)]
)
@pytest.mark.parametrize("turned", [False, True])
def test_each_side_needs_five_hits_and_five_misses(hits: list[int], enough: bool, turned: bool) -> None:
    """4, 5 of 30 are hits; then 4 and 5 are misses."""
    by, towns = towns_of({"A": hits, "B": [4, 6, 7]})
    outcome = difference_of(by, "y", *(towns[code] for code in ("BA" if turned else "AB")))
    assert isinstance(outcome, Estimate) is enough
    assert enough or outcome == NotEstimable("few_hits", fewest=LEAST_OF_EACH)


def test_hits_are_people_and_not_weights() -> None:
    """A row of 12 persons of base weight 2.5, 3 of them hits, and a row of 4, all of them hits."""
    variable = Variable.binary([12, 4, 0], [30, 2, 0], [7.5, 2, 0])
    assert fewer_of_both(variable) == 7
    assert fewer_of_both(variable, np.array([True, False, False])) == 3
    assert fewer_of_both(variable, np.array([False, True, True])) == 0
    assert is_share(variable)
    assert not is_share(Variable(variable.n, variable.wn, variable.wy, variable.wy * 100))


def test_n_and_n_eff_are_those_of_the_smaller_side() -> None:
    by, towns = towns_of({"A": [4, 6, 5], "B": [9, 7, 8, 6]})
    outcome = sides(by, towns["B"], towns["A"]).outcome()
    assert isinstance(outcome, Estimate)
    own = [by.proportion("y", towns[code]) for code in "AB"]
    assert all(isinstance(one, Estimate) for one in own)
    effective = [one.n_eff for one in own if isinstance(one, Estimate) and one.n_eff is not None]
    assert (outcome.n, outcome.n_eff) == (30, min(effective))
    assert effective[0] != effective[1]


def test_an_unknown_rule_is_refused() -> None:
    by, towns = towns_of({"A": [4, 6, 5], "B": [9, 7, 8, 6]})
    with pytest.raises(AnalysisRefused, match=r"df\.rule"):
        sides(by, towns["A"], towns["B"]).df("welch")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 8), min_size=3, max_size=6), st.lists(st.integers(2, 8), min_size=3, max_size=6))
def test_turning_the_sides_or_the_answers_turns_the_sign_alone(first: list[int], second: list[int]) -> None:
    by, towns = towns_of({"A": first, "B": second})
    found = sides_of(by, "y", towns["A"], towns["B"])
    back = sides_of(by, "y", towns["B"], towns["A"])
    assert isinstance(found, NotEstimable) == isinstance(back, NotEstimable)
    if isinstance(found, Sides) and isinstance(back, Sides):
        other, misses = towns_of({"A": [TEN - of for of in first], "B": [TEN - of for of in second]})
        turned = sides(other, misses["A"], misses["B"])
        tests = [difference_test(one) for one in (found, back, turned)]
        assert all(isinstance(one, TTest) for one in tests)
        ts = [one.t for one in tests if isinstance(one, TTest)]
        assert ts[1:] == pytest.approx([-ts[0]] * 2, abs=1e-9)
        assert found.df() == back.df() == min(len(first), len(second)) - 1
