"""The figures of `Estimator` with variances from replicates, each calibrated anew.

Source: docs/methodology.md#replicate-weights.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.estimates.likelihood import Limits, likelihood_limits
from surveys.analysis.estimates.linearise import Asked
from surveys.analysis.estimates.measured import Measured
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.replicates.final import FinalFactors
from surveys.analysis.replicates.recalibration import Recipe
from surveys.analysis.replicates.repeated import Repeated, ReplicateVariance, counted
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import BoolArray, Table


class ReplicateEstimator(Estimator):
    """Estimates from one table and its replicates, with the methods of `Estimator`, for which it can stand in.

    With a recipe the sample and every replicate are weighted by it. The scores of `linear_mean` and its like are
    replicate − estimate, (replicates,). A statistic that some replicate leaves without a member is
    NotEstimable("empty_replicate", replicates=how many).

    Raises AnalysisRefused: as Estimator, and the codes of `Recipe.applied`, `recalibrated` and `Replicates.places`.
    """

    def __init__(
        self,
        table: Table,
        replicates: Replicates,
        recipe: Recipe | None = None,
        level: float = 0.95,
        assumed_icc: float = 0.05,
    ) -> None:
        weighting = recipe.applied(table) if recipe else None
        super().__init__(table, counted(table, replicates), weighting, level, assumed_icc)
        repeated = recipe.as_taken(weighting) if recipe and weighting else None
        self.replicates = replicates
        self._final = FinalFactors.of(table, replicates, repeated)
        self._weighted = Repeated(self._g, None, self._weighted.there, self._final)
        self._psus = ReplicateVariance(table, replicates)
        self._design_df = self._final.rank(self._persons > 0) - 1 if replicates.df is None else replicates.df

    def design_df(self, domain: BoolArray | None = None) -> int:
        """The rank of the replicates over the domain's rows, less one, or of all rows what was declared: R's degf."""
        if domain is None:
            return self._design_df
        return self._final.rank((self._persons > 0) & self.table.domain(domain)) - 1

    def _proportion(self, asked: Asked, one: Measured, interval: str) -> Outcome:
        """As `Estimator` has it, but what rests on the log odds takes their own spread among the replicates.

        Source: docs/methodology.md#intervals-from-replicates.
        """
        outcome = super()._proportion(asked, one, interval)
        if interval not in OF_LOG_ODDS or isinstance(outcome, NotEstimable):
            return outcome
        p, shares = outcome.value, outcome.value + one.statistic.scores
        if not ((shares > 0) & (shares < 1)).all():
            return NotEstimable("interval_undefined", method=interval, value=p).of(one.statistic.definition)
        apart = np.log(shares / (1 - shares)) - math.log(p / (1 - p))
        variance = float(self.replicates.variances(apart[:, None])[0])
        lower, upper = OF_LOG_ODDS[interval](p, variance, t_quantile(self.level, outcome.df))
        return replace(outcome, lower=lower, upper=upper)


def _logit(p: float, variance: float, t: float) -> Limits:
    centre, half = math.log(p / (1 - p)), t * math.sqrt(variance)
    return 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre))


def _likelihood(p: float, variance: float, t: float) -> Limits:
    return likelihood_limits(p, variance * (p * (1 - p)) ** 2, t)


OF_LOG_ODDS = {"logit": _logit, "likelihood": _likelihood}
