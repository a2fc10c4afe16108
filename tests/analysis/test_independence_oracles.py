"""Tests of independence against R survey 4.5's svychisq.

Of every case: statistic, parameters and p to 1e-9; p of `saddlepoint` to 1e-7, because R's own root search stops at
1e-8. `lincom`: R was run without its package for the integral and gave the saddlepoint's p for both names, digit for
digit; so R's p is met by our saddlepoint, and our lincom is the exact integral (test_independence_tails).
"""

from __future__ import annotations

import numpy as np
import pytest

from surveys.analysis.estimands.independence import STATISTICS, IndependenceTest, independence
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import agrees, cases, estimator, sample

KEYS = {"a": ("schwide", "stype"), "s": ("aware", "edu"), "n": ("HI_CHOL", "race")}
COMPARED = [
    (file, name) for file in ("api_taylor", "synth_taylor", "nhanes") for name in cases(file) if ".svychisq." in name
]


def result(outcome: IndependenceTest | NotEstimable) -> IndependenceTest:
    assert isinstance(outcome, IndependenceTest), outcome
    return outcome


@pytest.mark.parametrize(("file", "name"), COMPARED, ids=[name for _, name in COMPARED])
def test_a_test_of_independence_agrees_with_r(file: str, name: str) -> None:
    prefix, _, statistic = name.split(".")
    expected, keys = cases(file)[name]["expected"], KEYS[prefix[0]]
    ours = result(independence(estimator(prefix), *keys, statistic=statistic, df="design"))
    agrees(ours.statistic, np.ravel(expected["statistic"])[0])
    np.testing.assert_allclose(ours.parameter, expected["parameter"], rtol=1e-9)
    if statistic in ("lincom", "saddlepoint"):
        approximate = result(independence(estimator(prefix), *keys, statistic="saddlepoint", df="design"))
        agrees(approximate.p, expected["p"], rel=1e-7)
        exact = result(independence(estimator(prefix), *keys, statistic="lincom", df="design"))
        assert 0.8 * approximate.p < exact.p < approximate.p
        return
    agrees(ours.p, expected["p"])


def test_every_case_is_here() -> None:
    assert len(COMPARED) == 7 * 5 + 6 * 3 + 6
    assert {name.split(".")[2] for _, name in COMPARED} == set(STATISTICS)


def test_on_a_simple_random_sample_all_effects_are_alike_and_lincom_is_the_second_order_test() -> None:
    by = estimator("apisrs")
    exact, second = (result(independence(by, "schwide", "stype", statistic=name)) for name in ("lincom", "F"))
    assert exact.p == pytest.approx(second.p, rel=1e-9)


def test_weights_after_calibration_are_respected() -> None:
    """From R survey 4.1-1: d <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1);
    c <- calibrate(d, ~stype, c(`(Intercept)`=6194, stypeH=755, stypeM=1018), calfun="raking");
    svychisq(~sch.wide+stype, c), with statistic="Wald" and "Chisq", and svychisq(~sch.wide+awards, c)."""
    table, design = sample("apiclus1")
    known = {"E": 6194 - 755 - 1018, "H": 755, "M": 1018}
    by = Estimator(table, design, calibrate(table, [Margin("stype", table.keys["stype"], known)]))
    second = result(independence(by, "schwide", "stype"))
    agrees([second.statistic, *second.parameter], [4.71173822365221, 1.62902495461665, 22.8063493646331], rel=1e-8)
    agrees(second.p, 0.0250898362467842, rel=1e-8)
    wald = result(independence(by, "schwide", "stype", statistic="Wald"))
    agrees([wald.statistic, wald.p], [1.97245462804073, 0.175916827380987], rel=1e-8)
    first = result(independence(by, "schwide", "stype", statistic="Chisq"))
    agrees([first.statistic, first.p], [12.7326971525789, 0.00898913886079538], rel=1e-8)
    agrees(result(independence(by, "schwide", "awards")).statistic, 140.602503876127, rel=1e-8)


def test_a_domain_is_a_mask() -> None:
    """From R survey 4.1-1: s <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat);
    svychisq(~sch.wide+awards, subset(s, stype != "H"))."""
    by = estimator("apistrat")
    ours = result(independence(by, "schwide", "awards", by.table.keys["stype"] != "H"))
    agrees([ours.statistic, ours.p], [52.1052473350633, 2.55054043132412e-11], rel=1e-8)
    assert (ours.df, ours.n) == (148, 150)


FOUR_BY_FOUR = {
    "everybody": {
        "F": (21.1313087784302, 1.14521300477828e-12),
        "Chisq": (277.211614881496, 3.77140164562779e-36),
        "Wald": (40.5176649400459, 2.48820623991192e-09),
        "adjWald": (20.258832470023, 0.000139244761394927),
        "saddlepoint": (277.211614881496, 2.18274348381715e-10),
    },
    "high": {
        "F": (4.3811060549817, 0.00322440845904643),
        "Chisq": (40.8225183511601, 9.6353639682006e-06),
        "Wald": (21.3325851601447, 2.79313496320792e-07),
        "adjWald": (10.6662925800724, 0.00141064771441313),
        "saddlepoint": (40.8225183511601, 0.00455408993205322),
    },
}


@pytest.mark.parametrize("whom", FOUR_BY_FOUR)
@pytest.mark.parametrize("statistic", FOUR_BY_FOUR["high"])
def test_a_table_of_four_by_four_agrees_with_r(whom: str, statistic: str) -> None:
    """From R survey 4.1-1: d <- svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes);
    svychisq(~agecat+race, d, statistic=...), and in subset(d, HI_CHOL==1)."""
    by = estimator("nhanes")
    domain = None if whom == "everybody" else by.table.keys["HI_CHOL"] == 1
    ours = result(independence(by, "agecat", "race", domain, statistic, df="design"))
    agrees([ours.statistic, ours.p], FOUR_BY_FOUR[whom][statistic], rel=1e-7)
