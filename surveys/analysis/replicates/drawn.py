"""The PSUs that replicates are made over: which answered, in which stratum, out of how many drawn.

Source: docs/methodology.md#replicate-weights.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.variance import PsuVariance
from surveys.analysis.labels import NAMED, distinct
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, IntArray, Table


@dataclass(frozen=True, eq=False)
class DrawnPsus:
    """The answering PSUs of a table under a design.

    psus (psus, 2): stratum and PSU; stratum (psus,): the stratum they are compared in, its neighbour under "collapse";
    place (psus,): 0, 1, … inside that stratum; drawn, fraction (strata,): PSUs drawn, silent ones too, and the share
    of the population that is; row (rows,): the PSU of each row; labels: names of the strata.
    """

    psus: IntArray
    stratum: IntArray
    place: IntArray
    drawn: IntArray
    fraction: FloatArray
    row: IntArray
    labels: tuple[str, ...]
    table: Table
    design: Design

    @classmethod
    def of(cls, table: Table, design: Design) -> DrawnPsus:
        """Raises AnalysisRefused: the codes of PsuVariance."""
        known = PsuVariance(table, design)
        first, _ = distinct([table.stratum, table.psu])
        psus = np.stack([table.stratum[first], table.psu[first]], axis=1)
        drawn = known.drawn.astype(np.int64)
        fraction = design.sampling_fraction
        place = _place(known.psu_stratum)
        return cls(psus, known.psu_stratum, place, drawn, fraction, known.row_psu, table.strata, table, design)

    @property
    def strata(self) -> IntArray:
        """The strata in which a PSU answered."""
        return np.unique(self.stratum)

    @property
    def every(self) -> IntArray:
        """All strata in which a PSU was drawn, the silent ones too."""
        return np.flatnonzero(self.drawn)

    @property
    def lonely(self) -> IntArray:
        """Those of one PSU drawn that was not certain to be drawn, whether it answered or not."""
        strata = self.every
        return np.asarray(strata[(self.drawn[strata] == 1) & (self.fraction[strata] < 1)])

    def refuse_lonely(self, kind: str, allowed: Collection[str]) -> None:
        """Raises AnalysisRefused: replicates.one_psu, and replicates.lonely_rule where `kind` has no such rule."""
        rule = self.design.lonely
        if not len(self.lonely):
            return
        if rule in ("fail", "collapse"):
            raise AnalysisRefused("replicates.one_psu", strata=self.names(self.lonely))
        if rule not in allowed:
            raise AnalysisRefused("replicates.lonely_rule", kind=kind, rule=rule)

    def psu_names(self, psus: IntArray) -> list[str]:
        """stratum/PSU of the first of these rows of `psus`."""
        return [f"{self.labels[h]}/{self.table.psu_name(psu)}" for h, psu in self.psus[psus[:NAMED]].tolist()]

    def names(self, strata: IntArray) -> list[str]:
        return [self.labels[stratum] for stratum in strata]


def _place(stratum: IntArray) -> IntArray:
    order = np.argsort(stratum, kind="stable")
    starts = np.searchsorted(stratum[order], stratum[order])
    place = np.empty(len(stratum), np.int64)
    place[order] = np.arange(len(stratum)) - starts
    return place
