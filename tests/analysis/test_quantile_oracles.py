"""Quantiles, population variances and alpha against R survey 4.5: estimates, standard errors and limits to 1e-9.

Compared: api_taylor, for all five designs, quantile.RULE for math, hf1, school, hf2, hf3, hf7, shahvaish and var.api00;
synth_taylor, for s1, s2, s3, quantile.sat.RULE for math, school, hf2, hf7, var.sat, and cronbach (the estimate; R gives
no standard error).
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from surveys.analysis.estimands.alpha import cronbach_alpha
from surveys.analysis.estimands.quantiles import quantile
from surveys.analysis.estimands.spread import population_variance
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn

from .oracle import agrees, cases, data_of, estimated, estimator, sample

FILES = ("api_taylor", "synth_taylor")
COMPARED = [
    (file, name)
    for file in FILES
    for name in cases(file)
    if {"quantile", "var", "cronbach"} & set(name.split(".")) and "svychisq" not in name
]


def named(kind: str) -> list[tuple[str, str]]:
    return [(file, name) for file, name in COMPARED if kind in name.split(".")]


@pytest.mark.parametrize(("file", "name"), named("quantile"))
def test_a_quantile_agrees_with_r(file: str, name: str) -> None:
    prefix, rule, expected = name.split(".")[0], name.split(".")[-1], cases(file)[name]["expected"]
    variable, asked = ("sat", (0.1, 0.25, 0.5, 0.75, 0.9)) if "sat" in name else ("api00", (0.25, 0.5, 0.75))
    ours = [estimated(quantile(estimator(prefix), variable, probability, rule=rule)) for probability in asked]
    agrees([one.value for one in ours], expected["est"])
    agrees([one.lower for one in ours], expected["lower"])
    agrees([one.upper for one in ours], expected["upper"])
    agrees([one.se for one in ours], expected["se"])


@pytest.mark.parametrize(("file", "name"), named("var"))
def test_a_population_variance_agrees_with_r(file: str, name: str) -> None:
    prefix, _, variable = name.split(".")
    ours, expected = estimated(population_variance(estimator(prefix), variable)), cases(file)[name]["expected"]
    agrees([ours.value, ours.se], [expected["est"], expected["se"]])


@pytest.mark.parametrize(("file", "name"), named("cronbach"))
def test_weighted_alpha_agrees_with_r(file: str, name: str) -> None:
    prefix, items = name.split(".")[0], ["item1", "item2", "aware"]
    answers = np.stack([data_of(prefix)[item] for item in items])
    answers[:, np.isnan(answers).any(axis=0)] = np.nan
    values = {**dict(zip(items, answers, strict=True)), "score": answers.sum(axis=0)}
    ours = estimated(cronbach_alpha(Estimator(*sample(prefix, values)), items, "score"))
    agrees(ours.value, cases(file)[name]["expected"]["alpha"])
    assert ours.n == 157


def test_no_case_vanishes_silently() -> None:
    assert Counter(file for file, _ in COMPARED) == {"api_taylor": 40, "synth_taylor": 18}


def test_replicates_stand_in_for_the_linearised_variance() -> None:
    """Jackknifed, the same estimates with nearly the same errors (R has no case for it)."""
    table, design = sample("s1")
    repeated, taylor = ReplicateEstimator(table, jkn(table, design)), estimator("s1")
    for ours, linearised in (
        (quantile(repeated, "sat", 0.5), quantile(taylor, "sat", 0.5)),
        (population_variance(repeated, "sat"), population_variance(taylor, "sat")),
    ):
        assert estimated(ours).value == estimated(linearised).value
        assert estimated(ours).se == pytest.approx(estimated(linearised).se, rel=0.01)
