"""R's `beta` for a domain of a calibrated design: all rows of the design, and the df of the domain.

So does svyciprop of survey 4.1.1: docs/howto/check-with-r.md prints its limits for a town.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated


def test_rows_are_the_designs_and_df_the_domains() -> None:
    psu = np.repeat(np.arange(12), 5)
    stratum = psu // 4
    y = (np.arange(60) * 7 % 10 < 6).astype(float)
    table = Table.of_units(stratum, psu, 1.0 + np.arange(60) % 3, {"y": y}, {"half": np.arange(60) % 2})
    known = calibrate(table, [Margin("half", table.key("half"), {0: 70.0, 1: 60.0})])
    inside = stratum == 1
    share = estimated(Estimator(table, Design.of_table(table), known).proportion("y", inside, interval="beta"))
    widening = (stats.t.ppf(0.975, 60 - 1) / stats.t.ppf(0.975, 4 - 1)) ** 2
    n = share.value * (1 - share.value) / share.se**2 * widening
    hits = n * share.value
    assert share.lower == pytest.approx(stats.beta.ppf(0.025, hits, n - hits + 1))
    assert share.upper == pytest.approx(stats.beta.ppf(0.975, hits + 1, n - hits))
    assert (share.df, share.design_df) == (3, 9)
