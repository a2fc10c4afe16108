"""Replicate weights against R survey 4.5: all 20 cases of api_scd_replicates and synth_replicates, to 1e-9 relative.

Each case twice where it can be: with the weights that R made, and, for kinds without chance, with our own (jackknife
with and without fpc, mse and re-raking; BRR and Fay on R's half samples). R raked until nothing moved (its epsilon was
1e-14), so that our re-raking meets its standard errors to 1e-9 as well. Of every ciprop: asin, beta, mean, xlogit,
wilson to 1e-9; logit to 2e-8, because R stops its model fits there (its meta says 1e-6); likelihood to 3e-5, because R
finds those limits by a root search with a loose tolerance.

Standard errors of totals are the same for every fully balanced set of half samples; those of means and ratios depend
on the set. Our own Hadamard matrices of orders 4 and 12 choose R's halves, but for their order; given R's as a matrix
the maker does the same. scd.taylor is Taylor.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.replicates.balanced import balanced
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jk1, jkn
from surveys.analysis.replicates.recalibration import Recipe
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import IntArray, Table
from surveys.analysis.weighting.margins import Margin

from .oracle import Case, agrees, cases, columns, estimated, sample, values_of
from .test_calibration_oracles import SCHOOLS, SCHOOLWIDE

FILES = ("api_scd_replicates", "synth_replicates")
COMPARED = [(file, name) for file in FILES for name in cases(file)]
GIVEN = [one for one in COMPARED if one[1] != "scd.taylor"]
OURS = [one for one in GIVEN if "boot" not in one[1] and "BRR" not in one[1] and "Fay" not in one[1]]
HALVES = [one for one in GIVEN if "BRR" in one[1] or "Fay" in one[1]]
EXACT = dict.fromkeys(("asin", "beta", "mean", "xlogit", "wilson"), 1e-9)
METHODS = EXACT | {
    "logit": 2e-8,
    "likelihood": 3e-5,
}  # R fits a model in each replicate, and solves for the limits loosely
RHO = {"BRR": 0.0, "Fay": 0.5, "scd.BRR": 0.0, "scd.Fay": 0.3}
RAKED = ("apiclus1.JK1.raked", "JKn.raked")


@cache
def drawn(name: str) -> tuple[Table, Design]:
    """The table of a case and the design that its replicates come from."""
    if name.startswith("scd"):
        data = columns("scd")
        values = {"alive": data["alive"], "arrests": data["arrests"]}
        table = Table.of_units(data["ESA"], data["ambulance"], np.ones(6), values, nested=True)
        return table, Design.of_table(table)
    if name.startswith("api"):
        return sample(name.split(".")[0])
    if name in ("BRR", "Fay"):
        return sample("brr_shared")
    if name == "JK1":
        data = columns("synth_shared")
        table = Table.of_units(np.zeros(len(data["w"])), data["psu"], data["w"], values_of(data), data)
        return table, Design.of_table(table)
    return sample({"JKn.fpc": "s2", "mrbboot": "s3"}.get(name, "s1"))


def recipe(name: str) -> Recipe | None:
    table, _ = drawn(name)
    if name not in RAKED:
        return None
    if name.startswith("api"):
        return Recipe(
            [Margin("stype", table.keys["stype"], SCHOOLS), Margin("wide", table.keys["schwide"], SCHOOLWIDE)]
        )
    totals = cases("synth_calibration")["s1.cal.raking"]["expected"]["margins"]
    return Recipe([Margin(key, table.keys[key], totals[key]) for key in ("sex", "age", "edu")])


def given_columns(name: str) -> Any:
    held = columns(f"rep_{name}")
    return np.stack(list(held.values()), axis=1)


def given(name: str, expected: Case) -> ReplicateEstimator:
    """R's replicate weights; after raking they are multipliers of the raked weight."""
    table, _ = drawn(name)
    raking = recipe(name)
    if raking:
        data, g = table.keys, raking.applied(table).g
        values = values_of({key: np.asarray(column) for key, column in data.items()})
        strata = np.array(table.strata)[table.stratum]
        table = Table.of_units(strata, table.psu, table.w * g, values, data)
    how = {"mse": expected.get("mse", False), "df": expected["degf"], "kind": "R"}
    made = Replicates.of_columns(table, given_columns(name), expected["scale"], expected["rscales"], **how)
    return ReplicateEstimator(table, made)


def ours(name: str, expected: Case) -> ReplicateEstimator:
    table, design = drawn(name)
    maker = jk1 if "JK1" in name else jkn
    made = maker(table, design, mse=expected.get("mse", False))
    assert sorted(made.scale * made.rscales) == pytest.approx(
        sorted(np.multiply(expected["scale"], expected["rscales"]))
    )
    return ReplicateEstimator(table, made, recipe(name))


def signs(name: str) -> IntArray:
    """R's half samples as ±1: (replicates, strata), +1 where the first PSU of the pair is in."""
    table, _ = drawn(name)
    first = np.array([np.flatnonzero(table.stratum == stratum)[0] for stratum in range(len(table.strata))])
    return np.where(given_columns(name)[first] > 1, 1, -1).T.astype(np.int64)


def parts(outcomes: list[Linearised | NotEstimable]) -> list[Linearised]:
    found = [one for one in outcomes if isinstance(one, Linearised)]
    assert len(found) == len(outcomes), outcomes
    return found


def agree_together(by: Estimator, outcomes: list[Linearised | NotEstimable], expected: Case) -> None:
    found = parts(outcomes)
    covariance = by.covariance(found)
    assert not isinstance(covariance, NotEstimable)
    agrees([part.value for part in found], expected["est"])
    agrees(covariance, expected["vcov"])
    agrees(np.sqrt(np.diag(covariance)), expected["se"])


def compare(by: Estimator, expected: Case) -> None:
    """Every figure of a case."""
    single = {"mean_api00": "api00", "aware": "aware", "sat": "sat"}
    for key, variable in single.items():
        if key in expected:
            agree_together(by, [by.linear_mean(variable)], expected[key])
            estimate = estimated(by.mean(variable))
            agrees([estimate.value, estimate.se], [expected[key]["est"][0], expected[key]["se"][0]])
    for key, variable in {"total_enroll": "enroll", "sat_total": "sat"}.items():
        if key in expected:
            agree_together(by, [by.linear_total(variable)], expected[key])
    if "mean" in expected:
        agree_together(by, [by.linear_mean("alive"), by.linear_mean("arrests")], expected["mean"])
    if "ratio" in expected:
        scd = "mean" in expected
        estimate = estimated(by.ratio("alive", "arrests") if scd else by.ratio("above", "below"))
        agrees([estimate.value, estimate.se], [expected["ratio"]["est"], expected["ratio"]["se"]])
    if "aware_by_sex" in expected:
        sex = by.table.keys["sex"]
        agree_together(by, [by.linear_mean("aware", sex == label) for label in "FM"], expected["aware_by_sex"])


def compare_limits(by: Estimator, expected: Case) -> None:
    for method, rel in METHODS.items():
        estimate, theirs = estimated(by.proportion("aware", None, method)), expected[method]
        agrees([estimate.value, estimate.se], [theirs["est"], theirs["se"]])
        agrees([estimate.lower, estimate.upper], [theirs["lower"], theirs["upper"]], rel=rel)


@pytest.mark.parametrize(("file", "name"), GIVEN, ids=[name for _, name in GIVEN])
def test_rs_replicate_weights_give_rs_figures(file: str, name: str) -> None:
    expected = cases(file)[name]["expected"]
    by = given(name, expected)
    compare(by, expected)
    assert by.design_df() == expected["degf"]
    if "ciprop" in expected:
        compare_limits(by, expected["ciprop"])


@pytest.mark.parametrize(("file", "name"), OURS, ids=[name for _, name in OURS])
def test_our_own_jackknife_gives_rs_figures(file: str, name: str) -> None:
    expected = cases(file)[name]["expected"]
    by = ours(name, expected)
    compare(by, expected)
    assert by.design_df() == expected["degf"]


@pytest.mark.parametrize("theirs", [False, True], ids=["our own matrix", "R's matrix"])
@pytest.mark.parametrize(("file", "name"), HALVES, ids=[name for _, name in HALVES])
def test_our_half_samples_give_rs_figures(file: str, name: str, theirs: bool) -> None:
    expected = cases(file)[name]["expected"]
    table, design = drawn(name)
    made = balanced(table, design, RHO[name], signs(name) if theirs else None)
    agrees(made.scale * made.rscales, np.multiply(expected["scale"], expected["rscales"]))
    by = ReplicateEstimator(table, made)
    compare(by, expected)
    assert by.design_df() == expected["degf"]


def test_scd_by_taylor_is_what_the_replicates_approach() -> None:
    expected = cases("api_scd_replicates")["scd.taylor"]["expected"]
    compare(Estimator(*drawn("scd")), expected)


def test_no_case_is_left_out() -> None:
    assert len(COMPARED) == 20
    assert {one for one in COMPARED if one not in GIVEN} == {("api_scd_replicates", "scd.taylor")}
