"""The jackknife: factors by hand, Taylor's variance of totals, lonely PSUs and what is refused."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jk1, jkn
from surveys.analysis.table import BoolArray, FloatArray

from .oracle import estimated
from .replicate_samples import invented, refusal, se_of_total, small, taylor_se

seeds = st.integers(0, 2**32 - 1)


class TestJackknife:
    def test_the_others_of_the_stratum_stand_for_the_one_left_out(self) -> None:
        table = small([0, 0, 1, 1, 1], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
        made = jkn(table, Design.of_table(table))
        assert made.factors.tolist() == [
            [0, 2, 1, 1, 1],
            [2, 0, 1, 1, 1],
            [1, 1, 0, 1.5, 1.5],
            [1, 1, 1.5, 0, 1.5],
            [1, 1, 1.5, 1.5, 0],
        ]
        assert made.scale * made.rscales == pytest.approx([1 / 2, 1 / 2, 2 / 3, 2 / 3, 2 / 3])

    def test_without_strata_there_is_one_scale(self) -> None:
        table = small([0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 3, 4])
        made = jk1(table, Design.of_table(table, [16], "equal"))
        assert made.scale == pytest.approx(3 / 4 * (1 - 4 / 16))
        assert made.rscales.tolist() == [1, 1, 1, 1]
        assert np.unique(made.factors).tolist() == [0, pytest.approx(4 / 3)]

    def test_a_mean_by_hand(self) -> None:
        """PSU sums of y 10, 20, 60 and equal weights: leave-one-out means 40, 35, 15; centre 30, or 30 with mse."""
        table = small([0, 0, 0], [1, 2, 3], [10, 20, 60])
        estimate = estimated(ReplicateEstimator(table, jk1(table, Design.of_table(table))).mean("y"))
        assert estimate.value == pytest.approx(30)
        assert estimate.se**2 == pytest.approx(2 / 3 * (10**2 + 5**2 + 15**2))
        assert (estimate.df, estimate.n) == (2, 3)

    def test_strata_taken_whole_have_no_replicate(self) -> None:
        table = small([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, 7])
        made = jkn(table, Design.of_table(table, [2, 10], "equal"))
        assert made.count == 2
        assert (made.factors[:2] == 1).all()

    @given(seeds, st.booleans(), st.booleans())
    @settings(max_examples=30)
    def test_of_a_total_is_the_taylor_variance(self, seed: int, fpc: bool, mse: bool) -> None:
        table = invented(seed)
        design = Design.of_table(table, [5, 40, 9] if fpc else None, "equal")
        assert se_of_total(table, jkn(table, design, mse)) == pytest.approx(taylor_se(table, design), rel=1e-10)

    @given(seeds)
    @settings(max_examples=20)
    def test_covariances_of_totals_are_taylors_too(self, seed: int) -> None:
        table = invented(seed)
        design, women = Design.of_table(table), table.keys["sex"] == 1
        by, taylor = ReplicateEstimator(table, jkn(table, design)), Estimator(table, design)
        assert totals_covariance(by, women) == pytest.approx(totals_covariance(taylor, women), rel=1e-9)

    def test_silent_psus_are_left_out_in_their_turn(self) -> None:
        table = invented(5)
        design = Design(np.array([5, 2, 6]))
        made = jkn(table, design)
        assert made.count == 13
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=1e-10)

    @pytest.mark.parametrize("rule", ["adjust", "average", "certainty", "remove", "collapse"])
    @pytest.mark.parametrize("mse", [False, True])
    def test_a_lonely_psu_obeys_the_rule_as_taylor_does(self, rule: str, mse: bool) -> None:
        table = invented(6, (3, 1, 4, 1))
        design = Design.of_table(table, lonely=rule)
        made = jkn(table, design, mse)
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=1e-10)
        assert estimated(ReplicateEstimator(table, made).total("score")).lonely == rule

    def test_an_adjusted_lonely_psu_keeps_its_fpc(self) -> None:
        table = invented(6, (3, 1, 4))
        design = Design.of_table(table, [9, 2, 5], "equal", "adjust")
        assert se_of_total(table, jkn(table, design)) == pytest.approx(taylor_se(table, design), rel=1e-10)

    def test_a_psu_that_was_certain_to_be_drawn_is_not_lonely(self) -> None:
        table = invented(6, (3, 1, 4))
        design = Design.of_table(table, [9, 1, 5], "equal")
        made = jkn(table, design)
        assert made.count == 7
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=1e-10)

    def test_the_mean_a_lonely_psu_is_held_against_counts_silent_psus(self) -> None:
        table = invented(6, (3, 1, 4))
        design = Design(np.array([5, 1, 6]), lonely="adjust")
        assert se_of_total(table, jkn(table, design)) == pytest.approx(taylor_se(table, design), rel=1e-10)

    def test_a_lonely_psu_is_refused_by_default(self) -> None:
        table = invented(6, (3, 1, 4))
        refused = refusal(lambda: jkn(table, Design.of_table(table)))
        assert (refused.code, refused.values["strata"]) == ("replicates.one_psu", ["1"])

    def test_strata_are_refused_where_they_would_be_lost(self) -> None:
        table = invented(1)
        assert refusal(lambda: jk1(table, Design.of_table(table))).code == "replicates.stratified"
        lonely = small([0, 0], [1, 1], [1, 2])
        assert refusal(lambda: jk1(lonely, Design.of_table(lonely))).code == "replicates.one_psu"

    def test_a_sample_of_everybody_has_nothing_to_repeat(self) -> None:
        table = small([0, 0], [1, 2], [1, 2])
        for maker in (jk1, jkn):
            refused = refusal(partial(maker, table, Design.of_table(table, [2], "equal")))
            assert refused.code == "replicates.no_variance"


def totals_covariance(by: Estimator, women: BoolArray) -> FloatArray:
    parts = [by.linear_total("score"), by.linear_total("passed", women)]
    found = by.covariance([part for part in parts if isinstance(part, Linearised)])
    assert not isinstance(found, NotEstimable)
    return found
