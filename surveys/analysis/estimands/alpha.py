"""Cronbach's alpha: how far the items of a scale go together in the population.

Source: docs/methodology.md#cronbach-alpha (Cronbach 1951).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from surveys.analysis.estimands.spread import linear_variance
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.estimates.pairs import called
from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Variable


def cronbach_alpha(
    estimator: Estimator,
    items: Sequence[str | Variable],
    score: str | Variable,
    domain: BoolArray | None = None,
) -> Estimate | NotEstimable:
    """Weighted alpha of at least two items and of the score that is their sum, with a t interval: R's `svycralpha`.

    Items and score must be observed for the same persons (those who answered all items); an item may be constant.
    Raises AnalysisRefused: alpha.items (fewer than two), alpha.persons (an item that others answered), alpha.score (it
    is not the sum); both with the first rows. NotEstimable "no_variation" where the score does not vary.
    """
    *parts, whole = _observed_together(estimator, items, score)
    variance = linear_variance(estimator, whole, domain)
    if isinstance(variance, NotEstimable):
        return variance
    of_items = [linear_variance(estimator, part, domain) for part in parts]
    varying = [one for one in of_items if isinstance(one, Linearised)]
    return estimator.contrast([(1.0, _linear_alpha(len(parts), varying, variance))])


def _observed_together(estimator: Estimator, items: Sequence[str | Variable], score: str | Variable) -> list[Variable]:
    if len(items) < 2:
        raise AnalysisRefused("alpha.items", items=len(items))
    chosen = [estimator.table.variable(one) if isinstance(one, str) else one for one in (*items, score)]
    *parts, whole = chosen
    for item, part in zip(items, parts, strict=True):
        refuse_rows("alpha.persons", part.n != whole.n, called(item), score=called(score))
    apart = ~np.isclose(np.sum([part.wy for part in parts], axis=0), whole.wy)
    refuse_rows("alpha.score", apart, called(score), items=[called(item) for item in items])
    return chosen


def _linear_alpha(items: int, parts: Sequence[Linearised], whole: Linearised) -> Linearised:
    """k/(k − 1)·(1 − Σ item variances / variance of the score), a function of a ratio."""
    share = sum(part.value for part in parts) / whole.value
    scale = items / (items - 1)
    scores = np.sum([part.scores for part in parts], axis=0) - share * whole.scores
    return replace(whole, value=scale * (1 - share), scores=-scale * scores / whole.value)
