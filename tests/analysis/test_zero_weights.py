"""Whoever has a final weight of 0 counts nowhere: not in n, nor df, nor the effective n."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimands.quantiles import quantile
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.table import Table, Variable
from surveys.analysis.weighting.chain import Chain

from .oracle import estimated

# survey 4.1.1 on R: d <- svydesign(id = ~p, strata = ~h, weights = ~w, data = x); degf(d); svymean(~y, d)
H, P = [1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 3, 3, 4, 4]
W, Y = np.array([1.0, 1, 0, 0, 2, 2, 1, 0]), np.array([1.0, 3, 9, 9, 4, 6, 5, 9])
DEGF, MEAN, SE = 1, 4.142857142857142, 0.713994109572894

ways = pytest.mark.parametrize("way", ["base weight", "factor"])


@dataclass(frozen=True, eq=False)
class Known:
    """Factors that count as fixed."""

    base: npt.NDArray[np.float64]
    g: npt.NDArray[np.float64]

    @property
    def projection(self) -> Known:
        return self

    def scores(self, sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(self.g[:, None] * sums)


def by_way(way: str, y: npt.NDArray[np.float64] = Y) -> Estimator:
    """The same sample, its zeros base weights or factors of a weighting."""
    weight = W if way == "base weight" else np.ones(8)
    table = Table.of_units(H, P, weight, {"y": y, "p": (y > 3).astype(float)}, {"y": y})
    return Estimator(table, Design(np.array([2, 2])), None if way == "base weight" else Known(table.w, W))


@ways
def test_the_mean_and_its_degrees_of_freedom_are_rs(way: str) -> None:
    mean = estimated(by_way(way).mean("y"))
    assert (mean.n, mean.df, mean.design_df) == (5, DEGF, DEGF)
    assert [mean.value, mean.se] == pytest.approx([MEAN, SE], rel=1e-12)


def test_both_ways_give_the_same_figures() -> None:
    one, other = by_way("base weight"), by_way("factor")
    mask = np.array(P) != 1
    for ask in (
        lambda by: by.mean("y"),
        lambda by: by.total("y"),
        lambda by: by.proportion("p"),
        lambda by: by.proportion("p", None, "wilson"),
        lambda by: by.proportion("p", None, "beta"),
        lambda by: quantile(by, "y", 0.5),
        lambda by: quantile(by, "y", 0.5, None, "hf7"),
    ):
        first, second = ask(one), ask(other)
        if isinstance(first, NotEstimable):
            assert first == second
            continue
        for part in vars(first):
            expected = getattr(first, part)
            close = pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected
            assert getattr(second, part) == close, part
    assert one.design_df(mask) == other.design_df(mask) == 1


@ways
def test_a_domain_of_nobody_with_weight_has_no_members(way: str) -> None:
    assert by_way(way).mean("y", np.array(P) == 2) == NotEstimable("no_members")


@ways
def test_where_all_say_the_same_the_assumed_effect_takes_only_those_with_weight(way: str) -> None:
    share = estimated(by_way(way, np.full(8, 5.0)).proportion("p"))
    kish = 5 * np.sum(W**2) / W.sum() ** 2
    from_share = 5 / (kish * (1 + (5 / 3 - 1) * 0.05))  # 5 answers in 3 PSUs
    assert (share.value, share.n) == (1, 5)
    assert share.n_eff is not None
    assert share.n_eff < from_share  # times the square of two t quantiles below 1


def test_rows_of_weight_zero_in_ready_totals_count_nowhere() -> None:
    table = by_way("base weight").table
    counted = replace(table, count=np.ones(8), ww=None, variables={"y": replace_n(table.variables["y"])})
    mean = estimated(Estimator(counted, Design(np.array([2, 2]))).mean("y"))
    assert (mean.n, mean.df, mean.design_df) == (5, 1, 1)


def replace_n(variable: Variable) -> Variable:
    return replace(variable, n=np.ones(8))


def test_a_step_of_a_chain_that_takes_persons_out_takes_them_out_of_every_count() -> None:
    table = Table.of_units(H, P, np.ones(8), {"y": Y})
    chain = Chain(table).times("kept", W)
    mean = Estimator(table, Design(np.array([2, 2])), chain).mean("y")
    assert isinstance(mean, Estimate)
    assert (mean.n, mean.df, mean.design_df) == (5, 1, 1)


def test_replicates_leave_them_out_too() -> None:
    table = Table.of_units(H, P, W, {"y": Y})
    design = Design(np.array([2, 2]))
    by = ReplicateEstimator(table, jkn(table, design))
    mean = estimated(by.mean("y"))
    assert (mean.n, mean.df) == (5, 1)
    assert mean.value == pytest.approx(MEAN)
