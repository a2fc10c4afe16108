"""Replicate weights: how the weights would have been had the sample been drawn again, and the variance they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.design import Design
from surveys.analysis.labels import NAMED, distinct, is_count, read_only
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table

COLLINEAR = 1e-10  # of the largest eigenvalue of F'F: a replicate that others explain; R's qr(tol = 1e-5), squared


@dataclass(frozen=True, eq=False)
class Replicates:
    """Factors by which every replicate multiplies the sampling weight, and how its results add up to a variance.

    factors: (psus, replicates) where `psus` (psus, 2) holds stratum and PSU of each, as in the table they are for, or
    (rows, replicates) over the rows of one table where `psus` is None. v = scale · Σ rscales · (replicate − centre)²;
    the centre is the replicates' mean, or the estimate itself with mse. df: degrees of freedom of every figure, for
    files that do not tell their PSUs; None counts PSUs and strata with members. design: what the factors were made
    from; seed and generator: how they were drawn. Row order never matters with `psus`. The arrays cannot be written.

    Raises AnalysisRefused: replicates.shape, replicates.not_numbers, replicates.df (not a whole number from 1).
    Source: docs/methodology.md#replicate-weights.
    """

    kind: str
    factors: FloatArray
    scale: float
    rscales: FloatArray
    psus: IntArray | None = None
    mse: bool = False
    df: int | None = None
    design: Design | None = None
    seed: str | None = None
    generator: str | None = None

    def __post_init__(self) -> None:
        for name in ("factors", "rscales", "psus"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, read_only(given))
        rows = len(self.factors) if self.psus is None else len(self.psus)
        if self.factors.shape != (rows, len(self.rscales)) or not len(self.rscales):
            raise AnalysisRefused("replicates.shape", shape=self.factors.shape, rows=rows, scales=len(self.rscales))
        scales = np.append(self.rscales, self.scale)
        usable = np.isfinite(scales).all() and (scales >= 0).all() and self.rscales.any()
        if not (usable and np.isfinite(self.factors).all()):
            raise AnalysisRefused("replicates.not_numbers", kind=self.kind)
        if self.df is not None and not is_count(self.df, 1):
            raise AnalysisRefused("replicates.df", df=self.df)

    @classmethod
    def of_columns(
        cls,
        table: Table,
        columns: npt.ArrayLike,
        scale: float,
        rscales: npt.ArrayLike,
        combined: bool = False,
        **how: Any,
    ) -> Replicates:
        """Delivered replicate weights, one column a replicate over the rows of the table.

        combined: they are weights, not multipliers of the sampling weight. `how`: kind, mse, df.
        Raises AnalysisRefused: replicates.rows, replicates.zero_weight (a combined weight on a sampling weight of 0).
        """
        factors = np.asarray(columns, float)
        if len(factors) != len(table.w):
            raise AnalysisRefused("replicates.rows", factors=len(factors), rows=len(table.w))
        if combined:
            factors = _parted(factors, table.w)
        return cls(how.pop("kind", "given"), factors, scale, np.asarray(rscales, float), **how)

    @property
    def count(self) -> int:
        return len(self.rscales)

    def places(self, table: Table) -> IntArray:
        """For each row of the table the row of `factors` that goes with it.

        Raises AnalysisRefused: replicates.rows (factors for other rows), replicates.unknown_psu.
        """
        if self.psus is None:
            if len(self.factors) != len(table.w):
                raise AnalysisRefused("replicates.rows", factors=len(self.factors), rows=len(table.w))
            return np.arange(len(table.w))
        place = {(stratum, psu): row for row, (stratum, psu) in enumerate(self.psus.tolist())}
        first, rows = distinct([table.stratum, table.psu])
        found = list(zip(table.stratum[first].tolist(), table.psu[first].tolist(), strict=True))
        if strange := [f"{table.strata[h]}/{table.psu_name(psu)}" for h, psu in found if (h, psu) not in place]:
            raise AnalysisRefused("replicates.unknown_psu", count=len(strange), psus=strange[:NAMED])
        return np.array([place[one] for one in found], np.int64)[rows]

    def covariance(self, apart: FloatArray) -> FloatArray:
        """The covariance matrix (k, k) of k statistics from replicate − estimate, (replicates, k)."""
        centred = self._centred(apart)
        return np.asarray(self.scale * np.einsum("rk,rl->kl", self.rscales[:, None] * centred, centred))

    def variances(self, apart: FloatArray) -> FloatArray:
        """The variances (k,) alone."""
        return np.asarray(self.scale * (self.rscales @ self._centred(apart) ** 2))

    def _centred(self, apart: FloatArray) -> FloatArray:
        return apart if self.mse else apart - apart[self.rscales > 0].mean(axis=0)


def _parted(weights: FloatArray, sampling: FloatArray) -> FloatArray:
    """What is left of replicate weights when the sampling weight is taken out."""
    nothing = sampling == 0
    strange = np.flatnonzero(nothing & (weights != 0).any(axis=1))
    if len(strange):
        raise AnalysisRefused("replicates.zero_weight", count=len(strange), rows=strange[:NAMED].tolist())
    return np.asarray(weights / np.where(nothing, 1.0, sampling)[:, None])


def rank(factors: FloatArray, used: BoolArray) -> int:
    """How many of the replicates are not made up of others, over the rows used: R's degf is this less one."""
    kept = factors[used]
    if not kept.size:
        return 0
    gram = kept.T @ kept if kept.shape[0] > kept.shape[1] else kept @ kept.T
    eigenvalues = np.linalg.eigvalsh(gram)
    return int((eigenvalues > COLLINEAR * eigenvalues[-1]).sum()) if eigenvalues[-1] > 0 else 0
