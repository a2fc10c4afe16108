"""Bootstraps: factors by hand, Taylor's variance in expectation, seeds and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.replicates.bootstrap import canty_davison, rao_wu
from surveys.analysis.replicates.preston import preston
from surveys.analysis.replicates.weights import Replicates

from .replicate_samples import invented, refusal, se_of_total, small, taylor_se, two_stages

MANY, NEAR = 5000, 0.03  # a standard error from so many replicates is known to 1 per cent
BOOTSTRAPS = [canty_davison, rao_wu, preston]


class TestBootstrap:
    def test_a_population_put_together_from_the_sample_overstates_by_its_size(self) -> None:
        """Each PSU twice among 8: their mean square deviation over 7 is 8/7 of what the sample says."""
        table = invented(4, (4, 4, 4))
        design = Design.of_table(table, [8, 8, 8], "equal")
        made = canty_davison(table, design, MANY, "2024")
        assert se_of_total(table, made) == pytest.approx(math.sqrt(8 / 7) * taylor_se(table, design), rel=NEAR)

    def test_copies_that_do_not_divide_are_shared_out_by_chance(self) -> None:
        table = invented(4, (4, 4, 4))
        made = canty_davison(table, Design.of_table(table, [10, 9, 30], "equal"), MANY, "2024")
        assert made.factors.mean(axis=1) == pytest.approx(np.ones(12), abs=0.05)

    @pytest.mark.parametrize(
        ("maker", "population"),
        [(one, None) for one in BOOTSTRAPS] + [(one, [10, 9, 30]) for one in (rao_wu, preston)],
    )
    def test_many_replicates_come_near_taylor(
        self, maker: Callable[..., Replicates], population: list[int] | None
    ) -> None:
        table = invented(4, (4, 4, 4))
        design = Design.of_table(table, population, "equal")
        made = maker(table, design, MANY, "2024")
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=NEAR)

    @pytest.mark.parametrize("maker", [rao_wu, preston])
    def test_also_where_strata_have_unequal_numbers_of_psus(self, maker: Callable[..., Replicates]) -> None:
        table = invented(4, (2, 3, 9))
        design = Design(np.array([2, 4, 9]), np.array([20.0, 6.0, 12.0]), "equal")
        made = maker(table, design, MANY, "2024")
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=NEAR)
        assert se_of_total(table, replace(made, mse=True)) == pytest.approx(taylor_se(table, design), rel=NEAR)

    def test_with_replacement_the_factor_is_how_often_a_psu_came_up(self) -> None:
        table = invented(1, (4, 4))
        made = canty_davison(table, Design.of_table(table), 50, "s")
        assert set(made.factors.ravel()) <= {0, 1, 2, 3, 4}
        assert (made.factors[:4].sum(axis=0) == 4).all()
        assert made.scale == pytest.approx(4 / (3 * 49))

    def test_the_scale_takes_the_harmonic_mean_of_psus_a_stratum(self) -> None:
        table = invented(1, (2, 6))
        made = canty_davison(table, Design.of_table(table), 11, "s")
        assert made.scale == pytest.approx(3 / (2 * 10))

    def test_with_an_fpc_no_psu_comes_up_more_often_than_the_population_holds_it(self) -> None:
        table = invented(1, (3, 4))
        made = canty_davison(table, Design.of_table(table, [3, 6], "equal"), 60, "s")
        assert (made.factors[:3] == 1).all()
        assert made.factors[3:].max() == 2
        assert (made.factors[3:].sum(axis=0) == 4).all()

    def test_rao_and_wu_draw_one_less(self) -> None:
        table = invented(1, (4, 5))
        made = rao_wu(table, Design.of_table(table), 40, "s")
        assert made.factors[:4] * 3 / 4 == pytest.approx(np.round(made.factors[:4] * 3 / 4))
        assert made.factors[:4].sum(axis=0) == pytest.approx(np.full(40, 4))
        assert made.scale == pytest.approx(1 / 39)

    def test_rao_and_wu_with_an_fpc_draw_the_factors_together(self) -> None:
        table = invented(1, (4, 5))
        free, held = (rao_wu(table, Design.of_table(table, n, "equal"), 40, "s") for n in (None, [16, 20]))
        assert held.factors - 1 == pytest.approx(math.sqrt(3 / 4) * (free.factors - 1))

    def test_preston_halves_without_replacement(self) -> None:
        table = invented(1, (5, 4))
        made = preston(table, Design.of_table(table), 30, "s")
        rate = math.sqrt(2 / 3)
        assert np.unique(made.factors[:5].round(12)) == pytest.approx([1 - rate, 1 - rate + rate * 5 / 2])
        assert ((made.factors[:5] > 1).sum(axis=0) == 2).all()
        assert made.factors[:5].sum(axis=0) == pytest.approx(np.full(30, 5))

    def test_preston_adds_the_second_stage(self) -> None:
        table, design = two_stages()
        made = preston(table, design, MANY, "2024")
        assert made.psus is None
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=NEAR)
        first_stage_alone = taylor_se(table, replace(design, second=None))
        assert taylor_se(table, design) > 1.2 * first_stage_alone

    def test_preston_in_a_stratum_taken_whole_has_the_second_stage_alone(self) -> None:
        table, design = two_stages((4.0, 5.0))
        made = preston(table, design, MANY, "2024")
        assert (made.factors != 1).all()  # every PSU stays, and its units are halved
        assert se_of_total(table, made) == pytest.approx(taylor_se(table, design), rel=NEAR)

    def test_preston_refuses_a_psu_with_a_single_unit(self) -> None:
        table, design = two_stages()
        alone = SecondStage(np.where(table.psu == 2, 0, np.arange(len(table.w))), np.full(len(table.w), 20.0))
        refused = refusal(lambda: preston(table, replace(design, second=alone), 9, "s"))
        assert (refused.code, refused.values["psus"]) == ("replicates.one_ssu", ["0/2"])

    @pytest.mark.parametrize("maker", BOOTSTRAPS)
    def test_the_same_seed_draws_the_same(self, maker: Callable[..., Replicates]) -> None:
        table = invented(1)
        design = Design.of_table(table)
        made = maker(table, design, 20, "a seed")
        assert (made.factors == maker(table, design, 20, "a seed").factors).all()
        assert (made.factors != maker(table, design, 20, "another").factors).any()
        assert (made.seed, made.design) == ("a seed", design)
        assert made.generator is not None
        assert "PCG64" in made.generator

    @pytest.mark.parametrize("maker", BOOTSTRAPS)
    def test_a_stratum_draws_apart_from_the_others(self, maker: Callable[..., Replicates]) -> None:
        table = invented(1)
        first = small([0, 0, 0], [0, 1, 2], [1, 2, 3])
        made, alone = (maker(one, Design.of_table(one), 20, "s") for one in (table, first))
        assert (made.factors[:3] == alone.factors).all()

    @pytest.mark.parametrize("maker", BOOTSTRAPS)
    def test_a_lonely_psu_is_refused_or_certain(self, maker: Callable[..., Replicates]) -> None:
        table = invented(6, (3, 1, 4))
        assert refusal(lambda: maker(table, Design.of_table(table), 9, "s")).code == "replicates.one_psu"
        adjusted = Design.of_table(table, lonely="adjust")
        assert refusal(lambda: maker(table, adjusted, 9, "s")).code == "replicates.lonely_rule"
        made = maker(table, Design.of_table(table, lonely="certainty"), 9, "s")
        assert (made.factors[3] == 1).all()

    @pytest.mark.parametrize("maker", BOOTSTRAPS)
    def test_one_replicate_has_no_variance(self, maker: Callable[..., Replicates]) -> None:
        table = invented(1)
        assert refusal(lambda: maker(table, Design.of_table(table), 1, "s")).code == "replicates.count"
