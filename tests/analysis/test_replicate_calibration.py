"""Calibration done over in every replicate: exact margins, units and totals alike, and replicates that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.replicates.recalibration import Classes, Recipe
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import IntArray, Table, grouped
from surveys.analysis.weighting.margins import Covariate, Margin

from .oracle import estimated
from .replicate_samples import invented, raking, refusal, small

seeds = st.integers(0, 2**32 - 1)


class TestCalibrationInEveryReplicate:
    @given(seeds)
    @settings(max_examples=15)
    def test_the_total_of_a_margin_has_no_error(self, seed: int) -> None:
        table = invented(seed)
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)), raking(table, seed))
        women = estimated(by.total(table.members(table.keys["sex"] == 1)))
        assert women.se <= 1e-9 * women.value
        assert estimated(by.total("score")).se > 1e-3

    @given(seeds)
    @settings(max_examples=15)
    def test_a_table_of_totals_gives_what_persons_give(self, seed: int) -> None:
        units = invented(seed)
        totals = grouped(units, ["sex", "age"])
        one, other = (everything(table, raking(units, seed)) for table in (units, totals))
        assert one == pytest.approx(other, rel=1e-9)

    def test_row_order_and_the_numbers_of_psus_change_nothing(self) -> None:
        table = invented(7)
        order = np.random.default_rng(1).permutation(len(table.w))
        shuffled = invented_again(table, order, lambda psu: psu)
        assert everything(table, raking(table)) == pytest.approx(everything(shuffled, raking(table)), rel=1e-10)
        renamed = invented_again(table, order, lambda psu: 100 - psu)
        assert everything(table, raking(table)) == pytest.approx(everything(renamed, raking(table)), rel=1e-10)

    def test_the_scale_of_the_weights_changes_nothing_of_a_share(self) -> None:
        table = invented(8)
        larger = invented_again(table, np.arange(len(table.w)), lambda psu: psu, 1000.0)
        one, other = (
            estimated(ReplicateEstimator(one, jkn(one, Design.of_table(one))).proportion("passed"))
            for one in (table, larger)
        )
        assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper))

    def test_the_whole_procedure_runs_in_every_replicate(self) -> None:
        """Post-stratified by sex: each replicate's weights meet the totals by plain proportion."""
        table = invented(9)
        totals = {0: 700.0, 1: 900.0}
        made = jkn(table, Design.of_table(table))
        by = ReplicateEstimator(table, made, Recipe([Margin("sex", table.keys["sex"], totals)], "linear"))
        weights = table.w[:, None] * made.factors[made.places(table)]
        sex, score = table.keys["sex"], np.nan_to_num(table.variables["score"].wy / table.w)
        lifted = sum(
            totals[k] / weights[sex == k].sum(axis=0) * (score @ (weights * (sex == k)[:, None])) for k in (0, 1)
        )
        centred = lifted - np.mean(lifted)
        assert estimated(by.total("score")).se == pytest.approx(math.sqrt(np.sum(made.rscales * centred**2)))

    def test_covariates_and_the_common_level_are_calibrated_anew(self) -> None:
        table = invented(9)
        number = (np.arange(len(table.w)) % 7 + 1).astype(float)
        base = raking(table)
        wide = Recipe([*base.margins, Covariate("number", number, float(np.sum(table.w * number) * 1.05))], "linear")
        by = ReplicateEstimator(table, jkn(table, Design.of_table(table)), wide)
        total = estimated(by.total(replace(table.members(), wy=table.w * number)))
        assert total.se <= 1e-9 * total.value
        lifted = replace(base, lift=True, bounds=(0.3, 3))
        assert everything(table, lifted) == pytest.approx(everything(table, base), rel=1e-9)

    def test_the_way_of_the_whole_sample_is_kept(self) -> None:
        table = invented(9)
        recipe = replace(raking(table), bounds=(0.3, 3.0))
        taken = recipe.as_taken(recipe.applied(table))
        assert (taken.method, taken.bounds) == ("raking", None)
        narrow = replace(recipe, bounds=(0.99, 1.35))
        tight = narrow.as_taken(narrow.applied(table))
        assert (tight.method, tight.bounds) == ("logit", (0.99, 1.35))

    def test_an_adjustment_for_nonresponse_is_done_over_too(self) -> None:
        """Two classes, then one margin of two kinds across them: both steps by plain proportion in each replicate."""
        table, recipe = with_silent_persons()
        made = jkn(table, Design.of_table(table))
        by = ReplicateEstimator(table, made, recipe)
        cell, answered, kind = table.keys["cell"], table.keys["answered"], table.keys["kind"]
        weights = table.w[:, None] * made.factors[made.places(table)]
        for label in ("x", "y"):
            here = cell == label
            weights[here] *= weights[here].sum(axis=0) / weights[here & answered].sum(axis=0)
        weights[~answered] = 0
        for label, total in KINDS.items():
            weights[kind == label] *= total / weights[(kind == label)].sum(axis=0)
        totals = table.variables["y"].wy / table.w @ weights
        estimate = estimated(by.total("y"))
        assert estimate.se**2 == pytest.approx(np.sum(made.rscales * (totals - totals.mean()) ** 2))
        taylor = estimated(Estimator(table, Design.of_table(table), recipe.applied(table)).total("y"))
        assert (estimate.value, estimate.n) == pytest.approx((taylor.value, taylor.n))
        assert estimate.se == pytest.approx(taylor.se, rel=0.1)

    def test_a_class_where_a_replicate_has_nobody_who_answered_is_named(self) -> None:
        table, recipe = with_silent_persons()
        assert recipe.classes is not None
        cell = np.where(table.psu == 4, "z", table.keys["cell"])
        alone = replace(recipe, classes=replace(recipe.classes, cell=np.where(np.arange(len(cell)) == 0, "z", cell)))
        made = jkn(table, Design.of_table(table))
        refused = refusal(lambda: ReplicateEstimator(table, made, alone))
        assert refused.code == "replicates.empty_class"
        assert dict(refused.values) == {"replicate": 5, "cells": ["z"]}

    def test_a_cell_that_a_replicate_leaves_empty_is_named(self) -> None:
        table = small([0, 0, 0, 0], [1, 1, 2, 3], [1, 2, 3, 4])
        made = jkn(table, Design.of_table(table))
        rare = Recipe([Margin("kind", np.array(["a", "a", "b", "a"]), {"a": 60.0, "b": 20.0})])
        refused = refusal(lambda: ReplicateEstimator(table, made, rare))
        assert refused.code == "replicates.empty_cell"
        assert dict(refused.values) == {"replicate": 2, "margin": "kind", "categories": ["b"]}

    def test_a_replicate_that_cannot_be_calibrated_is_named(self) -> None:
        table = invented(9)
        recipe = Recipe(raking(table).margins, "logit", (0.75, 1.3))
        assert recipe.applied(table).g.max() < 1.3
        refused = refusal(lambda: ReplicateEstimator(table, jkn(table, Design.of_table(table)), recipe))
        assert refused.code == "replicates.not_converged"
        assert {"replicate", "cell", "gap"} == set(refused.values)

    def test_negative_factors_cannot_be_calibrated(self) -> None:
        table = invented(9)
        factors = np.ones((len(table.w), 3))
        factors[:, 1] = -1
        made = Replicates.of_columns(table, factors, 1.0, np.ones(3))
        refused = refusal(lambda: ReplicateEstimator(table, made, raking(table)))
        assert (refused.code, refused.values["replicate"]) == ("replicates.negative", 2)


KINDS = {"a": 900.0, "b": 1100.0}


def with_silent_persons() -> tuple[Table, Recipe]:
    """Two strata of 6 PSUs of 9 persons; a third did not answer, the first person of all among them."""
    rng = np.random.default_rng(11)
    psu = np.repeat(np.arange(12), 9)
    answered = np.arange(108) % 3 > 0
    keys = {
        "cell": np.where(rng.random(108) < 0.4, "x", "y"),
        "answered": answered,
        "kind": np.where(rng.random(108) < 0.5, "a", "b"),
    }
    y = np.where(answered, rng.normal(50, 9, 108) + 4 * (psu % 3), np.nan)
    table = Table.of_units(psu // 6, psu, rng.uniform(10, 20, 108), {"y": y}, keys)
    classes = Classes(keys["cell"], answered)
    return table, Recipe([Margin("kind", keys["kind"], KINDS)], "linear", classes=classes)


def everything(table: Table, recipe: Recipe) -> list[float]:
    """Figures of every kind after re-raking; `recipe` may be for persons, and is laid over the rows of the table."""
    margins = [Margin(one.name, table.keys[one.name], one.totals) for one in recipe.margins if isinstance(one, Margin)]
    fitted = replace(recipe, margins=margins)
    by = ReplicateEstimator(table, jkn(table, Design.of_table(table)), fitted)
    women = table.keys["sex"] == 1
    parts = [by.linear_mean("score", women), by.linear_mean("score", ~women)]
    first, second = (part for part in parts if isinstance(part, Linearised))
    outcomes = [
        by.mean("score"),
        by.total("score", women),
        by.proportion("passed", women),
        by.ratio("score", "passed", women, of_totals=True),
        by.contrast([(1, first), (-1, second)]),
    ]
    found = [estimated(outcome) for outcome in outcomes]
    return [number for one in found for number in (one.value, one.se, one.df, one.n, one.design_df)]


def invented_again(table: Table, order: IntArray, name: Callable[[IntArray], IntArray], times: float = 1) -> Table:
    answers = {key: np.where(one.n > 0, one.wy / table.w, np.nan)[order] for key, one in table.variables.items()}
    keys = {key: column[order] for key, column in table.keys.items()}
    return Table.of_units(table.stratum[order], name(table.psu)[order], times * table.w[order], answers, keys)
