"""Worked examples of textbooks and vignettes: numbers that R, recomputing them, verified.

Compared: Lumley's five of the Californian schools; Lohr's stratified, cluster and simple samples (where the book gives
summaries, a sample with these very summaries is made up); Levy and Lemeshow's half samples; Newcombe's and three more
Wilson and Clopper–Pearson limits, as of simple random samples with the normal quantile.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import Proportion, clopper_pearson, mean, wilson
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import Table

from .oracle import Case, agrees, cases, columns, estimated, estimator

NOT_SUPPORTED = {
    "ssw.mu284.totals": "sums over a whole population, MU284, that is not distributed with the cases",
    "ssw.mu281.total": "the same population without its three largest",
}
COMPARED = [("textbook", name) for name in cases("textbook") if name not in NOT_SUPPORTED]
ENDLESS = 10**12  # degrees of freedom: the normal quantile to twelve digits
Numbers = npt.NDArray[np.float64]


def verified(name: str) -> Any:
    return cases("textbook")[name]["verified_in_R"]


def inputs(name: str) -> Case:
    given: Case = cases("textbook")[name]["inputs"]
    return given


@pytest.mark.parametrize(
    ("name", "prefix", "figure", "variable"),
    [
        ("lumley.vignette.mean", "apiclus1", "mean", "api00"),
        ("lumley.vignette.total", "apiclus1", "total", "enroll"),
        ("lumley.book.strat", "apistrat", "mean", "api00"),
        ("lumley.book.strat.total", "apistrat", "total", "enroll"),
    ],
)
def test_lumleys_schools(name: str, prefix: str, figure: str, variable: str) -> None:
    ours = estimated(getattr(estimator(prefix), figure)(variable))
    agrees([ours.value, ours.se], verified(name))


def test_lumleys_ratio_of_pupils_tested_to_pupils_enrolled() -> None:
    ours = estimated(estimator("apiclus1").ratio("above", "below"))
    agrees([ours.value, ours.se], verified("lumley.ratio"))


def of_summary(n: int, centre: float, variance: float) -> Numbers:
    """n values with this mean and this variance, as a published summary says of values that it does not print."""
    half = n // 2
    apart = float(np.sqrt(variance * (n - 1) / (2 * half)))
    return np.repeat([centre - apart, centre, centre + apart], [half, n - 2 * half, half])


def simple(samples: list[Numbers], population: list[float]) -> Estimator:
    """Stratified simple random samples of single units."""
    stratum = np.repeat(np.arange(len(samples)), [len(one) for one in samples])
    weight = np.array([population[h] / len(samples[h]) for h in stratum])
    table = Table.of_units(stratum, np.arange(len(stratum)), weight, {"y": np.concatenate(samples)})
    return Estimator(table, Design.of_table(table, population, "equal"))


def test_lohrs_stratified_acres() -> None:
    given = inputs("lohr.ch3.agstrat")
    summaries = zip(given["nh"], given["ybar"], given["s2"], strict=True)
    ours = estimated(simple([of_summary(*one) for one in summaries], given["Nh"]).total("y"))
    agrees([ours.value, ours.se], verified("lohr.ch3.agstrat"))


def test_lohrs_simple_random_sample_of_counties() -> None:
    given = inputs("lohr.ch2.agsrs")
    ours = estimated(simple([of_summary(given["n"], 297897, given["s"] ** 2)], [given["N"]]).mean("y"))
    agrees([ours.se], [verified("lohr.ch2.agsrs")])


def test_lohrs_five_suites() -> None:
    given = inputs("lohr.ch5.gpa")
    suites = np.asarray(given["suite"])
    table = Table.of_units(np.zeros(len(suites)), suites, np.full(len(suites), given["w"]), {"gpa": given["gpa"]})
    by = Estimator(table, Design.of_table(table, [given["N"]], "equal"))
    total, average = estimated(by.total("gpa")), estimated(by.mean("gpa"))
    agrees([total.value, average.value, average.se], verified("lohr.ch5.gpa"))


def test_levy_and_lemeshows_half_samples_of_ambulances() -> None:
    data = columns("scd")
    halves = np.asarray(inputs("levy_lemeshow.scd.brr")["repweights"], float)
    values = {name: data[name] for name in ("alive", "arrests")}
    table = Table.of_units(data["ESA"], data["ambulance"], np.ones(6), values, nested=True)
    by = ReplicateEstimator(table, Replicates("BRR", halves, 1 / 4, np.ones(4)))
    ours = estimated(by.ratio("alive", "arrests"))
    agrees([ours.value, ours.se], verified("levy_lemeshow.scd.brr"))


def share(hits: int, n: int) -> Proportion:
    p = hits / n
    return Proportion(p, p * (1 - p) / n, n, ENDLESS, 1.0, n, ENDLESS)


@pytest.mark.parametrize("name", [name for _, name in COMPARED if name.startswith("newcombe")])
def test_newcombes_limits_of_wilson_and_of_clopper_and_pearson(name: str) -> None:
    one = share(inputs(name)["x"], inputs(name)["n"])
    agrees([*wilson(one), *clopper_pearson(one)], verified(name))


@pytest.mark.parametrize("name", [name for _, name in COMPARED if name.startswith("nearone")])
def test_shares_near_one_by_three_methods(name: str) -> None:
    one = share(inputs(name)["x"], inputs(name)["n"])
    agrees([*mean(one), *wilson(one), *clopper_pearson(one)], verified(name))


def test_wilsons_limits_of_all_and_of_none_are_mirrored() -> None:
    lower, upper = wilson(share(20, 20))
    assert (1 - upper, 1 - lower) == pytest.approx(verified("newcombe1998.0_20")[:2], abs=1e-12)


def test_every_case_is_run_or_named_with_the_reason() -> None:
    assert {name for _, name in COMPARED} | set(NOT_SUPPORTED) == set(cases("textbook"))
    assert len(COMPARED) == 16
