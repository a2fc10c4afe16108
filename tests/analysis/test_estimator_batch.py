"""Many figures computed side by side are the figures computed one by one, with the same variance as their scores."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates import estimator as estimator_module
from surveys.analysis.estimates.estimator import Estimator, Outcome, Pair
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Table
from surveys.analysis.weighting.chain import Chain

from .oracle import estimated
from .test_core_properties import assert_same, made_up, margin_from, raked, seeds


def domains(table: Table) -> list[BoolArray | None]:
    """Everybody, every cell of two keys, nobody, and who is at home in one PSU only."""
    cells = [(table.keys["age"] == age) & (table.keys["sex"] == sex) for age, sex in product(range(3), range(2))]
    return [None, *cells, table.keys["age"] == 9, table.psu == table.psu[0]]


def pairs(table: Table, *names: str) -> list[Pair]:
    return [(name, domain) for name in names for domain in domains(table)]


def shares(asked: list[Pair]) -> list[Pair]:
    """Those of the variable of 0 and 1, twice, so that they too are computed in several blocks."""
    return [*(chosen := [pair for pair in asked if pair[0] == "passed"]), *chosen]


def one_by_one(by: Estimator, asked: list[Pair]) -> dict[str, list[Outcome]]:
    return {
        "means": [by.mean(*pair) for pair in asked],
        "totals": [by.total(*pair) for pair in asked],
        "proportions": [by.proportion(*pair) for pair in shares(asked)],
        "ratios": [by.ratio("score", variable, domain, of_totals=True) for variable, domain in asked],
    }


def together(by: Estimator, asked: list[Pair]) -> dict[str, list[Outcome]]:
    return {
        "means": by.means(asked),
        "totals": by.totals(asked),
        "proportions": by.proportions(shares(asked)),
        "ratios": by.ratios([("score", variable, domain) for variable, domain in asked], of_totals=True),
    }


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_many_figures_at_once_are_the_figures_one_by_one(seed: int) -> None:
    table = made_up(seed)
    asked = pairs(table, "passed", "score")
    assert len(asked) > estimator_module.SIDE_BY_SIDE
    for calibration in (None, raked(table, seed)):
        by = Estimator(table, Design.of_table(table), calibration)
        single, many = one_by_one(by, asked), together(by, asked)
        for kind in single:
            assert_same(single[kind], many[kind], 1e-11)


def ultimate_cluster_variance(table: Table, part: Linearised) -> float:
    """Stratum by stratum, as the methodology page writes it."""
    variance = 0.0
    for stratum in np.unique(table.stratum):
        inside = table.stratum == stratum
        sums = [part.scores[inside & (table.psu == psu)].sum() for psu in np.unique(table.psu[inside])]
        variance += len(sums) * float(np.var(sums, ddof=1))
    return variance


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_standard_error_of_a_figure_is_that_of_its_scores(seed: int) -> None:
    table = made_up(seed)
    for calibration in (None, raked(table, seed)):
        by = Estimator(table, Design.of_table(table), calibration)
        asked = [pair for pair in pairs(table, "score") if isinstance(by.mean(*pair), Estimate)]
        parts = [part for part in (by.linear_mean(*pair) for pair in asked) if isinstance(part, Linearised)]
        covariance = by.covariance(parts)
        assert not isinstance(covariance, NotEstimable)
        errors = [estimated(outcome).se for outcome in by.means(asked)]
        np.testing.assert_allclose(np.sqrt(np.diag(covariance)), errors, rtol=1e-9, atol=1e-12)
        by_hand = [ultimate_cluster_variance(table, part) ** 0.5 for part in parts]
        np.testing.assert_allclose(errors, by_hand, rtol=1e-9, atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_a_chain_of_one_calibration_gives_what_the_calibration_gives(seed: int) -> None:
    table = made_up(seed)
    wanted = table.w * np.random.default_rng(seed).uniform(0.7, 1.4, len(table.w))
    margins = [margin_from(table, name, wanted) for name in ("age", "sex")]
    asked = pairs(table, "passed", "score")
    by = Estimator(table, Design.of_table(table), raked(table, seed))
    chained = Estimator(table, Design.of_table(table), Chain(table).calibrated(margins))
    assert_same(by.proportions(shares(asked)), chained.proportions(shares(asked)), 1e-8)
    assert_same(by.means(asked), chained.means(asked), 1e-8)


def test_a_small_memory_takes_fewer_columns_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    table = made_up(7)
    by = Estimator(table, Design.of_table(table), raked(table, 7))
    at_once = by.means(pairs(table, "score"))
    monkeypatch.setattr(estimator_module, "CELLS", 2 * len(table.w))
    assert_same(at_once, by.means(pairs(table, "score")), 1e-12)
    monkeypatch.setattr(estimator_module, "CELLS", 1)
    assert_same(at_once, by.means(pairs(table, "score")), 1e-12)


def test_nothing_asked_is_nothing_answered() -> None:
    table = made_up(1)
    by = Estimator(table, Design.of_table(table))
    assert (by.means([]), by.totals([]), by.ratios([]), by.proportions([])) == ([], [], [], [])


def test_one_that_cannot_be_estimated_leaves_the_others_alone() -> None:
    table = made_up(3)
    by = Estimator(table, Design.of_table(table), raked(table, 3))
    nobody = table.keys["age"] == 9
    first, none, last = by.means([("score", None), ("score", nobody), ("passed", None)])
    assert none == NotEstimable("no_members")
    assert_same([first, last], [by.mean("score"), by.mean("passed")], 1e-12)


def test_two_stages_are_added_up_for_every_column() -> None:
    psu, ssu = np.repeat([0, 1, 2], 4), np.tile([0, 0, 1, 1], 3)
    y, x = np.arange(12.0), np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
    table = Table.of_units(np.zeros(12), psu, np.full(12, 5.0), {"y": y, "x": x}, {"half": ssu})
    design = Design.of_table(table, [10], "equal", second=SecondStage(ssu, np.full(12, 6.0)))
    by = Estimator(table, design)
    ours = [estimated(outcome).se for outcome in by.totals([("y", None), ("x", None)])]
    for se, column in zip(ours, (y, x), strict=True):
        cells = 5 * column.reshape(3, 2, 2).sum(axis=2)
        first = (1 - 3 / 10) * 3 * cells.sum(axis=1).var(ddof=1)
        second = 3 / 10 * sum((1 - 2 / 6) * 2 * pair.var(ddof=1) for pair in cells)
        assert se == pytest.approx((first + second) ** 0.5)


def test_an_interval_nobody_knows_is_refused_with_those_there_are() -> None:
    table = made_up(1)
    by = Estimator(table, Design.of_table(table))
    with pytest.raises(AnalysisRefused, match=r"interval\.method") as refusal:
        by.proportion("passed", interval="wald")
    assert "korn_graubard" in str(refusal.value.values["methods"])
