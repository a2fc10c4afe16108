"""The cell column read back: each row's answers to margin, domain and weight questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from surveys.analysis.table import FloatArray, IntArray, Labels

MOST_PEOPLE = 4  # the person weight's ceiling, docs/methodology.md#person-weight
NOT_GIVEN = ""


def answers_of(cell: str) -> dict[str, str]:
    """The answer codes of "age=3;sex=1" by question."""
    return dict(part.split("=", 1) for part in cell.split(";") if "=" in part)


def column(cells: Sequence[dict[str, str]], question: str) -> Labels:
    """One question's answer code for every row; NOT_GIVEN where it was not asked."""
    return np.array([cell.get(question, NOT_GIVEN) for cell in cells], dtype=object)


def people(given: Iterable[str], towns: Sequence[str], count: FloatArray) -> tuple[FloatArray, IntArray]:
    """Eligible people of each row's household, at most 4, and which rows had none given.

    A missing number becomes the median of its town, or of all where the town has none; 1 without any.
    """
    numbers = np.array([float(text) if text.isdecimal() and int(text) > 0 else np.nan for text in given], dtype=float)
    missing = np.flatnonzero(np.isnan(numbers))
    place = np.array(towns, dtype=object)
    overall = _median(numbers, count, 1.0)
    medians = {town: _median(numbers[place == town], count[place == town], overall) for town in set(place[missing])}
    for row in missing:
        numbers[row] = medians[place[row]]
    return np.minimum(numbers, MOST_PEOPLE), missing.astype(np.int64)


def _median(numbers: FloatArray, count: FloatArray, otherwise: float) -> float:
    """The median of numbers that `count` households gave each, halfway between two middle ones."""
    known = ~np.isnan(numbers)
    if not known.any():
        return otherwise
    order = np.argsort(numbers[known], kind="stable")
    reached = np.cumsum(count[known][order])
    middle = np.searchsorted(reached, [(reached[-1] + 1) // 2, reached[-1] // 2 + 1])
    return float(numbers[known][order][middle].mean())
