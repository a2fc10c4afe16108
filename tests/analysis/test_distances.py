"""How a weight moves with its linear predictor: g by R's formula at chosen points, its slope, and its bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.distances import Bounds, Distance, Linear, Logit, Raking
from surveys.analysis.weighting.margins import Margin

POINTS = np.array([-2, -0.3, 0, 0.5, 3])
# survey 4.1.1 on R: cal.logit$Fm1(c(-2, -0.3, 0, 0.5, 3), list(lower = 0.3, upper = 3)) + 1, and cal.logit$dF
G = [1 - 0.68018033987646587, 1 - 0.25706352253824338, 1, 1.59229810003788419, 2.9765146094985546]
SLOPES = [0.037943045290092813, 0.714096975771795428, 1, 1.299407493386259160, 0.044899279133497672]


def test_logit_is_rs_at_every_point() -> None:
    way = Logit((0.3, 3))
    assert way.g(POINTS) == pytest.approx(G, rel=1e-12)
    assert way.slope(POINTS) == pytest.approx(SLOPES, rel=1e-11)


def test_logit_is_the_formula_by_hand() -> None:
    """L = 0.5, U = 2: A = 1.5 / (0.5·1) = 3; at u = ln 2 / 3 e^(A·u) is 2, g = (0.5 + 2·0.5·2) / (1 + 0.5·2)."""
    assert Logit((0.5, 2)).g(np.array([math.log(2) / 3])) == pytest.approx([1.25], rel=1e-14)


@pytest.mark.parametrize(
    "way", [Raking(), Linear(), Linear((0.2, 4)), Logit((0.3, 3)), Logit((0.9, 1.5)), Logit((-1, 2))]
)
def test_g_is_1_at_0_and_rises_there_by_1_and_everywhere_by_its_slope(way: Distance) -> None:
    assert way.g(np.zeros(1)) == pytest.approx([1], rel=1e-15)
    assert way.slope(np.zeros(1)) == pytest.approx([1], rel=1e-15)
    step = 1e-6
    points = np.array([-0.7, -0.1, 0, 0.2, 1.3])
    assert (way.g(points + step) - way.g(points - step)) / (2 * step) == pytest.approx(
        way.slope(points), rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize("method", ["raking", "linear", "logit"])
@pytest.mark.parametrize("bounds", [(1.0, 3.0), (0.3, 1.0), (2.0, 3.0), (3.0, 0.3), (math.nan, 3.0), (0.3, math.nan)])
def test_bounds_lie_on_either_side_of_1_for_every_method(method: str, bounds: Bounds) -> None:
    table = Table.of_units(np.zeros(4), np.arange(4), np.ones(4), {})
    margin = Margin("sex", np.array([0, 0, 1, 1]), {0: 2.0, 1: 2.0})
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(table, [margin], method, bounds)
    assert refusal.value.code == "calibration.bounds"
