"""Weights and what follows from them after calibration against R survey 4.5, to 1e-9 relative.

Compared:

- api_calibration, for apiclus1: postStratify, rake.tight, cal.raking, cal.linear, cal.logit, cal.linear.bounded
  (these three with the covariate api99): weights, mean_api00, total_enroll, by_schwide with covariance. (Base
  weights are equal there, so that R's rake() has the same standard errors as calibration.)
- synth_calibration, for s1, s2, s3: ps.sexage, cal.raking, cal.linear, cal.logit, cal.linear.bounded: weights, aware,
  sat, sat_total, aware_by_town with covariance, ratio, ciprop. rake.tight with our raking: weights and estimates; R's
  own standard errors and all seven intervals with R's residuals (rake_of_r), in place of ours.
- apiclus1.rake.default: all of it, with the weights and residuals of rake_of_r; our own raking goes on to the margins.
- sampling: calib.linear, raking, truncated, logit: the factors, for two covariates and a constant (logit to 1e-6: the
  reference stops before its totals are met).
- trimming: apiclus1.trim.strictFALSE, strictTRUE and s1, s2, s3.trim: the weights after R's trimWeights.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import Calibration, calibrate, poststratify
from surveys.analysis.weighting.margins import Covariate, Margin
from surveys.analysis.weighting.trimming import Limits, trim

from .oracle import LINE_FOR_CURVE, TOLERANCE, Case, agrees, cases, data_of, estimated, sample
from .rake_of_r import Raked, raked

SCHOOLS = {"E": 4421.0, "H": 755.0, "M": 1018.0}  # the whole API population, as in R survey's examples
SCHOOLWIDE = {"No": 1072.0, "Yes": 5122.0}
API99 = 3914069.0

API = ("postStratify", "rake.tight", "cal.raking", "cal.linear", "cal.logit", "cal.linear.bounded")
SYNTH = ("ps.sexage", "rake.tight", "cal.raking", "cal.linear", "cal.logit", "cal.linear.bounded")
CALIBRATED = [("api_calibration", f"apiclus1.{way}") for way in API]
CALIBRATED += [("synth_calibration", f"{prefix}.{way}") for prefix in ("s1", "s2", "s3") for way in SYNTH]
LOOSE = ("api_calibration", "apiclus1.rake.default")
RAKED = [LOOSE, *(case for case in CALIBRATED if case[1].endswith("rake.tight"))]
TRIMMED = [("api_calibration", "apiclus1.trim.strictFALSE"), ("api_calibration", "apiclus1.trim.strictTRUE")]
TRIMMED += [("synth_calibration", f"{prefix}.trim") for prefix in ("s1", "s2", "s3")]
FACTORS = [("sampling", f"calib.{method}") for method in ("linear", "raking", "truncated", "logit")]
COMPARED = [*CALIBRATED, LOOSE, *TRIMMED, *FACTORS]


def calibrated(prefix: str, way: str, case: Case) -> Calibration:
    """Our calibration for the way that an oracle's id names."""
    table, _ = sample(prefix)
    data = data_of(prefix)
    if way == "postStratify":
        return poststratify(table, Margin("stype", data["stype"], SCHOOLS))
    if way == "ps.sexage":
        totals = {f"{cell['sex']}.{cell['age']}": cell["Freq"] for cell in case["expected"]["population"]}
        return poststratify(table, Margin("sexage", np.char.add(np.char.add(data["sex"], "."), data["age"]), totals))
    return calibrate(table, margins_of(prefix, way, case), *method_and_bounds(prefix, way))


def margins_of(prefix: str, way: str, case: Case) -> list[Margin | Covariate]:
    data = data_of(prefix)
    if prefix != "apiclus1":
        totals = case["expected"]["margins"]
        return [Margin(name, data[name], totals[name]) for name in ("sex", "age", "edu")]
    if way != "cal.raking" and way != "rake.tight":
        return [Margin("stype", data["stype"], SCHOOLS), Covariate("api99", data["api99"], API99)]
    return [Margin("stype", data["stype"], SCHOOLS), Margin("sch.wide", data["sch.wide"], SCHOOLWIDE)]


def method_and_bounds(prefix: str, way: str) -> tuple[str, tuple[float, float] | None]:
    api = prefix == "apiclus1"
    if way == "cal.logit":
        return "logit", (0.6, 1.8) if api else (0.5, 2)
    if way == "cal.linear.bounded":
        return "linear", (0.6, 1.8) if api else (0.7, 1.5)
    return ("linear" if way == "cal.linear" else "raking"), None


def linear(outcome: Linearised | NotEstimable) -> Linearised:
    assert isinstance(outcome, Linearised), outcome
    return outcome


def compare(ours: Linearised | NotEstimable, by: Estimator, expected: Case, errors: bool) -> None:
    agrees(linear(ours).value, np.ravel(expected["est"])[0])
    if errors:
        covariance = by.covariance([linear(ours)])
        assert not isinstance(covariance, NotEstimable)
        agrees(math.sqrt(covariance[0, 0]), np.ravel(expected["se"])[0])
        agrees(covariance[0, 0], np.ravel(expected["vcov"])[0] if "vcov" in expected else expected["se"] ** 2)


def compare_by(by: Estimator, variable: str, key: str, expected: Case, errors: bool) -> None:
    parts = [linear(by.linear_mean(variable, by.table.keys[key] == label)) for label in expected["names"]]
    agrees([part.value for part in parts], expected["est"])
    covariance = by.covariance(parts)
    assert not isinstance(covariance, NotEstimable)
    if errors:
        agrees(covariance, expected["vcov"])
        agrees(np.sqrt(np.diag(covariance)), expected["se"])


def compare_all(by: Estimator, prefix: str, expected: Case, errors: bool = True) -> None:
    """Every figure of a case; without the errors the estimates alone."""
    if prefix == "apiclus1":
        compare(by.linear_mean("api00"), by, expected["mean_api00"], errors)
        compare(by.linear_total("enroll"), by, expected["total_enroll"], errors)
        return compare_by(by, "api00", "sch.wide", expected["by_schwide"], errors)
    compare(by.linear_mean("aware"), by, expected["aware"], errors)
    compare(by.linear_mean("sat"), by, expected["sat"], errors)
    compare(by.linear_total("sat"), by, expected["sat_total"], errors)
    compare(by.linear_ratio("above", "below"), by, expected["ratio"], errors)
    compare_by(by, "aware", "town", expected["aware_by_town"], errors)
    if errors:
        compare_limits(by, expected["ciprop"])


def compare_limits(by: Estimator, expected: Case) -> None:
    for method in ("beta", "mean", "asin", "logit", "xlogit", "wilson", "likelihood"):
        estimate, theirs = estimated(by.proportion("aware", interval=method)), expected[method]
        agrees([estimate.value, estimate.se], [theirs["est"], theirs["se"]])
        rel = LINE_FOR_CURVE if method == "likelihood" else TOLERANCE
        agrees([estimate.lower, estimate.upper], [theirs["lower"], theirs["upper"]], rel=rel)
    assert by.design_df() == expected["df"]


@pytest.mark.parametrize(("file", "name"), CALIBRATED, ids=[name for _, name in CALIBRATED])
def test_a_calibration_agrees_with_r(file: str, name: str) -> None:
    case, (prefix, way) = cases(file)[name], name.split(".", 1)
    (table, design), weighting = sample(prefix), calibrated(prefix, way, case)
    agrees(weighting.g * table.w, case["expected"]["weights"])
    assert weighting.gap <= 1e-10
    by = Estimator(table, design, weighting)
    compare_all(by, prefix, case["expected"], errors=way != "rake.tight" or prefix == "apiclus1")


def as_r_rakes(file: str, name: str) -> tuple[Estimator, Raked]:
    """R's rake() with the tolerance of the case, in persons."""
    (prefix, way), (table, design) = name.split(".", 1), sample(name.split(".")[0])
    margins = [one for one in margins_of(prefix, "rake.tight", cases(file)[name]) if isinstance(one, Margin)]
    found = raked(table, margins, 1.0 if way == "rake.default" else 1e-14 * table.w.sum())
    return Estimator(table, design, found), found


@pytest.mark.parametrize(("file", "name"), RAKED, ids=[name for _, name in RAKED])
def test_rs_own_raking_is_met_with_rs_residuals(file: str, name: str) -> None:
    """So the standard errors differ from ours by the residuals alone."""
    expected, (by, found) = cases(file)[name]["expected"], as_r_rakes(file, name)
    agrees(by.table.w * found.g, expected["weights"])
    compare_all(by, name.split(".")[0], expected)


def test_rs_loose_raking_is_recognised_and_not_met() -> None:
    loose = np.array(cases(LOOSE[0])[LOOSE[1]]["expected"]["weights"])
    data = data_of("apiclus1")
    ours = calibrated("apiclus1", "cal.raking", {})
    weights = ours.g * sample("apiclus1")[0].w
    for key, totals in ((data["stype"], SCHOOLS), (data["sch.wide"], SCHOOLWIDE)):
        for label, total in totals.items():
            assert weights[key == label].sum() == pytest.approx(total, rel=1e-10)
    gaps = [abs(loose[data["stype"] == label].sum() / total - 1) for label, total in SCHOOLS.items()]
    assert max(gaps) > 1e-6
    assert 1e-6 < np.abs(weights / loose - 1).max() < 1e-3


@pytest.mark.parametrize(("file", "name"), TRIMMED, ids=[name for _, name in TRIMMED])
def test_trimmed_weights_agree_with_r(file: str, name: str) -> None:
    expected, prefix = cases(file)[name]["expected"], name.split(".")[0]
    table, before = sample(prefix)[0], calibrated(prefix, "cal.raking", cases(file)[f"{prefix}.cal.raking"])
    limits = Limits(25, 42) if prefix == "apiclus1" else Limits(upper=expected["upper"])
    trimming = trim(table, limits, strict="FALSE" not in name, g=before.g)
    agrees(table.w * before.g * trimming.g, expected["weights"])


@pytest.mark.parametrize(("file", "name"), FACTORS, ids=[name for _, name in FACTORS])
def test_factors_agree_with_the_sampling_package(file: str, name: str) -> None:
    """To 1e-9; its logit stops before it meets the totals to 1e-8, and is compared to 1e-6 for that reason."""
    case, method = cases(file)[name], name.split(".")[1]
    x = np.array(case["X"])
    table = Table.of_units(np.zeros(len(x)), np.arange(len(x)), case["d"], {})
    margins = [Covariate(f"x{place}", column, case["totals"][place]) for place, column in enumerate(x.T)]
    bounds = tuple(case["bounds"]) if method in ("truncated", "logit") else None
    ours = calibrate(table, margins, "linear" if method == "truncated" else method, bounds)
    missed = np.abs(x.T @ (np.array(case["d"]) * case["g"]) / case["totals"] - 1).max()
    assert (missed > 1e-8) == (method == "logit")
    agrees(ours.g, case["g"], rel=1e-6 if method == "logit" else 1e-9)
    assert ours.gap <= 1e-10


def test_no_oracle_vanishes_silently() -> None:
    of_calibration = {(file, name) for file in ("api_calibration", "synth_calibration") for name in cases(file)}
    of_sampling = {("sampling", name) for name in cases("sampling") if name.startswith("calib.")}
    assert set(COMPARED) == of_calibration | of_sampling
    assert len(COMPARED) == 24 + 1 + 5 + 4
