"""What the notes say about weights: by hand, and with small cells out of sight."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate, kish_deff
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.diagnostics import MarginCell, MarginCheck, diagnose, margin_check
from surveys.analysis.weighting.margins import Margin

SEX = np.array(["f", "f", "f", "m"])
TABLE = Table.of_units(np.zeros(4), np.arange(4), [1.0, 2, 1, 4], {})
POPULATION = Margin("sex", SEX, {"f": 60.0, "m": 40.0}, "census", date(2020, 11, 1))


def test_unequal_weights_cost_this_much() -> None:
    found = diagnose(TABLE, calibrate(TABLE, [POPULATION]), [POPULATION])
    weights = np.array([15, 30, 15, 40])
    assert found.n == 4
    assert found.kish_deff == pytest.approx(4 * (weights**2).sum() / 100**2)
    assert found.n_eff == pytest.approx(100**2 / (weights**2).sum())
    assert found.g_range == pytest.approx((10, 15))
    assert list(found.quantiles.values()) == pytest.approx([15, 15, 15, 15, 30, 40, 40])


def test_margins_before_and_after_with_source_and_date() -> None:
    check = diagnose(TABLE, calibrate(TABLE, [POPULATION]), [POPULATION]).margins[0]
    assert (check.name, check.source, check.dated, check.total) == ("sex", "census", date(2020, 11, 1), 100)
    women, men = check.cells
    assert (women.categories, women.n, men.n) == (("f",), 3, 1)
    assert (women.before, women.after, women.population) == pytest.approx((0.5, 0.6, 0.6))
    assert women.gaps == pytest.approx((0.5 / 0.6 - 1, 0), abs=1e-12)
    assert men.gaps == pytest.approx((0.5 / 0.4 - 1, 0), abs=1e-12)
    assert check.largest_gaps == pytest.approx((0.25, 0), abs=1e-12)


def test_quantiles_count_persons_not_rows() -> None:
    table = Table(("a",), np.zeros(3, np.int64), np.arange(3), np.array([1.0, 6, 3]), np.array([9.0, 6, 9]))
    found = diagnose(table, Chain(table), [])
    assert found.n == 10
    assert list(found.quantiles.values()) == pytest.approx([1, 1, 1, 1, 3, 9, 9])


def test_nonrespondents_are_neither_counted_nor_weighted() -> None:
    responded = np.array([True, False, True, True])
    chain = Chain(TABLE).nonresponse(SEX, responded).calibrated([POPULATION])
    found = diagnose(TABLE, chain, [POPULATION])
    assert found.n == 3
    women = found.margins[0].cells[0]
    assert (women.n, women.before, women.after) == pytest.approx((2, 2 / 6, 0.6))
    assert min(found.quantiles.values()) == pytest.approx(30)
    assert found.g_range == pytest.approx((10, 30))
    assert kish_deff(TABLE, chain.g) == pytest.approx(3 * (30**2 + 30**2 + 40**2) / 100**2)


def test_a_category_nobody_stands_for_has_no_share_of_the_sample() -> None:
    margin = Margin("sex", SEX, {"f": 60.0, "m": 40.0, "x": 0.0})
    women, _, empty = margin_check(TABLE, np.ones(4), margin).cells
    assert (women.before, women.after) == (0.5, 0.5)  # nothing was met, and shares are of the sample's own sum
    assert empty == MarginCell(("x",), 0, 0.0, 0.0, 0.0)
    assert empty.gaps == (0, 0)


def checked(*people: int) -> MarginCheck:
    cells = [MarginCell((chr(97 + at),), n, n / sum(people), 0.25, 0.25) for at, n in enumerate(people)]
    return MarginCheck("town", "", None, 100.0, tuple(cells))


def test_cells_of_fewer_than_ten_are_one_line_with_another_beside_them() -> None:
    shown = checked(50, 4, 12, 30).shown()
    assert [cell.categories for cell in shown.cells] == [("a",), ("d",), ("b", "c")]
    rest = shown.cells[-1]
    assert (rest.n, rest.before, rest.after, rest.population) == pytest.approx((16, 16 / 96, 0.5, 0.5))


@pytest.mark.parametrize(
    ("people", "categories"),
    [
        ((50, 10, 12, 30), [("a",), ("b",), ("c",), ("d",)]),
        ((50, 6, 5, 30), [("a",), ("d",), ("b", "c")]),
        ((50, 4, 5, 30), [("a",), ("b", "c", "d")]),
        ((1, 2, 3, 2), [("a", "b", "c", "d")]),
    ],
)
def test_the_joined_line_is_nobodys_remainder(people: tuple[int, ...], categories: list[tuple[str, ...]]) -> None:
    assert [cell.categories for cell in checked(*people).shown().cells] == categories


def test_a_cell_that_took_in_another_is_joined_too() -> None:
    shown = checked(50, 40, 30, 20).shown(apart=["b"])
    assert [cell.categories for cell in shown.cells] == [("a",), ("c",), ("b", "d")]
