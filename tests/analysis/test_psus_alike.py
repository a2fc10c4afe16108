"""A mean or ratio is never printed as ± 0 because its PSUs happen to agree; a census and known totals may be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.replicates.recalibration import Recipe
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated

PSU = np.repeat(np.arange(4), 3)
Y = np.array([1.0, 4, 7, 4, 7, 1, 7, 1, 4, 1, 7, 4])  # 1, 4 and 7 in each PSU
ALIKE = NotEstimable("psus_alike", n=12)


def persons(y: npt.ArrayLike = Y, **keys: npt.ArrayLike) -> Table:
    return Table.of_units(np.zeros(12), PSU, np.full(12, 5.0), {"y": y, "x": np.tile([1.0, 2, 3], 4)}, keys)


def by_of(table: Table) -> Estimator:
    return Estimator(table, Design.of_table(table))


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 1e6), st.floats(-1e6, 1e6))
def test_psus_that_agree_while_persons_differ_give_no_mean_in_any_unit(
    unit: float, weight: float, origin: float
) -> None:
    table = Table.of_units(np.zeros(12), PSU, np.full(12, weight), {"y": unit * (Y + origin)})
    if np.ptp(unit * (Y + origin)) > 1e-5 * abs(unit * origin):  # else rounding has made the answers the same
        assert by_of(table).mean("y") == ALIKE


def test_the_same_holds_of_added_up_rows_and_of_a_domain() -> None:
    table = persons(half=PSU // 2)
    assert by_of(grouped(table, [])).mean("y") == ALIKE
    assert by_of(table).mean("y", table.keys["half"] == 1) == NotEstimable("psus_alike", n=6)


def test_a_ratio_whose_psus_agree_has_no_error_to_show_either() -> None:
    assert by_of(persons()).ratio("y", "x") == ALIKE
    assert by_of(persons()).ratio("y", "y") == ALIKE
    assert estimated(by_of(persons(Y + PSU)).ratio("y", "x")).se > 0


def test_psus_that_differ_a_little_have_a_small_error() -> None:
    near = estimated(by_of(persons(Y + 1e-6 * PSU)).mean("y"))
    assert near.se == pytest.approx(1e-6 * np.std(np.arange(4), ddof=1) / 2, rel=1e-6)


def test_a_census_has_none_and_says_so() -> None:
    table = persons()
    whole = Estimator(table, Design.of_table(table, [4], "equal"))
    assert [estimated(one).se for one in (whole.mean("y"), whole.ratio("y", "x"))] == [0, 0]
    part = Estimator(table, Design.of_table(table, [5], "equal"))
    assert part.mean("y") == ALIKE


def test_a_census_of_psus_is_one_only_where_all_of_their_units_were_taken() -> None:
    """Units 1 + 7 and 4 + 4 in each PSU: their sums agree, as those of the PSUs do."""
    table = Table.of_units(np.zeros(8), np.repeat([0, 1], 4), np.ones(8), {"y": [1, 7, 4, 4, 4, 4, 7, 1]})

    def mean(units: float) -> Estimate | NotEstimable:
        stage = SecondStage(np.arange(8) // 2, np.full(8, units))
        return Estimator(table, Design.of_table(table, [2], "equal", second=stage)).mean("y")

    assert estimated(mean(2)).se == 0
    assert mean(3) == NotEstimable("psus_alike", n=8)


def test_a_mean_that_the_margins_determine_is_known() -> None:
    """Two in three of the population are women, so that their share is: no sampling, no error."""
    women = np.array([1.0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1])
    table = persons(women, women=women)
    margin = Margin("women", women, {0.0: 100.0, 1.0: 200.0})
    for by in (
        Estimator(table, Design.of_table(table), calibrate(table, [margin])),
        ReplicateEstimator(table, jkn(table, Design.of_table(table)), Recipe([margin])),
    ):
        share = estimated(by.mean("y"))
        assert share.value == pytest.approx(2 / 3)
        assert share.se <= 1e-9


def test_psus_that_agree_after_calibration_are_alike_all_the_same() -> None:
    """The margin is met beforehand and explains nothing of the answers."""
    table = persons(third=np.tile([0, 0, 0], 4))
    known = calibrate(table, [Margin("all", table.keys["third"], {0: 60.0})])
    assert Estimator(table, Design.of_table(table), known).mean("y") == ALIKE
    rows = grouped(table, ["third"])  # one row a PSU: what persons of it said is not what the margin says
    known = calibrate(rows, [Margin("all", rows.keys["third"], {0: 60.0})])
    assert Estimator(rows, Design.of_table(rows), known).mean("y") == ALIKE


def test_rows_whose_persons_differ_are_not_explained_by_a_margin_of_their_sums() -> None:
    """Rows by PSU and kind: the kinds' sums agree everywhere, and yet persons of a kind differ."""
    kind = np.tile([0, 0, 1], 4)
    answers = np.tile([1.0, 3, 5], 4)
    rows = grouped(persons(answers, kind=kind), ["kind"])
    known = calibrate(rows, [Margin("kind", rows.keys["kind"], {0: 30.0, 1: 30.0})])
    assert Estimator(rows, Design.of_table(rows), known).mean("y") == ALIKE


def test_replicates_that_never_move_show_no_error_either() -> None:
    table = persons()
    assert ReplicateEstimator(table, jkn(table, Design.of_table(table))).mean("y") == ALIKE


def test_a_total_keeps_an_error_of_0() -> None:
    """As many answers of one weight in each PSU: their total is the same whichever PSUs are drawn."""
    table = persons()
    assert estimated(by_of(table).total(table.members())).se == 0
