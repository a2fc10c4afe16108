"""A stratum whose only PSU was drawn and stayed silent: as lonely as one that answered, by every rule."""

from __future__ import annotations

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated

TOTALS = np.array([1.0, 3, 2, 4, 9])
A, C = 2 * 2.0, 3 / 2 * 26.0  # squares about the means of strata a and c
PLACES = np.array(["a", "a", "c", "c", "c"])
SEX = np.array(["f", "m", "f", "m", "f"])
DRAWN = {"a": 2, "b": 1, "c": 3}


def table() -> Table:
    """Nobody answered in stratum b, where one PSU was drawn."""
    keys = {"place": PLACES, "sex": SEX}
    return Table.of_units(PLACES, np.arange(5), np.ones(5), {"y": TOTALS}, keys, strata=["a", "b", "c"])


def by_rule(rule: str, drawn: dict[str, int] = DRAWN) -> Estimator:
    return Estimator(table(), Design.of_strata(table(), drawn, lonely=rule))


def test_by_default_a_figure_of_the_whole_sample_is_refused_with_its_name() -> None:
    by = by_rule("fail")
    for outcome in (by.total("y"), by.mean("y"), by.total("y", SEX == "f"), by.mean("y", SEX == "f")):
        assert outcome == NotEstimable("one_psu", strata=("b",))
    first, second = by.linear_total("y"), by.linear_mean("y")
    assert not isinstance(first, NotEstimable)
    assert not isinstance(second, NotEstimable)
    assert by.covariance([first, second]) == NotEstimable("one_psu", strata=("b",))


def test_a_domain_that_other_strata_do_not_enter_is_no_figure_of_the_silent_one() -> None:
    only_a = estimated(by_rule("fail").total("y", PLACES == "a"))
    assert only_a.se == pytest.approx(A**0.5)
    assert only_a.lonely == ""


def test_after_calibration_it_stands_behind_every_figure() -> None:
    known = calibrate(table(), [Margin("sex", SEX, {"f": 3.0, "m": 4.0})])
    refused = Estimator(table(), Design.of_strata(table(), DRAWN), known)
    assert refused.total("y", PLACES == "a") == NotEstimable("one_psu", strata=("b",))
    certain = Estimator(table(), Design.of_strata(table(), DRAWN, lonely="certainty"), known)
    assert estimated(certain.total("y", PLACES == "a")).lonely == "certainty"


@pytest.mark.parametrize(
    ("rule", "variance", "df"),
    [
        ("adjust", A + C + (19 / 6) ** 2, 3),  # its PSU, a zero, against the mean of the six drawn
        ("average", (A + C) * 3 / 2, 3),
        ("certainty", A + C, 3),
        ("remove", A + C, 3),
        ("collapse", A + 4 / 3 * (101 - 15**2 / 4), 3),  # with c: 0, 2, 4, 9
    ],
)
def test_each_rule_adds_what_it_says(rule: str, variance: float, df: int) -> None:
    estimate = estimated(by_rule(rule).total("y"))
    assert estimate.se**2 == pytest.approx(variance)
    assert (estimate.df, estimate.lonely) == (df, rule)


def test_a_silent_stratum_of_several_psus_is_zeros_and_has_a_variance_of_0() -> None:
    several = {"a": 2, "b": 2, "c": 3}
    assert estimated(by_rule("fail", several).total("y")).se ** 2 == pytest.approx(A + C)
    assert estimated(by_rule("average", several).total("y")).lonely == ""


def test_a_stratum_of_which_nothing_was_drawn_is_not_lonely() -> None:
    assert estimated(by_rule("fail", {"a": 2, "b": 0, "c": 3}).total("y")).se ** 2 == pytest.approx(A + C)


def test_a_silent_psu_that_was_certain_is_not_lonely() -> None:
    certain = Design.of_strata(table(), DRAWN, {"a": 9, "b": 1, "c": 9}, "equal")
    assert isinstance(Estimator(table(), certain).total("y"), Estimate)


def test_the_jackknife_has_the_same_rules() -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        jkn(table(), Design.of_strata(table(), DRAWN))
    assert (refusal.value.code, refusal.value.values["strata"]) == ("replicates.one_psu", ["b"])
    for rule in ("adjust", "average", "certainty", "remove"):
        design = Design.of_strata(table(), DRAWN, lonely=rule)
        jackknife = estimated(ReplicateEstimator(table(), jkn(table(), design)).total("y"))
        assert jackknife.se == pytest.approx(estimated(by_rule(rule).total("y")).se, rel=1e-12)
        assert jackknife.lonely == rule
