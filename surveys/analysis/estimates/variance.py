"""The Taylor variance by ultimate clusters: how the PSU sums of a linearised statistic vary inside their strata.

Source: docs/methodology.md#variance.
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.second_stage import SsuVariance, incidence
from surveys.analysis.labels import distinct
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table

NO_VARIANCE = ("fail", "collapse", "average")  # rules that leave a lonely PSU alone when there is no other


class PsuVariance:
    """The PSUs and strata of one table under one design, found once and used for every estimate.

    `members` and `involved` are masks (rows, k), a column for each of k statistics: who is observed, and which rows
    enter it (all of them after calibration; one column then stands for all statistics).

    Raises AnalysisRefused: design.strata and design.unknown_strata (the design knows other strata than the table),
    design.too_few_drawn (more PSUs answered than were drawn), and the codes of SsuVariance.
    """

    def __init__(self, table: Table, design: Design) -> None:
        check_design(table, design)
        first, self.row_psu = distinct([table.stratum, table.psu])
        self.design, self.labels = design, table.strata
        own = table.stratum[first]
        check_drawn(table, design, own)
        joined = design.variance_strata()
        self.psu_stratum: IntArray = joined[own]
        self.drawn = np.bincount(joined, design.psus_drawn, len(joined))
        answering = np.bincount(self.psu_stratum, minlength=len(joined))
        self.silent, self._answered = self.drawn - answering, answering > 0
        self.ruled = _where_rule_acts(design, joined)
        self._rows_to_psus = incidence(self.row_psu, len(first))
        self._psus_to_strata = incidence(self.psu_stratum, len(joined))
        names = [table.psu_name(psu) for psu in table.psu[first].tolist()] if design.second else []
        self._second = SsuVariance(self.row_psu, design.second, names) if design.second else None

    @property
    def lonely(self) -> BoolArray:
        return np.asarray((self.drawn == 1) & (self.design.sampling_fraction < 1))

    def taken_whole(self, involved: BoolArray) -> BoolArray:
        """Whether all that enters each statistic was taken, and not sampled: (k,)."""
        psus = self.psus_with(involved)
        sampled = self._entering(psus) & (self.design.sampling_fraction < 1)[:, None]
        inside = self._second.sampled(psus) if self._second else np.zeros(psus.shape[1], bool)
        return np.asarray(~sampled.any(axis=0) & ~inside)

    def degrees_of_freedom(self, members: BoolArray) -> IntArray:
        """PSUs with a member minus strata with one, (k,). Source: docs/methodology.md#degrees-of-freedom."""
        psus = self.psus_with(members)
        return np.asarray(psus.sum(axis=0) - self._strata_of(psus).sum(axis=0))

    def psus_with(self, rows: BoolArray) -> BoolArray:
        """The PSUs that hold one of these rows: (psus, k)."""
        return np.asarray(self._rows_to_psus @ rows.astype(float)) > 0

    def _strata_of(self, psus: BoolArray) -> BoolArray:
        return np.asarray(self._psus_to_strata @ psus.astype(float)) > 0

    def _entering(self, psus: BoolArray) -> BoolArray:
        """The strata (strata, k) of these PSUs; where those are all that answered, the design's silent ones too."""
        strata = self._strata_of(psus)
        silent = ~self._answered & (self.drawn > 0)
        return np.asarray(strata | silent[:, None] & strata[self._answered].all(axis=0))

    def refusals(self, involved: BoolArray) -> list[NotEstimable | None]:
        """Why the design gives no variance for each statistic; None where it does."""
        psus = self.psus_with(involved)
        strata = self._entering(psus)
        alone = strata & self.lonely[:, None] & (self.design.lonely in NO_VARIANCE)
        if self.design.lonely == "average":  # refused only where there is nothing to take the average of
            alone &= ~np.any(strata & ~self.lonely[:, None], axis=0)
        single = self._second.lonely(psus) if self._second else np.zeros(psus.shape[1], bool)
        return [self._refusal(np.flatnonzero(alone[:, column]), bool(one)) for column, one in enumerate(single)]

    def _refusal(self, alone: IntArray, single: bool) -> NotEstimable | None:
        if len(alone):
            return NotEstimable("one_psu", strata=tuple(self.labels[stratum] for stratum in alone))
        return NotEstimable("one_ssu") if single else None

    def lonely_rules(self, involved: BoolArray) -> list[str]:
        """The rule for lonely PSUs where it acted on a statistic, "" where it did not."""
        strata = self._entering(self.psus_with(involved)) & self.ruled[:, None]
        return [self.design.lonely if column.any() else "" for column in strata.T]

    def variances(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """The variances (k,) of k statistics from their scores (rows, k)."""
        return np.asarray((self._deviations(scores, involved) ** 2).sum(axis=0))

    def covariance(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """The covariance matrix (k, k); `involved` (rows, 1) are the rows that enter any of the statistics."""
        apart = self._deviations(scores, involved)
        return np.asarray(np.einsum("mk,ml->kl", apart, apart))  # not by BLAS, see `Projection.explained`

    def _deviations(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """Columns (m, k) whose squares and products add up to variances and covariances.

        Every PSU drawn counts: one without a row is a zero, as far from its stratum's mean as that is from 0.
        """
        psu_sums = np.asarray(self._rows_to_psus @ scores)
        means = np.asarray(self._psus_to_strata @ psu_sums) / np.maximum(self.drawn, 1)[:, None]
        kept = 1 - self.design.sampling_fraction
        scale = np.where(self.drawn > 1, kept * self.drawn / np.maximum(self.drawn - 1, 1), 0.0)
        apart = [
            np.sqrt(scale)[self.psu_stratum, None] * (psu_sums - means[self.psu_stratum]),
            np.sqrt(scale * self.silent)[:, None] * means,
        ]
        if self.lonely.any():
            apart = self._with_lonely(apart, psu_sums, self.psus_with(involved))
        if self._second is not None:
            apart.append(self._second.deviations(scores, self.design.sampling_fraction[self.psu_stratum]))
        return np.concatenate(apart)

    def _with_lonely(self, apart: list[FloatArray], psu_sums: FloatArray, psus: BoolArray) -> list[FloatArray]:
        """What the named rule adds for strata of one PSU. Source: docs/methodology.md#lonely-psu."""
        strata = self._entering(psus)
        if self.design.lonely == "average":
            others = np.maximum((strata & ~self.lonely[:, None]).sum(axis=0), 1)
            return [np.sqrt(strata.sum(axis=0) / others) * part for part in apart]
        if self.design.lonely == "adjust":
            centre = psu_sums.sum(axis=0) / np.maximum((self.drawn[:, None] * strata).sum(axis=0), 1)
            alone, kept = psus & self.lonely[self.psu_stratum, None], np.sqrt(1 - self.design.sampling_fraction)
            silent = strata & (self.lonely & ~self._answered)[:, None]  # their one PSU is a zero
            return [*apart, kept[self.psu_stratum, None] * alone * (psu_sums - centre), kept[:, None] * silent * centre]
        return apart


def check_design(table: Table, design: Design) -> None:
    """Raise AnalysisRefused unless the design is one of the table's strata, in their order."""
    if len(design.psus_drawn) != len(table.strata):
        raise AnalysisRefused("design.strata", design=len(design.psus_drawn), table=len(table.strata))
    if design.strata and design.strata != table.strata:
        apart = [place for place, label in enumerate(table.strata) if design.strata[place] != label]
        ours, theirs = ([strata[place] for place in apart] for strata in (table.strata, design.strata))
        raise AnalysisRefused("design.unknown_strata", table=ours, design=theirs)


def check_drawn(table: Table, design: Design, psu_stratum: IntArray) -> None:
    """Raise AnalysisRefused where more PSUs answered in a stratum than were drawn."""
    answering = np.bincount(psu_stratum, minlength=len(table.strata))
    if (answering > design.psus_drawn).any():
        strata = [table.strata[stratum] for stratum in np.flatnonzero(answering > design.psus_drawn)]
        raise AnalysisRefused("design.too_few_drawn", strata=strata)


def _where_rule_acts(design: Design, joined: IntArray) -> BoolArray:
    """The strata, after collapsing, that hold a lonely PSU's stratum: (strata,)."""
    acts = np.zeros(len(joined), bool)
    acts[joined[design.lonely_strata]] = True
    return acts
