"""Statistics computed in the sample and again in every replicate, in place of linearised ones.

Source: docs/methodology.md#replicate-weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.linearise import Asked, Statistics, Weighted
from surveys.analysis.estimates.variance import PsuVariance
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.replicates.final import FinalFactors
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table


@dataclass(frozen=True, eq=False)
class Repeated(Weighted):
    """Stands where `Estimator` linearises: the scores (replicates, k) are replicate − estimate.

    They add up in contrasts and covariances as linearised scores do. What some replicate leaves without a member is
    refused: empty_replicate (replicates: how many).
    """

    final: FinalFactors

    def statistics(self, asked: Sequence[Asked]) -> Statistics:
        whole = super().statistics(asked)
        above = self.final.sums([one.above_sums for one in asked])
        below, empty = self._below(asked)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = above / below - whole.value
        refused = [
            why or (NotEstimable("empty_replicate", replicates=int(missing)) if missing else None)
            for why, missing in zip(whole.refused, empty, strict=True)
        ]
        return replace(whole, scores=scores, refused=tuple(refused))

    def _below(self, asked: Sequence[Asked]) -> tuple[FloatArray, IntArray]:
        """What replicates divide by (replicates, k), 1 for totals, and in how many there is nothing to divide by."""
        sums = [one.below_sums for one in asked]
        ratios = np.array([column is not None for column in sums])
        below = np.ones((self.final.factors.shape[1], len(asked)))
        if ratios.any():
            below[:, ratios] = self.final.sums([column for column in sums if column is not None])
        return below, np.asarray((below == 0).sum(axis=0), np.int64)


class ReplicateVariance(PsuVariance):
    """Stands where `Estimator` has its Taylor variance; PSUs and strata are counted for degrees of freedom alone."""

    def __init__(self, table: Table, replicates: Replicates) -> None:
        super().__init__(table, counted(table, replicates))
        self._replicates = replicates

    def degrees_of_freedom(self, members: BoolArray) -> IntArray:
        """As declared with the replicates, else PSUs minus strata with a member: (k,)."""
        declared = self._replicates.df
        return super().degrees_of_freedom(members) if declared is None else np.full(members.shape[1], declared)

    def refusals(self, involved: BoolArray) -> list[NotEstimable | None]:
        """None: lonely PSUs were refused, or dealt with, when the replicates were made."""
        return [None] * involved.shape[1]

    def lonely_rules(self, involved: BoolArray) -> list[str]:
        """The rule by which the replicates were made, where it acted."""
        return super().lonely_rules(involved) if self._replicates.design else [""] * involved.shape[1]

    def variances(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """The variances (k,) from scores (replicates, k)."""
        return self._replicates.variances(scores)

    def covariance(self, scores: FloatArray, involved: BoolArray) -> FloatArray:
        """The covariance matrix (k, k) from scores (replicates, k)."""
        return self._replicates.covariance(scores)


def counted(table: Table, replicates: Replicates) -> Design:
    """The design whose PSUs and strata are counted: the one the replicates come from, else that of the table."""
    return Design.of_table(table) if replicates.design is None else replace(replicates.design, second=None)
