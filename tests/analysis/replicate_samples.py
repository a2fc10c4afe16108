"""Samples for the tests of replicate weights, and what they ask of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.recalibration import Recipe
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated


def small(stratum: list[int], psu: list[int], y: list[float], w: list[float] | None = None) -> Table:
    """One row a person, weights of 10 unless given."""
    return Table.of_units(stratum, psu, w or [10.0] * len(y), {"y": y})


def invented(seed: int, sizes: tuple[int, ...] = (3, 2, 4), take: int = 6) -> Table:
    """PSUs of `take` persons, `sizes` PSUs a stratum, unequal weights, some answers missing, keys of two margins."""
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(sum(sizes)), take)
    stratum = np.repeat(np.arange(len(sizes)), sizes)[psu]
    n = len(psu)
    score = np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 101, n) + 20.0 * (psu % 2))
    passed = (rng.random(n) < 0.6).astype(float)
    keys = {"sex": np.arange(n) % 2, "age": rng.permutation(np.arange(n) % 3)}
    return Table.of_units(stratum, psu, rng.uniform(10, 90, n), {"score": score, "passed": passed}, keys)


def raking(table: Table, seed: int = 1) -> Recipe:
    wanted = table.w * np.random.default_rng(seed).uniform(0.8, 1.3, len(table.w))
    return Recipe([margin(table, name, wanted) for name in ("sex", "age")])


def margin(table: Table, name: str, wanted: FloatArray) -> Margin:
    key = table.keys[name]
    return Margin(name, key, {label: float(wanted[key == label].sum()) for label in np.unique(key).tolist()})


def se_of_total(table: Table, replicates: Replicates, variable: str = "score") -> float:
    return estimated(ReplicateEstimator(table, replicates).total(variable)).se


def taylor_se(table: Table, design: Design, variable: str = "score") -> float:
    return estimated(Estimator(table, design).total(variable)).se


def refusal(made: Callable[[], object]) -> AnalysisRefused:
    with pytest.raises(AnalysisRefused) as caught:
        made()
    return caught.value


def two_stages(population: tuple[float, float] = (6.0, 9.0)) -> tuple[Table, Design]:
    """Strata of 4 and 5 PSUs, each with 5 units drawn out of 8, 2 persons a unit; the units differ widely."""
    rng = np.random.default_rng(3)
    psu = np.repeat(np.arange(9), 10)
    ssu = np.tile(np.repeat(np.arange(5), 2), 9)
    score = 10 * rng.integers(0, 10, 45)[psu * 5 + ssu] + rng.integers(0, 9, 90)
    table = Table.of_units((psu >= 4).astype(int), psu, np.full(90, 3.0), {"score": score})
    return table, Design.of_table(table, population, "equal", second=SecondStage(ssu, np.full(90, 8.0)))
