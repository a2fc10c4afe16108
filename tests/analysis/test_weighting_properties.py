"""What weighting must do for every sample, on samples that Hypothesis makes up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.margins import Margin
from surveys.analysis.weighting.nonresponse import nonresponse_cells
from surveys.analysis.weighting.trimming import Limits, trim

seeds = st.integers(0, 2**32 - 1)
NAMES = ("age", "sex", "town")


def made_up(seed: int, scale: float = 1.0) -> Table:
    """Every category is there; some rows share all their keys."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 120))
    place = np.arange(n)
    keys = {"age": place % 4, "sex": rng.permutation(place % 2), "town": rng.permutation(place % 3)}
    return Table.of_units(np.zeros(n), place // 10, scale * rng.uniform(5, 80, n), {}, keys)


def margins(table: Table, seed: int, scale: float = 1.0, names: tuple[str, ...] = NAMES) -> list[Any]:
    """Totals that some weights near the base weights meet; the same whatever the order of the rows."""
    rng = np.random.default_rng(seed + 1)
    lift = {name: rng.uniform(0.8, 1.25, 4) for name in NAMES}
    wanted = np.prod([lift[name][table.keys[name]] for name in NAMES], axis=0) * table.w
    found = []
    for name in names:
        sums = np.bincount(table.keys[name], wanted)
        found.append(Margin(name, table.keys[name], dict(enumerate((scale * sums).tolist()))))
    return found


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from([("raking", None), ("linear", None), ("logit", (0.2, 5.0)), ("raking", (0.3, 3.0))]))
def test_every_margin_is_met(seed: int, way: Any) -> None:
    table = made_up(seed)
    known = margins(table, seed)
    done = calibrate(table, known, *way)
    for margin in known:
        sums = np.bincount(margin.key, table.w * done.g)
        np.testing.assert_allclose(sums, list(margin.totals.values()), rtol=1e-10)
    assert set(done.gaps) == {(margin.name, category) for margin in known for category in margin.totals}
    assert done.gap <= 1e-10


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_order_of_margins_and_saying_one_twice_do_not_matter(seed: int) -> None:
    table = made_up(seed)
    one, two, three = margins(table, seed)
    g = calibrate(table, [one, two, three]).g
    np.testing.assert_allclose(calibrate(table, [three, one, two]).g, g, rtol=1e-9)
    np.testing.assert_allclose(calibrate(table, [one, two, three, one]).g, g, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(["raking", "linear"]))
def test_rows_that_share_their_keys_may_be_added_up(seed: int, method: str) -> None:
    units = made_up(seed)
    rows = grouped(units, NAMES)
    by_cell = {}
    for table in (units, rows):
        done = calibrate(table, margins(table, seed), method)
        cells = zip(*(table.keys[name].tolist() for name in NAMES), strict=True)
        by_cell[len(table.w)] = dict(zip(cells, done.g.tolist(), strict=True)), done.kish_deff
    (one, deff), (other, other_deff) = by_cell[len(units.w)], by_cell[len(rows.w)]
    assert one == pytest.approx(other, rel=1e-9)
    assert deff == pytest.approx(other_deff, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(1e-3, 1e3))
def test_scaled_base_weights_end_as_the_same_raked_weights(seed: int, scale: float) -> None:
    table, scaled = made_up(seed), made_up(seed, scale)
    known = margins(table, seed)
    one, other = calibrate(table, known), calibrate(scaled, known)
    np.testing.assert_allclose(scaled.w * other.g, table.w * one.g, rtol=1e-9)
    assert other.kish_deff == pytest.approx(one.kish_deff)
    lifted = calibrate(scaled, known, lift=True)
    assert lifted.factor_range == pytest.approx(calibrate(table, known, lift=True).factor_range)


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(0.3, 0.95), st.floats(1.05, 3))
def test_factors_stay_within_the_bounds_or_the_totals_are_refused(seed: int, low: float, high: float) -> None:
    table = made_up(seed)
    for method in ("logit", "linear"):
        done = bounded(table, margins(table, seed), method, (low, high))
        if isinstance(done, AnalysisRefused):
            cell = done.values["cell"]
            assert done.code == "calibration.not_converged"
            assert isinstance(cell, tuple)
            assert cell[0] in NAMES
        else:
            assert low <= done.factor_range[0] <= done.factor_range[1] <= high
            assert done.gap <= 1e-10


def bounded(table: Table, known: list[Any], method: str, bounds: tuple[float, float]) -> Calibration | AnalysisRefused:
    try:
        return calibrate(table, known, method, bounds, lift=True)
    except AnalysisRefused as refusal:
        return refusal


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0, 0.8), st.floats(1.2, 3), st.booleans())
def test_trimming_leaves_the_sum_as_it_was(seed: int, low: float, high: float, strict: bool) -> None:
    table = made_up(seed)
    limits = Limits(low * float(table.w.mean()), high * float(table.w.mean()))
    done = trim(table, limits, strict)
    weights = table.w * done.g
    assert weights.sum() == pytest.approx(table.w.sum(), rel=1e-12)
    if strict:
        assert limits.beyond(weights).max() <= 1e-12
    inside = (table.w >= limits.lower) & (table.w <= limits.upper)
    shares = (weights - table.w)[inside & (weights < limits.upper * (1 - 1e-9)) & (weights > limits.lower * (1 + 1e-9))]
    assert np.ptp(shares) <= 1e-9 * table.w.max() if len(shares) else True


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.2, 0.9))
def test_cells_keep_the_weight_of_all_sampled(seed: int, rate: float) -> None:
    table = made_up(seed)
    responded = np.random.default_rng(seed).random(len(table.w)) < rate
    responded[0] = True
    cell = table.keys["age"]
    done = nonresponse_cells(table, cell, responded, range(4))
    assert (done.g[~responded] == 0).all()
    assert (done.g[responded] >= 1).all()
    assert (done.g * table.w).sum() == pytest.approx(table.w.sum(), rel=1e-12)
    assert {label for label, _ in done.joined} == {label for label in range(4) if not responded[cell == label].any()}
    chain = Chain(table).nonresponse(cell, responded, range(4))
    assert np.abs(chain.projection.scores(table.w).sum() - table.w.sum()) <= 1e-9 * table.w.sum()
