"""Joint rank intervals and bands, by hand and by what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from surveys.analysis.design import Design
from surveys.analysis.estimands.families import benjamini_hochberg, holm
from surveys.analysis.estimands.ranks import Band, RankInterval, bands, rank_intervals, simultaneous_level
from surveys.analysis.estimands.t_tests import TTest, t_test
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Table


def estimate(value: float, se: float, df: int = 20, level: float = 0.95) -> Estimate:
    half = float(stdtrit(df, (1 + level) / 2)) * se
    return Estimate(value, se, df, 100, None, None, value - half, value + half, "t", df, level)


def places(intervals: tuple[RankInterval, ...]) -> dict[str, tuple[int, int]]:
    return {one.code: (one.first, one.last) for one in intervals}


def test_rank_intervals_by_hand() -> None:
    """A stands clear above, B and C overlap, D stands clear below; 1 is the highest."""
    four = {"D": estimate(10, 0.5), "A": estimate(90, 0.5), "C": estimate(50, 1.0), "B": estimate(51, 1.0)}
    intervals = rank_intervals(four)
    assert places(intervals) == {"A": (1, 1), "B": (2, 3), "C": (2, 3), "D": (4, 4)}
    assert [one.code for one in intervals] == ["A", "B", "C", "D"]
    assert [one.printed for one in intervals] == ["1–1", "2–3", "2–3", "4–4"]
    assert {one.of for one in intervals} == {4}


def test_the_intervals_are_simultaneous_and_each_by_its_own_df() -> None:
    """Two values 5.2 apart with se 1: 95 % intervals of 1 ± t·1 keep apart at 2.6 where t is 2.09 and not at 2.423
    twice … Bonferroni for two at df 20: t(0.9875) = 2.423; 2·2.423 = 4.846 < 5.2; at df 5: 3.163, so 6.3 > 5.2."""
    assert places(rank_intervals({"A": estimate(5.2, 1), "B": estimate(0, 1)}))["A"] == (1, 1)
    assert places(rank_intervals({"A": estimate(5.2, 1, df=5), "B": estimate(0, 1, df=5)}))["A"] == (1, 2)
    assert places(rank_intervals({"A": estimate(4.5, 1), "B": estimate(0, 1)}))["A"] == (1, 2)  # apart at 95 % each
    assert places(rank_intervals({"A": estimate(4.5, 1), "B": estimate(0, 1)}, level=0.9))["A"] == (1, 1)


def test_the_level_of_each_interval() -> None:
    assert simultaneous_level(0.95, 10) == pytest.approx(0.995)
    assert simultaneous_level(0.95, 10, "independence") == pytest.approx(0.95**0.1)
    assert simultaneous_level(0.95, 1) == pytest.approx(0.95)
    assert simultaneous_level(0.95, 0) == pytest.approx(0.95)
    with pytest.raises(AnalysisRefused, match=r"ranks\.method"):
        rank_intervals({"A": estimate(1, 1)}, method="scheffe")


def test_independence_is_a_little_shorter_than_bonferroni() -> None:
    wide, narrow = (
        float(stdtrit(20, (1 + simultaneous_level(0.8, 2, name)) / 2)) for name in ("bonferroni", "independence")
    )
    apart = wide + narrow
    two = {"A": estimate(apart, 1, level=0.5), "B": estimate(0, 1, level=0.5)}
    assert places(rank_intervals(two, 0.8))["A"] == (1, 2)
    assert places(rank_intervals(two, 0.8, "independence"))["A"] == (1, 1)


def test_an_estimate_of_the_right_level_brings_its_own_limits() -> None:
    level = simultaneous_level(0.95, 2)
    full = Estimate(1.0, 0.0, 20, 50, None, None, 0.9, 1.0, "korn_graubard", 20, level)
    other = Estimate(0.8, 0.02, 20, 50, None, None, 0.7, 0.85, "korn_graubard", 20, level)
    assert places(rank_intervals({"A": full, "B": other})) == {"A": (1, 1), "B": (2, 2)}
    near = Estimate(0.8, 0.02, 20, 50, None, None, 0.7, 0.91, "korn_graubard", 20, level)
    assert places(rank_intervals({"A": full, "B": near})) == {"A": (1, 2), "B": (1, 2)}


def test_an_estimate_whose_limits_have_no_width_may_stand_anywhere_whatever_its_level() -> None:
    flat = Estimate(1.0, 0.0, 20, 50, None, None, 1.0, 1.0, "t", 20, 0.999)
    ranked = places(rank_intervals({"A": estimate(90, 0.1), "B": estimate(-10, 0.1), "C": flat}))
    assert ranked == {"A": (1, 2), "B": (2, 3), "C": (1, 3)}


def test_who_cannot_be_estimated_or_has_no_standard_error_may_stand_anywhere() -> None:
    unknown: Outcome = NotEstimable("no_answers")
    for unsure in (unknown, estimate(50, 0.0)):
        ranked = places(rank_intervals({"A": estimate(90, 0.1), "B": estimate(10, 0.1), "C": unsure}))
        assert ranked == {"A": (1, 2), "B": (2, 3), "C": (1, 3)}
    assert rank_intervals({}) == ()


values = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 8), st.integers(3, 60)), min_size=1, max_size=9)


def named(numbers: list[tuple[float, float, int]]) -> dict[str, Outcome]:
    return {f"T{place}": estimate(*one) for place, one in enumerate(numbers)}


@given(values, st.data())
def test_whenever_all_intervals_hold_so_do_all_ranks(
    numbers: list[tuple[float, float, int]], data: st.DataObject
) -> None:
    """The theorem of Klein, Wright and Wieczorek: any truth within the limits ranks within the rank intervals."""
    level = simultaneous_level(0.95, len(numbers))
    truth = []
    for value, se, df in numbers:
        half = float(stdtrit(df, (1 + level) / 2)) * se
        truth.append(value + data.draw(st.floats(-1, 1)) * half * (1 - 1e-9))
    for place, one in enumerate(rank_intervals(named(numbers))):
        mine = truth[int(one.code[1:])]
        higher, lower = sum(other > mine for other in truth), sum(other < mine for other in truth)
        assert one.first <= 1 + higher
        assert len(truth) - lower <= one.last
        assert 1 <= one.first <= one.last <= one.of == len(numbers)
        assert place < len(numbers)


@given(values, st.floats(0.05, 0.9))
def test_smaller_standard_errors_never_widen_a_rank_interval(
    numbers: list[tuple[float, float, int]], factor: float
) -> None:
    before = places(rank_intervals(named(numbers)))
    after = places(rank_intervals(named([(value, se * factor, df) for value, se, df in numbers])))
    assert all(before[code][0] <= after[code][0] and after[code][1] <= before[code][1] for code in before)


@given(values, st.floats(0.1, 20), st.floats(-30, 30))
def test_order_of_domains_and_the_unit_change_no_rank(
    numbers: list[tuple[float, float, int]], scale: float, shift: float
) -> None:
    rounded = [(round(value, 2), round(se, 2) + 0.01, df) for value, se, df in numbers]
    ranked = rank_intervals(named(rounded))
    assert rank_intervals(dict(reversed(named(rounded).items()))) == ranked
    turned = rank_intervals(named([(-value, se, df) for value, se, df in rounded]))
    of = len(numbers)
    assert places(turned) == {code: (of + 1 - last, of + 1 - first) for code, (first, last) in places(ranked).items()}


@given(st.permutations(range(6)))
def test_separated_domains_have_exactly_their_rank(order: list[int]) -> None:
    ranked = places(rank_intervals({f"T{place}": estimate(-10 * rank, 0.1) for place, rank in enumerate(order)}))
    assert ranked == {f"T{place}": (rank + 1, rank + 1) for place, rank in enumerate(order)}


def district(means: dict[str, float], psus: int = 8, seed: int = 1) -> tuple[Estimator, dict[str, BoolArray]]:
    """Towns as strata of a few PSUs of ten persons; scores about each town's mean."""
    generator = np.random.default_rng(seed)
    towns = np.repeat(list(means), psus * 10)
    psu = np.repeat(np.arange(psus * len(means)), 10)
    y = (
        np.array([means[town] for town in towns])
        + generator.normal(size=len(towns))
        + generator.normal(size=psu[-1] + 1)[psu]
    )
    table = Table.of_units(towns, psu, generator.uniform(1, 3, len(towns)), {"y": y}, {"town": towns})
    return Estimator(table, Design.of_table(table)), {town: towns == town for town in means}


TOWNS = {"T4": -8.0, "T2": 8.0, "T3": 0.0, "T1": -8.0, "T0": 8.0}


def test_towns_are_sorted_by_band_and_then_by_name() -> None:
    by, towns = district(TOWNS)
    judged = [(one.code, one.band) for one in bands(by, "y", towns)]
    assert judged == [("T0", "above"), ("T2", "above"), ("T3", "not_different"), ("T1", "below"), ("T4", "below")]


def test_alike_towns_cannot_be_told_from_the_rest() -> None:
    by, towns = district(dict.fromkeys(["B", "A", "C"], 5.0))
    assert [(one.code, one.band) for one in bands(by, "y", towns)] == [(code, "not_different") for code in "ABC"]


def difference(test: TTest | NotEstimable) -> TTest:
    assert isinstance(test, TTest), test
    return test


@pytest.mark.parametrize("against", ["rest", "whole"])
def test_the_test_behind_a_band_is_the_contrast_with_covariance(against: str) -> None:
    by, towns = district(TOWNS)
    for one in bands(by, "y", towns, against=against):
        mask = towns[one.code]
        own, others = by.linear_mean("y", mask), by.linear_mean("y", ~mask if against == "rest" else None)
        assert isinstance(own, Linearised)
        assert isinstance(others, Linearised)
        contrast = by.contrast([(1, own), (-1, others)])
        assert isinstance(contrast, Estimate)
        assert one.test == t_test(contrast, df=7)  # the town's own: eight PSUs of one stratum
        assert difference(one.test).difference == pytest.approx(own.value - others.value)


def test_adjusted_values_come_from_one_family_and_decide() -> None:
    """The smallest p of nine towns would be a finding alone; in the family it is not."""
    by, towns = district(dict.fromkeys([f"T{place}" for place in range(8)], 5.0) | {"T8": 6.5}, psus=6, seed=25)
    first = bands(by, "y", towns)
    raw = {one.code: difference(one.test).p for one in first}
    assert min(raw.values()) < 0.05
    for method, adjust in (("holm", holm), ("benjamini_hochberg", benjamini_hochberg)):
        expected = dict(zip(raw, adjust(list(raw.values())).tolist(), strict=True))
        judged = bands(by, "y", towns, method=method)
        assert {one.code: one.adjusted for one in judged} == pytest.approx(expected)
        assert {one.band for one in judged} == {"not_different"}
    assert first == bands(by, "y", towns, method="benjamini_hochberg") != bands(by, "y", towns, method="holm")


def test_the_level_decides_how_many_stand_out() -> None:
    by, towns = district({"A": 5.0, "B": 5.6, "C": 4.6, "D": 5.2}, seed=7)
    ps = sorted(one.adjusted for one in bands(by, "y", towns) if one.adjusted is not None)
    between = 1 - (ps[0] + ps[1]) / 2
    assert sum(one.band != "not_different" for one in bands(by, "y", towns, level=between)) == sum(
        p <= 1 - between for p in ps
    )


def test_towns_that_cannot_be_tested_stand_last_with_the_reason() -> None:
    by, towns = district({"A": 5.0, "B": 6.0})
    rows = len(towns["A"])
    few = np.arange(rows) < 30  # three PSUs of one stratum: 2 degrees of freedom
    judged = {
        one.code: one
        for one in bands(by, "y", {**towns, "0": np.zeros(rows, bool), "1": np.ones(rows, bool), "2": few})
    }
    assert [one.band for one in judged.values()][-3:] == ["not_estimable"] * 3
    assert list(judged)[-3:] == ["0", "1", "2"]
    assert all(one.adjusted is None for one in list(judged.values())[-3:])
    assert judged["2"].test == NotEstimable("too_few_psus", df=2)
    for code in "01":
        reason = judged[code].test
        assert isinstance(reason, NotEstimable)
        assert reason.code in ("no_answers", "no_members")


def test_one_lonely_psu_refuses_the_towns_it_enters() -> None:
    table = Table.of_units([0] * 8 + [1], np.arange(9), np.ones(9), {"y": np.arange(9.0)}, {})
    mask = np.arange(9) < 4
    (one,) = bands(Estimator(table, Design.of_table(table)), "y", {"A": mask})
    assert one == Band("A", "not_estimable", NotEstimable("one_psu", strata=("1",)), None)


def test_another_yardstick_or_method_is_refused() -> None:
    by, towns = district({"A": 5.0, "B": 6.0})
    with pytest.raises(AnalysisRefused, match=r"bands\.against"):
        bands(by, "y", towns, against="best")
    with pytest.raises(AnalysisRefused, match=r"family\.method"):
        bands(by, "y", towns, method="none")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.permutations(sorted(TOWNS)), st.floats(0.01, 100))
def test_order_names_and_units_change_no_band(seed: int, order: list[str], scale: float) -> None:
    by, towns = district(TOWNS | {"T3": 1.0}, seed=seed)
    expected = bands(by, "y", towns)
    assert bands(by, "y", {town: towns[town] for town in order}) == expected
    names = dict(zip(sorted(TOWNS), order, strict=True))
    turned = bands(by, "y", {names[town]: mask for town, mask in towns.items()})
    assert {(one.code, one.band) for one in turned} == {(names[one.code], one.band) for one in expected}
    table = by.table
    lower = Table.of_units(
        table.stratum, table.psu, table.w * scale, {"y": -scale * table.variables["y"].wy / table.w}, table.keys
    )
    mirrored = bands(Estimator(lower, Design.of_table(lower)), "y", towns)
    opposite = {"above": "below", "below": "above", "not_different": "not_different"}
    assert {(one.code, opposite[one.band]) for one in mirrored} == {(one.code, one.band) for one in expected}
    assert all(math.isfinite(difference(one.test).t) for one in expected)
