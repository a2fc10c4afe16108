"""The chain of adjustments: its record, and standard errors that know of every step.

The reference is the estimator itself with all steps done over: its derivative in the weight of each PSU, where the
linearisation is exact (known factors, nonresponse cells, post-stratification), and the delete-one-PSU jackknife where
it is first-order (raking to two margins).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Table, Variable, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.margins import Margin
from surveys.analysis.weighting.nonresponse import NonresponseCells
from surveys.analysis.weighting.trimming import Limits

from .oracle import estimated

KEYS = ("cell", "age", "sex", "responded", "people")
Grow = Callable[[Chain], Chain]


def sample(seed: int, psus: int, take: int = 5, strata: int = 2) -> Table:
    """Everybody sampled; who responds depends on the cell and the PSU, what they answer too."""
    rng = np.random.default_rng(seed)
    n = strata * psus * take
    place = np.arange(n)
    stratum, psu = place // (psus * take), place // take
    effect = rng.normal(0, 1, strata * psus)[psu]
    cell, sex = rng.integers(0, 3, n), rng.integers(0, 2, n)
    age = (rng.random(n) + 0.1 * effect + 0.2 * cell > 0.7).astype(int)
    responded = rng.random(n) < 1 / (1 + np.exp(-0.4 * cell - 0.5 * effect))
    y = np.where(responded, 5 + effect + 2 * cell + 3 * age + rng.normal(0, 1, n), np.nan)
    keys = {"cell": cell, "age": age, "sex": sex, "responded": responded, "people": rng.integers(1, 4, n)}
    return Table.of_units(stratum, psu, rng.uniform(10, 60, n) * (1 + stratum), {"y": y}, keys)


def margin(table: Table, name: str, shift: float = 0.01) -> Margin:
    """Population shares a little off the sample's."""
    share = float(np.average(table.keys[name], weights=table.w)) + shift
    total = 1.02 * float(table.w.sum())
    return Margin(name, table.keys[name], {0: total * (1 - share), 1: total * share})


def cells(chain: Chain) -> Chain:
    return chain.nonresponse(chain.table.keys["cell"], chain.table.keys["responded"])


def post(chain: Chain, name: str) -> Chain:
    return chain.calibrated([margin(chain.table, name)], "linear")


def figures(table: Table, chain: Chain) -> list[Linearised]:
    by = Estimator(table, Design.of_table(table), chain)
    women = table.keys["sex"] == 1
    y = table.variables["y"]
    answered = Variable.binary(y.n, y.wn, y.wn * women)  # 1 for women, for everybody who answered
    found = [by.linear_mean("y"), by.linear_total("y"), by.linear_mean("y", women), by.linear_total(answered)]
    found.append(by.linear_ratio("y", answered))
    assert all(isinstance(one, Linearised) for one in found)
    return [one for one in found if isinstance(one, Linearised)]


EXACT: dict[str, Grow] = {
    "nothing": lambda chain: chain,
    "cells": cells,
    "person": lambda chain: cells(chain.times("person", chain.table.keys["people"].astype(float))),
    "cells then person": lambda chain: cells(chain).times("person", chain.table.keys["people"].astype(float)),
    "cells then post": lambda chain: post(cells(chain), "age"),
    "post then cells": lambda chain: cells(post(chain, "age")),
    "post, cells, post": lambda chain: post(cells(post(chain, "sex")), "age"),
    "two posts": lambda chain: post(post(cells(chain), "sex"), "age"),
    "two adjustments for nonresponse": lambda chain: cells(
        chain.nonresponse(chain.table.keys["sex"], chain.table.keys["responded"] | (chain.table.keys["people"] > 1))
    ),
}


@pytest.mark.parametrize("way", EXACT)
def test_scores_are_the_derivative_of_the_whole_chain_in_the_weight_of_each_psu(way: str) -> None:
    table = sample(3, psus=6, take=12)
    if way == "two adjustments for nonresponse":
        hidden = table.keys["responded"]  # the first round knows no answers
        assert (table.variables["y"].n[~hidden] == 0).all()
    chain = EXACT[way](Chain(table))
    psu = table.psu
    by_psu = [np.bincount(psu, one.scores) for one in figures(table, chain)]
    for place in range(psu.max() + 1):
        step = np.where(psu == place, 1e-5, 0.0)
        up, down = (_redone(chain, way, 1 + sign * step) for sign in (1, -1))
        slopes = [(one - other) / 2e-5 for one, other in zip(up, down, strict=True)]
        largest = [np.abs(column).max() for column in by_psu]
        for column, slope, scale in zip(by_psu, slopes, largest, strict=True):
            assert column[place] == pytest.approx(slope, rel=1e-5, abs=1e-6 * scale)


def _redone(chain: Chain, way: str, multiplier: FloatArray) -> list[float]:
    again = chain.redone(multiplier)
    assert len(again.steps) == len(chain.steps), way
    return [one.value for one in figures(again.table, again)]


def two_margins(table: Table) -> list[Any]:
    return [margin(table, "sex"), margin(table, "age")]


LARGE: dict[str, Grow] = {
    "cells": cells,
    "cells, raking": lambda chain: cells(chain).calibrated(two_margins(chain.table)),
    "cells, two calibrations": lambda chain: post(cells(chain), "sex").calibrated(
        [margin(chain.table, "age")], "logit", (0.3, 3)
    ),
    "cells, raking, trimming": lambda chain: (
        cells(chain).calibrated(two_margins(chain.table)).trimmed_and_raked(two_margins(chain.table), Limits(upper=190))
    ),
}


@pytest.mark.parametrize("way", LARGE)
def test_standard_errors_agree_with_a_jackknife_that_redoes_all_steps(way: str) -> None:
    """v = Σ (n − 1)/n · Σ (deleted − mean of the deleted)², 60 PSUs in each of 2 strata."""
    table = sample(11, psus=60)
    chain = LARGE[way](Chain(table))
    linearised = figures(table, chain)
    by = Estimator(table, Design.of_table(table), chain)
    ours = [math.sqrt(_variance(by, one)) for one in linearised]
    variance = np.zeros(len(ours))
    for stratum in (0, 1):
        inside = table.stratum == stratum
        deleted = []
        for psu in np.unique(table.psu[inside]):
            multiplier = np.where(inside, np.where(table.psu == psu, 0.0, 60 / 59), 1.0)
            deleted.append(_redone(chain, way, multiplier))
        apart = np.array(deleted) - np.mean(deleted, axis=0)
        variance += 59 / 60 * (apart**2).sum(axis=0)
    tolerance = 0.06 if "trimming" in way else 0.04
    assert ours == pytest.approx(np.sqrt(variance).tolist(), rel=tolerance, abs=1e-6)


def test_weights_taken_as_given_would_be_another_standard_error() -> None:
    """The respondents' file with final weights, as if they had been drawn with them: a third too wide for a total."""
    table = sample(11, psus=60)
    chain = cells(Chain(table))
    there = table.keys["responded"]
    y = np.divide(table.variables["y"].wy, table.w)[there]
    naive = Table.of_units(table.stratum[there], table.psu[there], (table.w * chain.g)[there], {"y": y})
    given = estimated(Estimator(naive, Design.of_table(naive)).total("y"))
    known = estimated(Estimator(table, Design.of_table(table), chain).total("y"))
    assert given.value == pytest.approx(known.value)
    assert given.se > 1.15 * known.se


def test_a_total_met_by_the_last_step_has_no_standard_error_and_one_met_before_it_has() -> None:
    table = sample(5, psus=8)
    chain = post(post(cells(Chain(table)), "sex"), "age")
    y = table.variables["y"]
    by = Estimator(table, Design.of_table(table), chain)
    for name, met in (("age", True), ("sex", False)):
        mask = table.keys[name] == 1
        estimate = estimated(by.total(Variable.binary(y.n, y.wn, y.wn * mask)))
        assert (estimate.se <= 1e-9 * estimate.value) == met


def test_one_calibration_alone_is_a_chain_of_one() -> None:
    table = sample(5, psus=8)
    table = Table(table.strata, table.stratum, table.psu, table.count, table.w, table.variables, table.keys, table.ww)
    margins, wy = two_margins(table), table.variables["y"].wy
    alone, chain = calibrate(table, margins), Chain(table).calibrated(margins)
    assert chain.g.tolist() == alone.g.tolist()
    assert chain.projection.scores(wy) == pytest.approx(alone.projection.scores(wy), rel=1e-12, abs=1e-9)


def test_many_variables_side_by_side_are_each_as_alone() -> None:
    table = sample(5, psus=8)
    chain = cells(post(Chain(table), "sex")).calibrated(two_margins(table))
    sums = np.stack([table.variables["y"].wy, table.variables["y"].wn, table.variables["y"].wyy], axis=1)
    together = chain.projection.scores(sums)
    for column in range(3):
        assert together[:, column] == pytest.approx(chain.projection.scores(sums[:, column]), rel=1e-12, abs=1e-9)


def test_added_up_rows_give_what_single_persons_give() -> None:
    units = sample(9, psus=10)
    rows = grouped(units, KEYS)
    assert len(rows.w) < len(units.w)
    one, other = (figures_of(EXACT["person"](Chain(table)).calibrated(two_margins(table))) for table in (units, rows))
    assert other == pytest.approx(one, rel=1e-9)


def figures_of(chain: Chain) -> list[float]:
    by = Estimator(chain.table, Design.of_table(chain.table), chain)
    mean, total = estimated(by.mean("y")), estimated(by.total("y"))
    return [mean.value, mean.se, mean.n, mean.df, total.value, total.se, chain.steps[-1].kish_deff]


def test_every_step_is_kept_with_what_it_did() -> None:
    responded = np.array([True, True, True, False])
    keys = {"cell": np.array([0, 0, 1, 1]), "responded": responded}
    table = Table.of_units(np.zeros(4), np.arange(4), [1.0, 2, 1, 3], {}, keys)
    chain = Chain(table).times("person", np.array([1.0, 2, 1, 1]))
    chain = chain.nonresponse(keys["cell"], responded).trimmed(Limits(upper=3.8))
    chain = chain.calibrated([Margin("all", np.zeros(4), {0.0: 18.0})], "linear", name="to the register")
    person, cells, trimming, last = chain.steps
    assert [step.name for step in chain.steps] == ["person", "nonresponse", "trimming", "to the register"]
    assert (person.n, person.factor_range, person.made) == (4, (1, 2), None)
    assert person.kish_deff == pytest.approx(4 * (1 + 16 + 1 + 9) / 9**2)
    assert isinstance(cells.made, NonresponseCells)
    assert (cells.n, cells.factor_range) == (3, (1, 4))
    assert cells.kish_deff == pytest.approx(3 * (1 + 16 + 16) / 9**2)
    assert trimming.factor_range == pytest.approx((0.95, 1.4))
    assert trimming.n_eff == pytest.approx((3.8 + 3.8 + 1.4) ** 2 / (3.8**2 * 2 + 1.4**2))
    assert last.factor_range == pytest.approx((2, 2))
    assert table.w * chain.g == pytest.approx([2.8, 7.6, 7.6, 0])
    assert chain.weighted.count.tolist() == [1, 1, 1, 0]
    assert Chain(table).g.tolist() == [1] * 4


def test_a_longer_chain_leaves_the_shorter_as_it_was() -> None:
    table = sample(5, psus=8)
    short = cells(Chain(table))
    long = short.calibrated(two_margins(table))
    assert (len(short.steps), len(long.steps)) == (1, 2)
    assert long.steps[0] is short.steps[0]


def test_a_replicate_that_loses_all_respondents_of_a_cell_says_so() -> None:
    table = Table.of_units(np.zeros(4), np.arange(4), np.ones(4), {})
    chain = Chain(table).nonresponse(np.array([0, 0, 1, 1]), np.array([True, False, True, True]))
    with pytest.raises(AnalysisRefused, match=r"nonresponse\.no_respondent"):
        chain.redone(np.array([0.0, 2, 1, 1]))


def test_trimming_with_raking_stands_as_two_steps() -> None:
    table = sample(11, psus=20)
    chain = LARGE["cells, raking, trimming"](Chain(table))
    assert [step.name.split(": ")[-1] for step in chain.steps] == ["nonresponse", "calibration", "trimming", "raking"]
    weights = table.w * chain.g
    assert weights.max() <= 190 * (1 + 1e-6)
    assert (table.w * chain.steps[0].g * chain.steps[1].g).max() > 220
    for one in two_margins(table):
        for label, total in one.totals.items():
            assert weights[one.key == label].sum() == pytest.approx(total, rel=1e-10)


def _variance(by: Estimator, one: Linearised) -> float:
    covariance = by.covariance([one])
    assert isinstance(covariance, np.ndarray)
    return max(0.0, float(covariance[0, 0]))
