"""Weighting classes: who carries whose weight, what is refused, and the variance by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.nonresponse import nonresponse_cells

from .oracle import estimated

WEIGHT = np.array([10.0, 20, 30, 40, 50, 60])
CELL = np.array(["a", "a", "a", "b", "b", "c"])
RESPONDED = np.array([True, False, True, True, False, True])


def sample(responded: Any = RESPONDED, weight: Any = WEIGHT) -> Table:
    y = np.where(responded, np.arange(len(responded), dtype=float), np.nan)
    return Table.of_units(np.zeros(len(y)), np.arange(len(y)), weight, {"y": y}, {"cell": CELL[: len(y)]})


def test_respondents_of_a_cell_carry_the_weight_of_all_sampled_in_it() -> None:
    cells = nonresponse_cells(sample(), CELL, RESPONDED)
    assert cells.g == pytest.approx([60 / 40, 0, 60 / 40, 90 / 40, 0, 1])
    assert cells.labels == ("a", "b", "c")
    assert cells.sampled.tolist() == [60, 90, 60]
    assert cells.responding.tolist() == [40, 40, 60]
    assert cells.people.tolist() == [2, 1, 1]
    assert cells.joined == ()
    assert np.bincount([0, 0, 0, 1, 1, 2], cells.g * WEIGHT) == pytest.approx([60, 90, 60])


def test_a_cell_without_a_respondent_is_refused_by_name() -> None:
    responded = np.array([True, True, True, False, False, True])
    with pytest.raises(AnalysisRefused) as refusal:
        nonresponse_cells(sample(responded), CELL, responded)
    assert (refusal.value.code, refusal.value.values) == ("nonresponse.no_respondent", {"cells": ["b"]})


def test_a_cell_without_a_respondent_joins_the_next_of_a_declared_order_and_is_counted() -> None:
    responded = np.array([True, True, True, False, False, True])
    for order, neighbour, g in ((("a", "b", "c"), "c", 150 / 60), (("b", "a", "c"), "a", 150 / 60)):
        cells = nonresponse_cells(sample(responded), CELL, responded, order)
        assert cells.joined == (("b", neighbour),)
        assert cells.g[neighbour == CELL] == pytest.approx(g)
        assert (cells.g * WEIGHT).sum() == pytest.approx(WEIGHT.sum())


def test_the_last_cell_joins_the_one_before_and_a_run_of_silent_cells_joins_together() -> None:
    last = np.array([False, False, False, True, True, False])
    cells = nonresponse_cells(sample(last), CELL, last, ("a", "b", "c"))
    assert cells.joined == (("a", "b"), ("c", "b"))
    assert cells.g[3:5] == pytest.approx(210 / 90)
    run = np.array([True, True, True, False, False, False])
    cells = nonresponse_cells(sample(run), CELL, run, ("b", "c", "a"))
    assert cells.joined == (("b", "a"), ("c", "a"))
    assert cells.g[:3] == pytest.approx(210 / 60)
    cells = nonresponse_cells(sample(run), CELL, run, ("a", "b", "c"))
    assert cells.joined == (("b", "a"), ("c", "a"))


def test_a_declared_order_joins_nothing_where_everybody_is_answered_for() -> None:
    plain, declared = (nonresponse_cells(sample(), CELL, RESPONDED, order) for order in (None, ("c", "b", "x", "a")))
    assert declared.g == pytest.approx(plain.g)
    assert declared.joined == ()


def test_whose_weight_is_0_neither_needs_nor_makes_a_respondent() -> None:
    weight = WEIGHT * np.array([1, 1, 1, 0, 0, 1])
    assert nonresponse_cells(sample(weight=weight), CELL, RESPONDED).g[[0, 5]].tolist() == [1.5, 1]
    with pytest.raises(AnalysisRefused, match=r"nonresponse\.no_respondent"):
        nonresponse_cells(sample(weight=WEIGHT * np.array([0, 1, 0, 1, 1, 1])), CELL, RESPONDED)


def test_what_cannot_be_adjusted_is_refused() -> None:
    nobody, answering = np.zeros(6, bool), np.ones(6, bool)
    halves: Any = RESPONDED * 0.5
    cases: list[tuple[str, Any]] = [
        ("nonresponse.nobody", lambda: nonresponse_cells(sample(nobody), CELL, nobody, ("a", "b", "c"))),
        ("nonresponse.answers", lambda: nonresponse_cells(sample(answering), CELL, RESPONDED)),
        ("nonresponse.not_boolean", lambda: nonresponse_cells(sample(), CELL, halves)),
        ("nonresponse.unknown_cell", lambda: nonresponse_cells(sample(), CELL, RESPONDED, ("a", "c"))),
        ("table.length", lambda: nonresponse_cells(sample(), CELL[:5], RESPONDED)),
        ("table.length", lambda: nonresponse_cells(sample(), CELL, RESPONDED[:5])),
    ]
    for code, attempt in cases:
        with pytest.raises(AnalysisRefused) as refusal:
            attempt()
        assert refusal.value.code == code


def test_the_variance_holds_the_lot_of_who_responded_by_hand() -> None:
    """Four persons, weight 10, two answer 1 and 3. For the total z = 2(y − 2) + 2 and 2 for the silent: 0, 4, 2, 2."""
    responded = np.array([True, True, False, False])
    y = np.array([1.0, 3.0, np.nan, np.nan])
    table = Table.of_units(np.zeros(4), np.arange(4), np.full(4, 10.0), {"y": y})
    chain = Chain(table).nonresponse(np.zeros(4), responded)
    by = Estimator(table, Design.of_table(table), chain)
    total, mean = estimated(by.total("y")), estimated(by.mean("y"))
    assert (total.value, mean.value, total.n, total.df) == (80, 2, 2, 1)
    assert total.se == pytest.approx(math.sqrt(4 / 3 * (20**2 + 20**2)))
    assert mean.se == pytest.approx(math.sqrt(4 / 3 * (0.5**2 + 0.5**2)))
    assert chain.projection.scores(table.variables["y"].wy) == pytest.approx([0, 40, 20, 20])


def test_without_a_nonrespondent_nothing_changes() -> None:
    everybody = np.ones(6, bool)
    table = sample(everybody)
    plain = Estimator(table, Design.of_table(table))
    adjusted = Estimator(table, Design.of_table(table), Chain(table).nonresponse(CELL, everybody))
    for one, other in ((plain.total("y"), adjusted.total("y")), (plain.mean("y"), adjusted.mean("y"))):
        assert estimated(other).value == pytest.approx(estimated(one).value)
        assert estimated(other).se == pytest.approx(estimated(one).se)


def test_added_up_rows_give_what_single_persons_give() -> None:
    rng = np.random.default_rng(7)
    n = 240
    responded, cell, psu = rng.random(n) < 0.6, rng.integers(0, 3, n), np.arange(n) // 12
    y = np.where(responded, rng.normal(5, 2, n), np.nan)
    keys = {"cell": cell, "responded": responded}
    units = Table.of_units(psu // 10, psu, rng.uniform(1, 9, n), {"y": y}, keys)
    rows = grouped(units, ["cell", "responded"])
    assert len(rows.w) < len(units.w)
    found = []
    for table in (units, rows):
        chain = Chain(table).nonresponse(table.keys["cell"], table.keys["responded"])
        estimate = estimated(Estimator(table, Design.of_table(table), chain).total("y"))
        found.append([estimate.value, estimate.se, estimate.n, estimate.df, chain.steps[0].kish_deff])
    assert found[0] == pytest.approx(found[1], rel=1e-12)
