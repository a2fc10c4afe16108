"""Preston's bootstrap for two stages drawn without replacement: half of the PSUs, then half of the units in those.

Source: docs/methodology.md#bootstrap (Preston 2009).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.labels import distinct
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.replicates.bootstrap import LONELY_RULES, refuse_count
from surveys.analysis.replicates.drawn import DrawnPsus
from surveys.analysis.replicates.draws import GENERATOR, chosen, generator
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import FloatArray, IntArray, Table

KIND = "mrbbootstrap"


def preston(table: Table, design: Design, count: int, seed: str, mse: bool = False) -> Replicates:
    """Halves without replacement at each stage, rescaled; scale 1/(R − 1). Without a second stage, of PSUs alone.

    With a second stage the factors run over the rows of this table, whose rows must not cross units; they can be
    negative where the first stage took nearly all PSUs, and then cannot be calibrated. Exact in expectation for
    totals.

    Raises AnalysisRefused: replicates.count, replicates.one_psu, replicates.lonely_rule, replicates.one_ssu (a PSU
    with one unit drawn out of several), and the codes of PsuVariance.
    """
    refuse_count(count)
    drawn = DrawnPsus.of(table, design)
    drawn.refuse_lonely(KIND, LONELY_RULES)
    units = _Units.of(drawn, design.second)
    of_psus, of_units = np.ones((len(drawn.psus), count)), np.zeros((len(units.psu), count))
    for stratum in drawn.strata:
        rng = generator(seed, KIND, drawn.labels[stratum])
        fraction = float(drawn.fraction[stratum])
        here = np.flatnonzero(drawn.stratum == stratum)
        rate, times = _halved_psus(rng, int(drawn.drawn[stratum]), fraction, count)
        of_psus[here] = 1 - rate + rate * times[drawn.place[here]]
        for psu in here if design.second else ():
            of_units[units.psu == psu] = units.halved(rng, int(psu), fraction, times[drawn.place[psu]])
    factors = (of_psus[units.psu] + of_units)[units.row] if design.second else of_psus
    psus, scale, rscales = (None if design.second else drawn.psus), 1 / (count - 1), np.ones(count)
    return Replicates(KIND, factors, scale, rscales, psus, mse, design=design, seed=seed, generator=GENERATOR)


def _halved_psus(rng: np.random.Generator, n: int, fraction: float, count: int) -> tuple[float, FloatArray]:
    """λ, and n/n* for the PSUs that stay, 0 for the others: (n, count); all stay where there is nothing to halve."""
    if n == 1 or fraction == 1:
        return 0.0, np.ones((n, count))
    half = n // 2
    return math.sqrt(half * (1 - fraction) / (n - half)), np.asarray(n / half * chosen(rng, half, n, count).T)


@dataclass(frozen=True, eq=False)
class _Units:
    """Second-stage units: the PSU and the population count of each, and the unit of each row; none without a stage."""

    psu: IntArray
    population: FloatArray
    row: IntArray

    @classmethod
    def of(cls, drawn: DrawnPsus, second: SecondStage | None) -> _Units:
        if second is None:
            return cls(np.zeros(0, np.int64), np.zeros(0), drawn.row)
        first, row = distinct([drawn.row, second.ssu])
        found = cls(drawn.row[first], second.population[first], row)
        alone = (np.bincount(found.psu)[found.psu] == 1) & (found.population > 1)
        if alone.any():
            raise AnalysisRefused("replicates.one_ssu", psus=drawn.psu_names(np.unique(found.psu[alone])))
        return found

    def halved(self, rng: np.random.Generator, psu: int, fraction: float, times: FloatArray) -> FloatArray:
        """What the second stage adds to the factors of one PSU's units: (units, count)."""
        inside = self.psu == psu
        m, population = int(inside.sum()), float(self.population[inside][0])
        half = m // 2
        if m == population:
            return np.zeros((m, len(times)))
        rate = math.sqrt(fraction * half * (1 - m / population) / (m - half))
        return np.asarray(rate * np.sqrt(times) * (m / half * chosen(rng, half, m, len(times)).T - 1))
