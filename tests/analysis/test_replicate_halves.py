"""Balanced half samples and Fay's factors, and the Hadamard matrices that choose them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.replicates.balanced import balanced
from surveys.analysis.replicates.hadamard import hadamard, hadamard_above

from .replicate_samples import invented, refusal, se_of_total, taylor_se

seeds = st.integers(0, 2**32 - 1)


NOT_BUILT = (52, 92, 100, 116, 156, 172, 184, 188)  # these need more than Sylvester's and Paley's ways with primes


class TestHalfSamples:
    @pytest.mark.parametrize("order", [1, 2, *range(4, 201, 4)])
    def test_a_matrix_is_orthogonal_with_ones_first(self, order: int) -> None:
        matrix = hadamard(order)
        if matrix is None:
            assert order in NOT_BUILT
            return
        assert (matrix.T @ matrix == order * np.eye(order)).all()
        assert (matrix[:, 0] == 1).all()

    @pytest.mark.parametrize(("strata", "order"), [(1, 4), (3, 4), (4, 8), (8, 12), (51, 56), (52, 56)])
    def test_the_smallest_that_leaves_the_ones_aside_is_taken(self, strata: int, order: int) -> None:
        assert len(hadamard_above(strata)) == order

    def test_no_matrix_has_another_order(self) -> None:
        assert [hadamard(order) for order in (3, 6, 10)] == [None] * 3

    @given(seeds, st.sampled_from([0.0, 0.3, 0.5]), st.booleans(), st.integers(1, 9))
    @settings(max_examples=30)
    def test_of_a_total_are_the_taylor_variance(self, seed: int, rho: float, mse: bool, strata: int) -> None:
        table = invented(seed, (2,) * strata)
        design = Design.of_table(table)
        made = balanced(table, design, rho, mse=mse)
        assert made.kind == ("Fay" if rho else "BRR")
        assert np.unique(made.factors) == pytest.approx([rho, 2 - rho])
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=1e-10)

    def test_a_pair_of_which_one_stayed_silent_is_a_pair(self) -> None:
        table = invented(3, (2, 1, 2))
        design = Design(np.array([2, 2, 2]))
        assert se_of_total(table, balanced(table, design)) == pytest.approx(taylor_se(table, design), rel=1e-10)

    def test_only_pairs_are_halved_and_the_others_are_named(self) -> None:
        table = invented(1, (2, 3, 2, 1))
        refused = refusal(lambda: balanced(table, Design.of_table(table)))
        assert (refused.code, refused.values["strata"]) == ("replicates.not_paired", ["1", "3"])

    def test_an_fpc_a_wrong_rho_and_a_skewed_matrix_are_refused(self) -> None:
        table = invented(1, (2, 2))
        design = Design.of_table(table)
        assert refusal(lambda: balanced(table, Design.of_table(table, [9, 9], "equal"))).code == "replicates.with_fpc"
        assert refusal(lambda: balanced(table, design, 1.0)).code == "replicates.rho"
        assert refusal(lambda: balanced(table, design, -0.1)).code == "replicates.rho"
        skewed = np.array([[1, 1], [1, 1], [1, 1], [-1, -1]])
        lopsided = np.array([[1, 1], [1, 1], [1, -1], [-1, 1]])
        assert refusal(lambda: balanced(table, design, matrix=lopsided)).code == "replicates.not_orthogonal"
        assert refusal(lambda: balanced(table, design, matrix=skewed)).code == "replicates.not_orthogonal"
        assert refusal(lambda: balanced(table, design, matrix=hadamard_above(2))).code == "replicates.not_orthogonal"
