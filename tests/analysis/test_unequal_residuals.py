"""Variances of unequal probability samples for means and calibrated totals: `unequal.total` of linearised residuals.

A score carries the final weight already and `total` divides by π, so that y is the score over the base weight 1/π.
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.estimates.unequal import total
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import agrees, data_of, estimated, estimator, sample

SCHOOLS = {"E": 4421.0, "H": 755.0, "M": 1018.0}
MEAN = [193.507027638902, 159.484470943025]
RATIO = [106.299512902891, 84.1933147832309]


def linear(outcome: Linearised | NotEstimable) -> Linearised:
    assert isinstance(outcome, Linearised), outcome
    return outcome


def error_of(part: Linearised, chances: FloatArray) -> float:
    """The standard error by joint probabilities of a simple random sample."""
    n, population = len(chances), len(chances) / chances[0]
    joint = np.full((n, n), n * (n - 1) / (population * (population - 1)))
    np.fill_diagonal(joint, chances)
    return estimated(total(part.scores * chances, chances, "sen_yates_grundy", joint)).se


def test_of_a_simple_random_sample_they_are_the_estimators_own() -> None:
    by, chances = estimator("apisrs"), 1 / data_of("apisrs")["pw"]
    for part, outcome in (
        (by.linear_mean("api00"), by.mean("api00")),
        (by.linear_ratio("above", "below"), by.ratio("above", "below")),
        (by.linear_total("enroll"), by.total("enroll")),
    ):
        agrees(error_of(linear(part), chances), estimated(outcome).se)


def test_after_calibration_too() -> None:
    table, design = sample("apisrs")
    by = Estimator(table, design, calibrate(table, [Margin("stype", table.keys["stype"], SCHOOLS)]))
    chances = 1 / data_of("apisrs")["pw"]
    agrees(error_of(linear(by.linear_total("enroll")), chances), estimated(by.total("enroll")).se)
    met = linear(by.linear_total("stypeE"))  # a total that the margin fixes
    assert error_of(met, chances) <= 1e-9 * met.value


def test_with_unequal_probabilities_they_are_rs() -> None:
    """R survey 4.1-1: d <- svydesign(id = ~1, fpc = ~p, data = ..., pps = "brewer"); SE^2 of svymean(~y, d) and
    svyratio(~y, ~x, d)."""
    chances = np.array([0.826890756302521, 0.403361344537815, 0.517647058823529, 0.369747899159664])
    answers = {"y": np.array([252, 211.6, 184.5, 157.2]), "x": np.array([3, 2, 2, 1])}
    table = Table.of_units(np.zeros(4), np.arange(4), 1 / chances, answers)
    by = Estimator(table, Design.of_table(table))
    for part, theirs in ((by.linear_mean("y"), MEAN), (by.linear_ratio("y", "x"), RATIO)):
        found = linear(part)
        variance = estimated(total(found.scores / table.w, chances, "brewer")).se ** 2
        agrees([found.value, variance], theirs)
