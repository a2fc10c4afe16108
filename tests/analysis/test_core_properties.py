"""What must hold for every sample, checked on samples that Hypothesis makes up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import Table, Variable, grouped
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.margins import Margin

seeds = st.integers(0, 2**32 - 1)


def made_up(seed: int) -> Table:
    """A small clustered sample with unequal weights, missing answers and every category present."""
    rng = np.random.default_rng(seed)
    strata, psus, take = rng.integers(2, 5), rng.integers(2, 5), rng.integers(4, 9)
    n = strata * psus * take
    place = np.arange(n)
    stratum, psu = place // (psus * take), place // take
    passed = np.where(rng.random(n) < 0.15, np.nan, (rng.random(n) < rng.uniform(0.1, 0.95)).astype(float))
    score = np.where(rng.random(n) < 0.15, np.nan, rng.integers(0, 101, n).astype(float))
    keys = {"age": rng.permutation(place % 3), "sex": rng.permutation(place % 2), "town": stratum % 2}
    return Table.of_units(stratum, psu, rng.uniform(10, 90, n), {"passed": passed, "score": score}, keys)


def raked(table: Table, seed: int) -> Calibration:
    """Raked to totals that some weights between 0.7 and 1.4 times the base weights meet."""
    wanted = table.w * np.random.default_rng(seed).uniform(0.7, 1.4, len(table.w))
    return calibrate(table, [margin_from(table, name, wanted) for name in ("age", "sex")])


def margin_from(table: Table, name: str, wanted: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Margin:
    key = table.keys[name]
    return Margin(name, key, {label: wanted[key == label].sum() for label in np.unique(key).tolist()})


def outcomes(table: Table, calibration: Calibration | None, design: Design | None = None) -> list[Outcome]:
    """One of every kind of figure, for all and for domains."""
    by = Estimator(table, design or Design.of_table(table), calibration)
    first, women = table.keys["town"] == 0, table.keys["sex"] == 1
    return [
        by.mean("score"),
        by.mean("score", women),
        by.total("score", first),
        by.proportion("passed"),
        by.proportion("passed", first & women),
        by.proportion("passed", women, "clopper_pearson"),
        by.ratio("score", "score", first),
        by.total(table.members(women)),
    ]


def assert_same(ours: list[Outcome], others: list[Outcome], rel: float) -> None:
    for one, other in zip(ours, others, strict=True):
        if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
            assert isinstance(one, NotEstimable)
            assert isinstance(other, NotEstimable)
            assert one.code == other.code
            continue
        assert (one.df, one.n, one.method) == (other.df, other.n, other.method)
        nothing = rel * (abs(one.value) + 1)
        for part in ("value", "se", "lower", "upper", "n_eff", "deff"):
            expected = getattr(one, part)
            assert getattr(other, part) == (expected and pytest.approx(expected, rel=rel, abs=nothing)), part


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_added_up_rows_give_what_single_persons_give(seed: int) -> None:
    units = made_up(seed)
    rows = grouped(units, ["age", "sex", "town"])
    assert len(rows.w) <= len(units.w)
    assert_same(outcomes(units, None), outcomes(rows, None), 1e-11)
    totals = [margin_from(units, name, units.w * (1 + 0.2 * units.keys["town"])) for name in ("age", "sex")]
    on_rows = [replace(margin, key=rows.keys[margin.name]) for margin in totals]
    of_units, of_rows = calibrate(units, totals), calibrate(rows, on_rows)
    assert of_units.kish_deff == pytest.approx(of_rows.kish_deff, rel=1e-12)
    assert_same(outcomes(units, of_units), outcomes(rows, of_rows), 1e-9)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_a_known_total_has_no_standard_error(seed: int) -> None:
    table = made_up(seed)
    by = Estimator(table, Design.of_table(table), raked(table, seed))
    for name in ("age", "sex"):
        total = by.total(table.members(table.keys[name] == 1))
        assert isinstance(total, Estimate)
        assert total.se <= 1e-9 * total.value


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    table = made_up(seed)
    order = np.random.default_rng(seed).permutation(len(table.w))
    shuffled = _rows(table, order)
    assert_same(outcomes(table, raked(table, seed)), outcomes(shuffled, _same(raked(table, seed), table, order)), 1e-9)


def _same(calibration: Calibration, table: Table, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Calibration:
    wanted = table.w * calibration.g
    margins = [margin_from(table, name, wanted) for name in ("age", "sex")]
    return calibrate(_rows(table, order), [replace(margin, key=margin.key[order]) for margin in margins])


def _rows(table: Table, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Table:
    variables = {n: Variable(v.n[order], v.wn[order], v.wy[order], v.wyy[order]) for n, v in table.variables.items()}
    keys = {name: key[order] for name, key in table.keys.items()}
    columns = (table.stratum[order], table.psu[order], table.count[order], table.w[order])
    return Table(table.strata, *columns, variables, keys, table.squared_weights[order])


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_a_psu_outside_the_domain_counts_as_much_as_a_silent_one(seed: int) -> None:
    table = made_up(seed)
    present = table.psu != table.psu[0]  # one whole PSU is left out of the domain, or never answered
    inside = Estimator(table, Design.of_table(table))
    silent = Estimator(_rows(table, np.flatnonzero(present)), Design.of_table(table))
    assert_same(
        [inside.mean("score", present), inside.mean("passed", present), inside.total("score", present)],
        [silent.mean("score"), silent.mean("passed"), silent.total("score")],
        1e-12,
    )


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_filtering_the_rows_of_a_domain_never_widens_its_total(seed: int) -> None:
    table = made_up(seed)
    mask = table.keys["town"] == 0
    kept = _rows(table, np.flatnonzero(mask & (table.psu % 3 > 0)))
    masked = Estimator(table, Design.of_table(table)).total(table.members(mask & (table.psu % 3 > 0)))
    assert isinstance(masked, Estimate)
    design = Design.of_table(kept)
    if (design.psus_drawn != 1).all():
        filtered = Estimator(kept, design).total(kept.members())
        if isinstance(filtered, Estimate):
            assert filtered.se <= masked.se * (1 + 1e-12)
