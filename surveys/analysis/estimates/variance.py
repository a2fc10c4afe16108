"""The Taylor variance by ultimate clusters: how the PSU sums of a linearised statistic vary inside their strata.

Source: docs/methodology.md#variance.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.design import Design
from surveys.analysis.estimates.second_stage import SsuVariance
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table


class PsuVariance:
    """The PSUs and strata of one table under one design, found once and used for every estimate.

    Raises AnalysisRefused: design.strata (the design knows other strata than the table), design.too_few_drawn (more
    PSUs answered than were drawn).
    """

    def __init__(self, table: Table, design: Design) -> None:
        if len(design.psus_drawn) != len(table.strata):
            raise AnalysisRefused("design.strata", design=len(design.psus_drawn), table=len(table.strata))
        self.design, self.labels = design, table.strata
        place = np.stack([table.stratum, table.psu], axis=1)
        psus, row_psu = np.unique(place, axis=0, return_inverse=True)
        self.row_psu: IntArray = row_psu.reshape(-1)
        answering = np.bincount(psus[:, 0], minlength=len(table.strata))
        if (answering > design.psus_drawn).any():
            strata = [table.strata[stratum] for stratum in np.flatnonzero(answering > design.psus_drawn)]
            raise AnalysisRefused("design.too_few_drawn", strata=strata)
        joined = design.variance_strata()
        self.psu_stratum: IntArray = joined[psus[:, 0]]
        self.drawn = np.bincount(joined, design.psus_drawn, len(joined))
        self.silent = self.drawn - np.bincount(self.psu_stratum, minlength=len(joined))
        self._rows_to_psus = _incidence(self.row_psu, len(psus))
        self._psus_to_strata = _incidence(self.psu_stratum, len(joined))
        self._second = SsuVariance(self.row_psu, design.second) if design.second else None

    @property
    def lonely(self) -> BoolArray:
        return np.asarray((self.drawn == 1) & (self.design.sampling_fraction < 1))

    def degrees_of_freedom(self, members: BoolArray) -> int:
        """PSUs with a member minus strata with one. Source: docs/methodology.md#degrees-of-freedom."""
        psus = self.psus_with(members)
        return len(psus) - len(self._strata_of(psus))

    def psus_with(self, members: BoolArray) -> IntArray:
        """The PSUs that hold one of these rows."""
        held = np.zeros(len(self.psu_stratum), bool)
        held[self.row_psu[members]] = True
        return np.flatnonzero(held)

    def _strata_of(self, psus: IntArray) -> IntArray:
        return np.flatnonzero(np.bincount(self.psu_stratum[psus], minlength=len(self.drawn)))

    def refusal(self, involved: BoolArray) -> NotEstimable | None:
        """Why the design gives no variance for a statistic that the rows `involved` enter; None when it does."""
        strata = self._strata_of(self.psus_with(involved))
        alone = strata[self.lonely[strata]]
        if len(alone) and self.design.lonely in ("fail", "collapse"):  # a single stratum has nothing to collapse with
            return NotEstimable("one_psu", strata=tuple(self.labels[stratum] for stratum in alone))
        if self._second is not None and self._second.lonely(involved):
            return NotEstimable("one_ssu")
        return None

    def covariance(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """The covariance matrix (k, k) of k statistics from their scores (rows, k).

        Every PSU drawn counts: one without a row is a zero. `involved` are the rows that enter the statistics.
        """
        psu_sums = self._rows_to_psus @ scores
        means = (self._psus_to_strata @ psu_sums) / np.maximum(self.drawn, 1)[:, None]
        kept = 1 - self.design.sampling_fraction
        scale = np.where(self.drawn > 1, kept * self.drawn / np.maximum(self.drawn - 1, 1), 0.0)
        apart = psu_sums - means[self.psu_stratum]
        covariance = apart.T @ (scale[self.psu_stratum][:, None] * apart)
        covariance += means.T @ ((scale * self.silent)[:, None] * means)
        covariance = self._with_lonely(covariance, psu_sums, involved)
        if self._second is not None:
            fraction = self.design.sampling_fraction[self.psu_stratum]
            covariance += self._second.covariance(scores, fraction)
        return np.asarray(covariance)

    def _with_lonely(self, covariance: FloatArray, psu_sums: FloatArray, involved: BoolArray) -> FloatArray:
        """What the named rule adds for strata of one PSU. Source: docs/methodology.md#lonely-psu."""
        if self.design.lonely not in ("adjust", "average"):
            return covariance
        psus = self.psus_with(involved)
        strata = self._strata_of(psus)
        alone = psus[self.lonely[self.psu_stratum[psus]]]
        if not len(alone):
            return covariance
        if self.design.lonely == "average":
            return covariance * (len(strata) / (len(strata) - len(alone)))
        kept = (1 - self.design.sampling_fraction)[self.psu_stratum[alone]]
        apart = psu_sums[alone] - psu_sums.sum(axis=0) / self.drawn[strata].sum()
        return np.asarray(covariance + apart.T @ (kept[:, None] * apart))


def _incidence(group: IntArray, groups: int) -> sparse.csr_array:
    """A (groups, members) matrix of ones that adds members up by group."""
    return sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))
