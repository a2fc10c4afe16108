"""The jackknife: every replicate leaves one PSU out and lets the others of its stratum stand for it.

Source: docs/methodology.md#jackknife (Wolter 2007, chapter 4).
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.replicates.drawn import DrawnPsus
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import FloatArray, Table

LONELY_RULES = ("adjust", "average", "certainty", "remove")


def jk1(table: Table, design: Design, mse: bool = False) -> Replicates:
    """Leave-one-PSU-out for a design of one stratum: factor n/(n − 1), scale (n − 1)/n · (1 − f).

    Raises AnalysisRefused: replicates.stratified when there are more strata, and the codes of `jkn`.
    """
    drawn = DrawnPsus.of(table, design)
    if len(drawn.strata) > 1:
        raise AnalysisRefused("replicates.stratified", strata=len(drawn.strata))
    drawn.refuse_lonely("JK1", ())
    factors, scales = _left_out(drawn)
    _refuse_none(scales)
    return Replicates("JK1", factors, float(scales[0]), np.ones(len(scales)), drawn.psus, mse, design=design)


def jkn(table: Table, design: Design, mse: bool = False) -> Replicates:
    """Leave-one-PSU-out inside strata: factor n_h/(n_h − 1) in the stratum, rscales (n_h − 1)/n_h · (1 − f_h).

    PSUs drawn that stayed silent are left out in their turn; strata taken whole have no replicate. A lonely PSU obeys
    the design's rule. Raises AnalysisRefused: the codes of PsuVariance, replicates.one_psu, replicates.no_variance
    (all strata taken whole, or every one lonely).
    """
    drawn = DrawnPsus.of(table, design)
    drawn.refuse_lonely("JKn", LONELY_RULES)
    factors, rscales = _left_out(drawn)
    scale, alone = 1.0, len(drawn.lonely)
    if alone and design.lonely == "adjust":
        lone_factors, lone_scales = _adjusted(drawn)
        factors, rscales = np.hstack([factors, lone_factors]), np.append(rscales, lone_scales)
    elif alone and design.lonely == "average" and alone < len(drawn.every):
        scale = len(drawn.every) / (len(drawn.every) - alone)
    _refuse_none(rscales)
    return Replicates("JKn", factors, scale, rscales, drawn.psus, mse, design=design)


def _left_out(drawn: DrawnPsus) -> tuple[FloatArray, FloatArray]:
    """Factors (psus, replicates) and rscales, one replicate for each PSU drawn in strata with several, not whole."""
    strata = drawn.strata
    strata = strata[(drawn.drawn[strata] > 1) & (drawn.fraction[strata] < 1)]
    n = drawn.drawn[strata]
    column_stratum = np.repeat(strata, n)
    size = drawn.drawn[column_stratum]
    inside = drawn.stratum[:, None] == column_stratum[None, :]
    factors = np.where(inside, size / np.maximum(size - 1, 1), 1.0)
    first = np.full(len(drawn.drawn), -1)
    first[strata] = np.cumsum(n) - n
    own = np.flatnonzero(first[drawn.stratum] >= 0)
    factors[own, first[drawn.stratum[own]] + drawn.place[own]] = 0.0
    return factors, (size - 1) / size * (1 - drawn.fraction[column_stratum])


def _refuse_none(scales: FloatArray) -> None:
    if not len(scales):
        raise AnalysisRefused("replicates.no_variance")


def _adjusted(drawn: DrawnPsus) -> tuple[FloatArray, FloatArray]:
    """Lonely PSUs against the mean of all PSUs; each twice, mirrored, so that the replicates' mean stays in place.

    A silent one is a zero, and has no factor of its own. Source: docs/methodology.md#lonely-psu.
    """
    step = np.full((len(drawn.psus), len(drawn.lonely)), 1 / drawn.drawn[drawn.every].sum())
    alone = np.flatnonzero(np.isin(drawn.stratum, drawn.lonely))
    step[alone, np.searchsorted(drawn.lonely, drawn.stratum[alone])] -= 1.0
    kept = (1 - drawn.fraction)[drawn.lonely] / 2
    return np.hstack([1 + step, 1 - step]), np.append(kept, kept)
