"""Trimming by hand and in turn with raking; from a table only where it is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin
from surveys.analysis.weighting.trimming import Limits, trim, trim_and_rake

WEIGHT = np.array([1.0, 2, 3, 4, 5, 6, 7, 20])


def sample(weight: Any = WEIGHT, keys: dict[str, Any] | None = None) -> Table:
    return Table.of_units(np.zeros(len(weight)), np.arange(len(weight)), weight, {}, keys)


def test_the_excess_is_shared_equally_among_those_inside() -> None:
    """12 too many above, 2.5 + 1.5 + 0.5 missing below: 7.5 for the four inside, who may now leave the limits."""
    trimming = trim(sample(), Limits(3.5, 8))
    assert WEIGHT * trimming.g == pytest.approx([3.5, 3.5, 3.5, 5.875, 6.875, 7.875, 8.875, 8])
    assert (trimming.lowered, trimming.raised, trimming.passes) == (1, 3, 1)
    assert trimming.moved == pytest.approx((12 + 4.5) / 48)


def test_strict_trimming_goes_on_until_nobody_is_outside() -> None:
    """As R's trimWeights(strict=TRUE), whose next pass shares 0.875 + … also with those put to the lower limit."""
    trimming = trim(sample(), Limits(3.5, 8), strict=True)
    assert WEIGHT * trimming.g == pytest.approx([3.65, 3.65, 3.65, 6.025, 7.025, 8, 8, 8], rel=1e-12)
    assert trimming.passes > 1
    assert (trimming.lowered, trimming.raised) == (1, 3)


def test_weights_inside_the_limits_stay_as_they_are() -> None:
    trimming = trim(sample(), Limits(1, 20), strict=True)
    assert trimming.g.tolist() == [1] * 8
    assert (trimming.lowered, trimming.raised, trimming.moved, trimming.passes) == (0, 0, 0, 0)


def test_trimming_looks_at_the_adjusted_weight_and_leaves_out_whose_weight_is_0() -> None:
    g = np.array([0, 1, 1, 1, 1, 1, 1, 0.5])
    trimming = trim(sample(), Limits(upper=8), g=g)
    assert (WEIGHT * g * trimming.g) == pytest.approx([0, *(WEIGHT[1:7] + 2 / 6), 8])
    assert trimming.lowered == 1


def test_a_negative_weight_is_lifted_to_the_lower_limit() -> None:
    g = np.array([-1.0, 1, 1, 1, 1, 1, 1, 1])
    trimming = trim(sample(), Limits(lower=0.5), g=g)
    assert (WEIGHT * g * trimming.g) == pytest.approx([0.5, *(WEIGHT[1:] - 1.5 / 7)])
    assert (trimming.lowered, trimming.raised) == (0, 1)


def test_a_table_is_trimmed_as_its_persons_are_when_the_weight_is_a_key() -> None:
    weight = np.repeat(WEIGHT, 3)
    units = Table.of_units(np.zeros(24), np.arange(24) % 2, weight, {}, {"weight": weight})
    rows = grouped(units, ["weight"])
    assert len(rows.w) == 16
    one, other = trim(units, Limits(3.5, 8), True), trim(rows, Limits(3.5, 8), True)
    by_weight = dict(zip(weight, one.g, strict=True))
    assert other.g == pytest.approx([by_weight[label] for label in rows.keys["weight"]])
    assert (one.lowered, one.raised, one.moved) == pytest.approx((other.lowered, other.raised, other.moved))


def test_a_row_that_mixes_weights_or_does_not_say_is_refused() -> None:
    mixed = grouped(Table.of_units(np.zeros(8), np.zeros(8), WEIGHT, {}, {"sex": np.arange(8) % 2}), ["sex"])
    unsaid = Table(("a",), np.zeros(2, np.int64), np.arange(2), np.array([1.0, 2]), np.array([5.0, 10]))
    for table, rows in ((mixed, [0, 1]), (unsaid, [1])):
        with pytest.raises(AnalysisRefused) as refusal:
            trim(table, Limits(upper=8))
        assert refusal.value.code == "trimming.mixed_rows"
        assert refusal.value.values == {"column": "w", "rows": rows, "count": len(rows)}


@pytest.mark.parametrize(
    ("limits", "strict"), [((7.0, 8.0), True), ((1.0, 5.0), True), ((30.0, 40.0), False), ((0.1, 0.5), False)]
)
def test_limits_that_cannot_hold_the_sum_are_refused(limits: tuple[float, float], strict: bool) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        trim(sample(), Limits(*limits), strict)
    assert refusal.value.code == "trimming.impossible"
    assert refusal.value.values == {"lower": limits[0], "upper": limits[1], "mean": 6.0}


def test_weights_that_creep_towards_their_limit_are_refused_after_a_thousand_passes() -> None:
    """Two crowds push each other over the limit in turn; a two-thousandth of the excess goes to the one below it."""
    weight = np.repeat([10.0, 10.001, 1.0], [2000, 2000, 1])
    with pytest.raises(AnalysisRefused) as refusal:
        trim(sample(weight), Limits(upper=10), strict=True)
    assert (refusal.value.code, refusal.value.values) == ("trimming.not_converged", {"passes": 1000})


def test_limits_must_leave_room() -> None:
    with pytest.raises(AnalysisRefused, match=r"trimming\.limits"):
        Limits(3, 3)


SEX = np.arange(60) % 2
AGE = np.arange(60) // 2 % 3
MARGINS = [Margin("sex", SEX, {0: 300.0, 1: 330.0}), Margin("age", AGE, {0: 200.0, 1: 230.0, 2: 200.0})]
UNEQUAL = 1 + 20 * np.random.default_rng(5).random(60) ** 2


def test_trimming_and_raking_in_turn_meets_the_margins_and_the_limits() -> None:
    table = sample(UNEQUAL)
    limits = Limits(4, 18)
    first = calibrate(table, MARGINS)
    assert (table.w * first.g).max() > 20
    both = trim_and_rake(table, MARGINS, limits, g=first.g)
    weights = table.w * first.g * both.g
    for margin in MARGINS:
        for label, total in margin.totals.items():
            assert weights[margin.key == label].sum() == pytest.approx(total, rel=1e-10)
    assert limits.beyond(weights).max() == pytest.approx(both.beyond, abs=1e-15)
    assert both.beyond < 0.001
    assert both.calibration.gap <= 1e-10
    assert 1 < len(both.trimmings) <= 10
    assert both.trimmings[0].lowered == np.sum(table.w * first.g > 18)
    assert both.trimmings[0].raised == np.sum(table.w * first.g < 4)


def test_every_round_trims_until_nobody_is_outside() -> None:
    """The margin is met before and after, so that raking moves nothing: round one is the strict trimming above."""
    everybody = [Margin("all", np.zeros(8), {0.0: 48.0})]
    both = trim_and_rake(sample(), everybody, Limits(3.5, 8))
    assert WEIGHT * both.g == pytest.approx([3.65, 3.65, 3.65, 6.025, 7.025, 8, 8, 8], rel=1e-12)
    assert len(both.trimmings) == 1
    assert both.beyond == pytest.approx(0, abs=1e-12)
    assert both.trimmings[0].passes == trim(sample(), Limits(3.5, 8), strict=True).passes


def test_rounds_end_as_soon_as_nothing_is_outside() -> None:
    both = trim_and_rake(sample(UNEQUAL), MARGINS, Limits(upper=1000))
    assert (len(both.trimmings), both.beyond) == (1, 0)
    assert both.g == pytest.approx(calibrate(sample(UNEQUAL), MARGINS).g)


def test_after_ten_rounds_what_is_left_outside_is_told() -> None:
    far = [Margin("sex", SEX, {0: 430.0, 1: 200.0}), MARGINS[1]]
    first = calibrate(sample(UNEQUAL), far).g
    both = trim_and_rake(sample(UNEQUAL), far, Limits(8, 14), g=first)  # 30 women with 430 between them, at most 14
    weights = UNEQUAL * first * both.g
    assert len(both.trimmings) == 10
    assert both.beyond == pytest.approx(max((weights / 14).max() - 1, 1 - (weights / 8).min()))
    assert both.beyond > 0.02  # 430 / 30 is 2.4 % above 14
    assert weights[SEX == 0].sum() == pytest.approx(430, rel=1e-10)


def test_trimming_leaves_nonrespondents_out_of_the_raking() -> None:
    g = np.where(np.arange(60) % 5 == 0, 0.0, 1.3)
    both = trim_and_rake(sample(UNEQUAL), MARGINS, Limits(5, 22), g=g)
    weights = UNEQUAL * g * both.g
    assert (weights[g == 0] == 0).all()
    assert weights[SEX == 1].sum() == pytest.approx(330, rel=1e-10)
    assert np.isfinite(both.g).all()
