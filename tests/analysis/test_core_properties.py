"""What must hold for every sample, checked on samples that Hypothesis makes up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.pairs import paired
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import Table, Variable, grouped
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.margins import Margin

seeds = st.integers(0, 2**32 - 1)
Rows = npt.NDArray[np.int64]


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
    tries = np.where(np.isnan(score), np.nan, 1 + place % 4)
    values = {"passed": passed, "score": score, "tries": tries}
    return Table.of_units(stratum, psu, rng.uniform(10, 90, n), values, keys)


def raked(table: Table, seed: int) -> Calibration:
    """Raked to totals that some weights between 0.7 and 1.4 times the base weights meet."""
    wanted = table.w * np.random.default_rng(seed).uniform(0.7, 1.4, len(table.w))
    return calibrate(table, [margin_from(table, name, wanted) for name in ("age", "sex")])


def margin_from(table: Table, name: str, wanted: npt.NDArray[np.float64]) -> Margin:
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
        by.ratio("score", "tries", first),
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
    rows = grouped(table, ["age", "sex"])
    wanted = table.w * np.random.default_rng(seed).uniform(0.7, 1.4, len(table.w))
    margins = [margin_from(table, name, wanted) for name in ("age", "sex")]
    on_rows = calibrate(rows, [replace(margin, key=rows.keys[margin.name]) for margin in margins])
    for one, raking in ((table, calibrate(table, margins)), (rows, on_rows)):
        by = Estimator(one, Design.of_table(one), raking)
        for margin in margins:
            known = [(one.members(one.keys[margin.name] == label), None) for label in margin.totals]
            for total, expected in zip(by.totals(known), margin.totals.values(), strict=True):
                assert isinstance(total, Estimate)
                assert total.value == pytest.approx(expected, rel=1e-9)
                assert total.se <= 1e-9 * total.value


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    table = made_up(seed)
    order = np.random.default_rng(seed).permutation(len(table.w))
    shuffled = _rows(table, order)
    assert_same(outcomes(table, raked(table, seed)), outcomes(shuffled, _same(raked(table, seed), table, order)), 1e-9)


def _same(calibration: Calibration, table: Table, order: Rows) -> Calibration:
    wanted = table.w * calibration.g
    margins = [margin_from(table, name, wanted) for name in ("age", "sex")]
    return calibrate(_rows(table, order), [replace(margin, key=margin.key[order]) for margin in margins])


def _rows(table: Table, order: Rows) -> Table:
    variables = {name: variable.changed(lambda column: column[order]) for name, variable in table.variables.items()}
    keys = {name: key[order] for name, key in table.keys.items()}
    columns = (table.stratum[order], table.psu[order], table.count[order], table.w[order])
    return Table(table.strata, *columns, variables, keys, table.squared_weights[order])


def _together(parts: Sequence[Table]) -> Table:
    """The rows of several parts under each other."""
    whole = parts[0]
    return Table(
        strata=whole.strata,
        stratum=np.concatenate([part.stratum for part in parts]),
        psu=np.concatenate([part.psu for part in parts]),
        count=np.concatenate([part.count for part in parts]),
        w=np.concatenate([part.w for part in parts]),
        variables={name: _joined([part.variables[name] for part in parts]) for name in whole.variables},
        keys={name: np.concatenate([part.keys[name] for part in parts]) for name in whole.keys},
        ww=np.concatenate([part.squared_weights for part in parts]),
    )


def _joined(parts: Sequence[Variable]) -> Variable:
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ("n", "wn", "wy", "wyy")}
    return Variable(**columns, definition=parts[0].definition)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_other_labels_for_psus_and_strata_change_nothing(seed: int) -> None:
    table, rng = made_up(seed), np.random.default_rng(seed)
    names = rng.permutation(10 * len(table.w))[: int(table.psu.max()) + 1]
    order = rng.permutation(len(table.strata))
    strata = tuple(f"stratum {place}" for place in range(len(order)))
    other = replace(table, psu=names[table.psu], psus=None, stratum=order[table.stratum], strata=strata)
    assert_same(outcomes(table, raked(table, seed)), outcomes(other, raked(table, seed)), 1e-9)
    psus = int(table.psu.max()) // len(table.strata) + 1
    anew = replace(table, psu=table.psu % psus, psus=None)  # from 0 in each stratum
    assert_same(outcomes(table, None), outcomes(anew, None), 1e-11)


calibrated = st.booleans()


@settings(max_examples=40, deadline=None)
@given(seeds, st.lists(st.integers(0, 5), min_size=1, max_size=40), calibrated)
def test_parts_of_a_table_add_up_to_it_however_it_was_cut(seed: int, deal: list[int], weighted: bool) -> None:
    """`deal` says, over and over, to which part the next person goes; a part may be empty."""
    units, keys = made_up(seed), ["age", "sex", "town"]
    cut = np.resize(deal, len(units.w))
    parts = [grouped(_rows(units, np.flatnonzero(cut == part)), keys) for part in range(6)]
    whole, rows = grouped(_together(parts), keys), grouped(units, keys)
    for column in ("stratum", "psu", "count"):
        np.testing.assert_array_equal(getattr(whole, column), getattr(rows, column))
    np.testing.assert_allclose(whole.w, rows.w, rtol=1e-12)
    ours, theirs = (_by_margins(units, table, seed) if weighted else None for table in (units, whole))
    assert_same(outcomes(units, ours), outcomes(whole, theirs), 1e-9 if weighted else 1e-11)


def _by_margins(units: Table, table: Table, seed: int) -> Calibration:
    """A table of the persons in `units` raked to the same totals, whatever its rows."""
    wanted = units.w * np.random.default_rng(seed).uniform(0.7, 1.4, len(units.w))
    known = [margin_from(units, name, wanted) for name in ("age", "sex")]
    return calibrate(table, [replace(margin, key=table.keys[margin.name]) for margin in known])


def _scaled(table: Table, scale: float) -> Table:
    sums = {name: Variable(v.n, scale * v.wn, scale * v.wy, scale * v.wyy) for name, v in table.variables.items()}
    return replace(table, w=scale * table.w, ww=scale**2 * table.squared_weights, variables=sums)


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(1e-3, 1e3), calibrated)
def test_weights_on_another_scale_change_totals_alone(seed: int, scale: float, weighted: bool) -> None:
    """Margins on the same scale as the weights: the factors, and so all but the totals, stay."""
    table = made_up(seed)
    other = _scaled(table, scale)
    known = raked(table, seed) if weighted else None
    margins = [margin_from(other, name, scale * table.w * known.g) for name in ("age", "sex")] if known else []
    ours = Estimator(table, Design.of_table(table), known)
    theirs = Estimator(other, Design.of_table(other), calibrate(other, margins) if known else None)
    women = table.keys["sex"] == 1
    for one, two, factor in (
        (ours.mean("score", women), theirs.mean("score", women), 1.0),
        (ours.proportion("passed"), theirs.proportion("passed"), 1.0),
        (ours.ratio(*paired(table, "score", "passed")), theirs.ratio(*paired(other, "score", "passed")), 1.0),
        (ours.total("score", women), theirs.total("score", women), scale),
        (ours.total(table.members(women)), theirs.total(other.members(women)), scale),
    ):
        _assert_scaled(one, two, factor)


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(1e-3, 1e3))
def test_margins_decide_the_scale_of_calibrated_weights_and_base_weights_do_not(seed: int, scale: float) -> None:
    """Raked to the same totals, base weights of another scale give the same weights, and every figure is the same."""
    table = made_up(seed)
    other, known = _scaled(table, scale), raked(table, seed)
    margins = [margin_from(table, name, table.w * known.g) for name in ("age", "sex")]
    again = calibrate(other, margins)
    np.testing.assert_allclose(other.w * again.g, table.w * known.g, rtol=1e-9)
    assert_same(outcomes(table, known), outcomes(other, again), 1e-7)


def _assert_scaled(one: Outcome, two: Outcome, factor: float) -> None:
    assert isinstance(one, Estimate) == isinstance(two, Estimate)
    if isinstance(one, Estimate) and isinstance(two, Estimate):
        expected = [factor * number for number in (one.value, one.se, one.lower, one.upper)]
        nothing = 1e-9 * factor * (abs(one.value) + 1)
        assert [two.value, two.se, two.lower, two.upper] == pytest.approx(expected, rel=1e-9, abs=nothing)
        assert (one.n, one.df) == (two.n, two.df)
        if one.se > 1e-9 * abs(one.value):  # else both are rounding
            assert two.n_eff == (one.n_eff and pytest.approx(one.n_eff, rel=1e-9))


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
