"""A case's panel score and its grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from surveys.instrument.indicators import Grade, Indicator

MOST_ITEMS = 1000


def panel_score(indicator: Indicator, by_group: Mapping[str, Sequence[float]]) -> Fraction | None:
    """S = Σ ω_g · mean of group g / Σ ω_g over the groups with an evaluator; None without any.

    Takes the evaluators' scores by group code, and is exact: a stored score is a ratio of small whole numbers, so its
    nearest such ratio is the score before it was rounded to a float. Raises KeyError for a group not declared.
    Source: docs/methodology.md#case-score
    """
    means = {
        indicator.groups[code]: sum(map(_exact, scores), Fraction()) / len(scores)
        for code, scores in by_group.items()
        if scores
    }
    if not means:
        return None
    return sum((group.weight * mean for group, mean in means.items()), Fraction()) / sum(g.weight for g in means)


def grade_of(indicator: Indicator, score: Fraction | float) -> Grade:
    """The grade of the unrounded score; a confirmed veto is the caller's affair and gives the last grade."""
    return next(grade for grade in indicator.grades if score >= grade.lowest)


def _exact(score: float) -> Fraction:
    return Fraction(score).limit_denominator(MOST_ITEMS)
