"""Delivered replicate weights, their variance by hand, and the figures made of replicates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.replicates.weights import Replicates, rank
from surveys.analysis.table import grouped

from .oracle import estimated
from .replicate_samples import invented, refusal, se_of_total, small


class TestDeliveredWeights:
    def test_the_variance_by_hand(self) -> None:
        """Replicate totals of 10·y: 30 and 50 and 70, the estimate is 40, the scales 1, 2, 3 times 0.5."""
        table = small([0, 0], [1, 2], [1, 3])
        columns = [[0, 2, 1], [1, 1, 2]]
        centre_on_mean = Replicates.of_columns(table, columns, 0.5, [1, 2, 3])
        assert se_of_total(table, centre_on_mean, "y") ** 2 == pytest.approx(0.5 * (1 * 20**2 + 2 * 0 + 3 * 20**2))
        centre_on_estimate = replace(centre_on_mean, mse=True)
        assert se_of_total(table, centre_on_estimate, "y") ** 2 == pytest.approx(0.5 * (10**2 + 2 * 10**2 + 3 * 30**2))

    def test_a_replicate_of_scale_0_is_left_out_of_the_mean(self) -> None:
        table = small([0, 0], [1, 2], [1, 3])
        made = Replicates.of_columns(table, [[0, 2, 9], [1, 1, 9]], 1.0, [1, 1, 0])
        assert se_of_total(table, made, "y") ** 2 == pytest.approx(10**2 + 10**2)

    def test_weights_that_include_the_sampling_weight_are_divided_by_it(self) -> None:
        table = small([0, 0], [1, 2], [1, 3], [10, 20])
        made = Replicates.of_columns(table, [[0, 20], [40, 0]], 0.5, [1, 1], combined=True)
        assert made.factors.tolist() == [[0, 2], [2, 0]]

    def test_a_combined_weight_on_a_weight_of_0_is_refused(self) -> None:
        table = small([0, 0, 0], [1, 2, 2], [1, 3, 3], [10, 20, 0])
        made = Replicates.of_columns(table, [[0, 20], [40, 0], [0, 0]], 0.5, [1, 1], combined=True)
        assert made.factors[2].tolist() == [0, 0]
        columns = [[0, 20], [40, 0], [0, 1]]
        refused = refusal(lambda: Replicates.of_columns(table, columns, 0.5, [1, 1], combined=True))
        assert (refused.code, refused.values["rows"]) == ("replicates.zero_weight", [2])

    def test_declared_degrees_of_freedom_are_taken(self) -> None:
        table = small([0, 0, 0], [1, 2, 3], [1, 3, 8])
        counted = Replicates.of_columns(table, [[0, 2], [2, 0], [1, 1]], 1, [1, 1])
        by, declared = ReplicateEstimator(table, counted), ReplicateEstimator(table, replace(counted, df=30))
        assert (estimated(by.mean("y")).df, estimated(declared.mean("y")).df) == (2, 30)
        assert estimated(declared.mean("y")).width < estimated(by.mean("y")).width

    def test_design_df_is_the_rank_less_one(self) -> None:
        factors = np.array([[1.0, 0, 1], [0, 1, 1], [1, 1, 2]])
        assert rank(factors, np.array([True, True, True])) == 2
        assert rank(factors, np.array([True, False, False])) == 1
        assert rank(factors, np.zeros(3, bool)) == 0
        nearly, clearly = (np.array([[1.0, 1.0], [1.0, 1 + apart]]) for apart in (1e-7, 1e-3))
        assert (rank(nearly, np.ones(2, bool)), rank(clearly, np.ones(2, bool))) == (1, 2)
        table = invented(1)
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)))
        assert by.design_df() == 9 - 3
        assert by.design_df(table.stratum == 0) == 3 - 1

    def test_factors_of_other_rows_or_psus_are_refused(self) -> None:
        table = invented(1)
        assert refusal(lambda: Replicates.of_columns(table, np.ones((5, 2)), 1, [1, 1])).code == "replicates.rows"
        given = Replicates.of_columns(table, np.ones((len(table.w), 2)), 1, [1, 1])
        assert refusal(lambda: ReplicateEstimator(grouped(table, ["sex"]), given)).code == "replicates.rows"
        fewer = small([0, 0, 0, 1, 1], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5])
        other = replace(jkn(fewer, Design.of_table(fewer)), design=None)
        refused = refusal(lambda: ReplicateEstimator(table, other))
        assert (refused.code, refused.values["count"], refused.values["psus"]) == (
            "replicates.unknown_psu",
            4,
            ["2/5", "2/6", "2/7", "2/8"],
        )

    def test_what_is_no_number_or_has_another_shape_is_refused(self) -> None:
        table = small([0, 0], [1, 2], [1, 3])

        def code(columns: list[list[float]], scale: float, rscales: list[float]) -> str:
            return refusal(lambda: Replicates.of_columns(table, columns, scale, rscales)).code

        assert code([[1, math.nan], [1, 1]], 1, [1, 1]) == "replicates.not_numbers"
        assert code([[1, 2], [1, 1]], -1, [1, 1]) == "replicates.not_numbers"
        assert code([[1, 2], [1, 1]], 1, [1, -1]) == "replicates.not_numbers"
        assert code([[1, 2], [1, 1]], 1, [0, 0]) == "replicates.not_numbers"
        assert code([[1, 2], [1, 1]], 1, [1]) == "replicates.shape"
        assert code([[], []], 1, []) == "replicates.shape"


class TestFigures:
    def test_a_domain_that_a_replicate_loses_is_not_estimable(self) -> None:
        table = invented(2)
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)))
        here = table.psu == 0
        assert by.mean("score", here) == NotEstimable("empty_replicate", replicates=1)
        assert estimated(by.mean("score", table.psu < 2)).df == 1

    def test_nobody_to_ask_is_said_as_before(self) -> None:
        table = invented(2)
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)))
        assert by.mean("score", np.zeros(len(table.w), bool)) == NotEstimable("no_members")

    def test_shares_have_korn_graubard_limits_also_where_everybody_passes(self) -> None:
        table = invented(2)
        sure = replace(table.members(), n=table.count)
        by, taylor = (
            ReplicateEstimator(table, jkn(table, Design.of_table(table))),
            Estimator(table, Design.of_table(table)),
        )
        everybody = estimated(by.proportion(sure))
        assert (everybody.value, everybody.se, everybody.method) == (1.0, 0.0, "korn_graubard")
        assert everybody.lower == pytest.approx(estimated(taylor.proportion(sure)).lower)
        assert by.proportion(sure, None, "logit") == NotEstimable("interval_undefined", method="logit", value=1.0)

    def test_the_log_odds_vary_as_they_do_among_the_replicates(self) -> None:
        """Shares 1/2, 1/3 and 2/3 in three replicates, the estimate 1/2: log odds 0, −log 2 and log 2."""
        table = small([0] * 6, [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0])
        columns = [[1, 1, 2], [1, 1, 2], [1, 1, 2], [1, 2, 1], [1, 2, 1], [1, 2, 1]]
        by = ReplicateEstimator(table, Replicates.of_columns(table, columns, 1.0, [1, 1, 1], df=5))
        limits = estimated(by.proportion("y", None, "logit"))
        half = 2.5705818366147395 * math.sqrt(2) * math.log(2)  # t with 5 degrees of freedom
        assert (limits.lower, limits.upper) == pytest.approx((1 / (1 + math.exp(half)), 1 / (1 + math.exp(-half))))

    def test_the_log_odds_of_a_replicate_where_everybody_passes_have_no_limits(self) -> None:
        table = small([0] * 3, [1, 2, 3], [1, 1, 0])
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)))
        outcome = by.proportion("y", None, "logit")
        assert isinstance(outcome, NotEstimable)
        assert outcome.code == "interval_undefined"
