"""Bootstraps of PSUs inside strata: Canty and Davison's, and Rao and Wu's with n − 1 draws.

Source: docs/methodology.md#bootstrap (Rao and Wu 1988; Canty and Davison 1999; Booth, Butler and Hall 1994).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.replicates.drawn import DrawnPsus
from surveys.analysis.replicates.draws import GENERATOR, chosen, generator, times_drawn
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import FloatArray, Table

LONELY_RULES = ("certainty", "remove")
OfStratum = Callable[[np.random.Generator, int, float | None, int], FloatArray]  # n, N or None, replicates -> (R, n)


def canty_davison(table: Table, design: Design, count: int, seed: str, mse: bool = False) -> Replicates:
    """n_h of n_h PSUs with replacement, the factor is how often; with an fpc out of a population put together of them.

    scale n̄/((n̄ − 1)(R − 1)), n̄ the harmonic mean of PSUs a stratum: exact in expectation where all strata have the
    same number, otherwise prefer `rao_wu`. Raises AnalysisRefused: replicates.count, replicates.one_psu,
    replicates.lonely_rule and the codes of PsuVariance.
    """
    drawn = DrawnPsus.of(table, design)
    factors = _by_stratum("bootstrap", drawn, count, seed, _how_often)
    mean = 1 / float(np.mean(1 / drawn.drawn[drawn.strata]))
    scale = mean / ((mean - 1) * (count - 1)) if mean > 1 else 0.0
    return _drawn_replicates("bootstrap", drawn, factors, scale, seed, mse)


def rao_wu(table: Table, design: Design, count: int, seed: str, mse: bool = False) -> Replicates:
    """n_h − 1 of n_h PSUs with replacement, factor 1 − λ + λ·times·n_h/(n_h − 1) with λ = √(1 − f_h); scale 1/(R − 1).

    Exact in expectation for totals. Without an fpc it is R's "subbootstrap". Raises the codes of `canty_davison`.
    """
    drawn = DrawnPsus.of(table, design)
    factors = _by_stratum("subbootstrap", drawn, count, seed, _rescaled)
    return _drawn_replicates("subbootstrap", drawn, factors, 1 / (count - 1), seed, mse)


def refuse_count(count: int) -> None:
    """Raise AnalysisRefused replicates.count below two replicates."""
    if count < 2:
        raise AnalysisRefused("replicates.count", count=count)


def _by_stratum(kind: str, drawn: DrawnPsus, count: int, seed: str, of_stratum: OfStratum) -> FloatArray:
    refuse_count(count)
    drawn.refuse_lonely(kind, LONELY_RULES)
    factors = np.ones((len(drawn.psus), count))
    for stratum in drawn.strata[drawn.drawn[drawn.strata] > 1]:
        here = np.flatnonzero(drawn.stratum == stratum)
        n, fraction = int(drawn.drawn[stratum]), float(drawn.fraction[stratum])
        size = n / fraction if fraction else None
        made = of_stratum(generator(seed, kind, drawn.labels[stratum]), n, size, count)
        factors[here] = made[:, drawn.place[here]].T
    return factors


def _how_often(rng: np.random.Generator, n: int, size: float | None, count: int) -> FloatArray:
    if size is None:
        return times_drawn(rng, n, n, count).astype(float)
    whole, left = divmod(round(size), n)
    copies = np.full((count, n), whole) + chosen(rng, left, n, count)
    return np.array([rng.multivariate_hypergeometric(one, n) for one in copies], float)


def _rescaled(rng: np.random.Generator, n: int, size: float | None, count: int) -> FloatArray:
    rate = 1.0 if size is None else math.sqrt(1 - n / size)
    return np.asarray(1 - rate + rate * n / (n - 1) * times_drawn(rng, n - 1, n, count))


def _drawn_replicates(
    kind: str, drawn: DrawnPsus, factors: FloatArray, scale: float, seed: str, mse: bool
) -> Replicates:
    return Replicates(
        kind,
        factors,
        scale,
        np.ones(factors.shape[1]),
        drawn.psus,
        mse,
        design=drawn.design,
        seed=seed,
        generator=GENERATOR,
    )
