"""Weights that meet known population totals exactly, or a refusal that names what cannot be met."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.distances import Bounds, Distance, distance
from surveys.analysis.weighting.margins import Auxiliaries, Covariate, Margin, auxiliaries, population
from surveys.analysis.weighting.projection import Projection

TOLERANCE = 1e-10  # relative, on every cell of every margin
POLISHED = 1e-14  # where Newton's steps stop being worth taking
MOST_STEPS = 100
MOST_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Calibration:
    """The factor of each row, and how it came about.

    The final weight is g × base weight; `base` (rows,) are those of the table it was made for. `g` = `lift` × a
    factor near 1; the bounds hold for that factor, and `lift` is 1 unless the base weights were first lifted to the
    population. gaps: gap left in every cell, relative to `Auxiliaries.scale`. factor_range: the smallest and largest
    factor, apart from the common lift, of the rows that have weight.
    """

    base: FloatArray
    g: FloatArray
    lift: float
    method: str
    bounds: Bounds | None
    iterations: int
    gaps: Mapping[tuple[str, Hashable], float]
    kish_deff: float
    projection: Projection
    factor_range: Bounds

    @property
    def gap(self) -> float:
        return max(self.gaps.values())


def calibrate(
    table: Table,
    margins: Sequence[Margin | Covariate],
    method: str = "raking",
    bounds: Bounds | None = None,
    lift: bool = False,
) -> Calibration:
    """Weights closest to the base weights that meet every margin to 1e-10 (a covariate, of max(|total|, Σ w|x|)).

    method: raking, linear or logit. Raking with bounds stays raking while every factor keeps within them, and becomes
    logit, which cannot leave them, when one does not; `Calibration.method` says which. lift=True first lifts all base
    weights by one common factor to the population's size (the plainest adjustment for nonresponse), so that bounds
    such as (0.3, 3) judge departures from it; without it factors are taken from the base weights as they are.

    Raises AnalysisRefused: the codes of `auxiliaries` and `distance`, calibration.bounds (not one below 1 and one
    above), calibration.empty, calibration.no_population (a lift asked for and no margin of categories),
    calibration.not_converged.
    Source: docs/methodology.md#calibration.
    """
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise AnalysisRefused("calibration.bounds", bounds=bounds)
    if not (table.w > 0).any():
        raise AnalysisRefused("calibration.empty")
    known = auxiliaries(table, margins)
    common = _to_population(table, margins) if lift else 1.0
    base = table.w * common
    factor, iterations = _solve(known, base, distance(method, None if method == "raking" else bounds))
    if method == "raking" and bounds is not None and not _within(factor[table.w > 0], bounds):
        method = "logit"
        factor, iterations = _solve(known, base, distance(method, bounds))
    g, used = factor * common, factor[table.w > 0]
    gaps, projection = _gaps(known, table.w * g), Projection(known, table.w, g)
    reach = (float(used.min()), float(used.max()))
    return Calibration(table.w, g, common, method, bounds, iterations, gaps, kish_deff(table, g), projection, reach)


def poststratify(table: Table, margin: Margin) -> Calibration:
    """Every cell lifted to its own total: calibration to one margin, where every distance gives the same weights."""
    return calibrate(table, [margin], "linear")


def kish_deff(table: Table, g: FloatArray | None = None, inside: FloatArray | None = None) -> float:
    """How much unequal weights alone widen the variance: n·Σw²/(Σw)², at least 1; n leaves out whose factor is 0.

    Source: docs/methodology.md#kish-deff.
    """
    factor = np.ones(len(table.w)) if g is None else g
    mask = np.ones(len(table.w)) if inside is None else inside
    total = np.sum(factor * table.w * mask)
    n = np.sum(table.count * mask * (factor != 0))
    return float(n * np.sum(factor**2 * table.squared_weights * mask) / total**2)


def _to_population(table: Table, margins: Sequence[Margin | Covariate]) -> float:
    """The population over the sum of base weights."""
    size = population(margins)
    if size is None:
        raise AnalysisRefused("calibration.no_population", margins=[margin.name for margin in margins])
    return float(size / table.w.sum())


def _within(factor: FloatArray, bounds: Bounds) -> bool:
    return bool(factor.min() >= bounds[0] and factor.max() <= bounds[1])


def _gaps(known: Auxiliaries, weights: FloatArray) -> dict[tuple[str, Hashable], float]:
    gaps = np.abs(known.relative(weights))
    return dict(zip(known.cells, gaps.tolist(), strict=True))


def _solve(known: Auxiliaries, base: FloatArray, way: Distance) -> tuple[FloatArray, int]:
    """Newton's method on the dual, with halved steps; the factors (rows,) and the number of steps."""
    multipliers = np.zeros(len(known.targets))
    g = way.g(np.zeros(len(base)))
    gap = known.relative(base * g)
    steps = 0
    while np.abs(gap).max() > POLISHED and steps < MOST_STEPS:
        step = _newton_step(known, base * way.slope(known.matrix @ multipliers), gap)
        better = _halved(known, base, way, multipliers, step, gap)
        if better is None:
            break
        multipliers, g, gap = better
        steps += 1
    if not np.abs(gap).max() <= TOLERANCE:
        worst = int(np.argmax(np.abs(gap)))
        raise AnalysisRefused("calibration.not_converged", cell=known.cells[worst], gap=float(gap[worst]))
    return g, steps


def _newton_step(known: Auxiliaries, slopes: FloatArray, gap: FloatArray) -> FloatArray:
    """The step for the multipliers; margins that say the same thing twice make it shortest, not impossible."""
    curvature = known.gram(slopes)
    scale = 1 / np.sqrt(np.where(np.diag(curvature) > 0, np.diag(curvature), 1.0))
    missing = gap * known.scale
    step: FloatArray = np.linalg.lstsq(curvature * np.outer(scale, scale), missing * scale, rcond=1e-11)[0] * scale
    return step


def _halved(
    known: Auxiliaries, base: FloatArray, way: Distance, multipliers: FloatArray, step: FloatArray, gap: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """The longest of the step, its half, its quarter … that comes nearer to the totals; None when none does."""
    for halving in range(MOST_HALVINGS):
        trial = multipliers + step / 2**halving
        with np.errstate(over="ignore", invalid="ignore"):
            g = way.g(known.matrix @ trial)
            left = known.relative(base * g)
            nearer = np.isfinite(left).all() and np.linalg.norm(left) < np.linalg.norm(gap)
        if nearer:
            return trial, g, left
    return None
