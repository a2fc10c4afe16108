"""Sums by key from one place or part, and their addition in an order that does not depend on who was first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Labels

Counts = npt.NDArray[Any]
MOST_PERSONS = np.uint32  # of one row


@dataclass(frozen=True, eq=False)
class Partial:
    """One row for each combination of keys that occurs, in any order.

    keys: by name, (rows,), texts or numbers without a gap; numbers: sums, (rows, sums); counts: of persons, whole
    numbers of the smallest type that holds them, (rows, counts).
    """

    keys: Mapping[str, Labels]
    numbers: FloatArray
    counts: Counts

    def __len__(self) -> int:
        return len(self.numbers)


def bounded(partial: Partial, most_rows: int, part: str) -> Partial:
    """The same, unless it has more rows than may leave a part: that would be people, not sums.

    Raises AnalysisRefused totals.too_many_rows.
    """
    if len(partial) > most_rows:
        raise AnalysisRefused("totals.too_many_rows", part=part, rows=len(partial), most=most_rows)
    return partial


def added(partials: Sequence[Partial]) -> Partial:
    """All parts as one table, in ascending order of its keys; what shares a key is added in the order of the parts.

    Float addition is not associative: the same parts in the same order give the same bits.
    """
    names = list(partials[0].keys)
    keys = {name: np.concatenate([part.keys[name] for part in partials]) for name in names}
    numbers = np.concatenate([part.numbers for part in partials])
    counts = np.concatenate([part.counts for part in partials])
    codes = [_codes(keys[name]) for name in names]
    order = np.lexsort(codes[::-1]) if codes else np.zeros(len(numbers), np.int64)
    differs = _differs([code[order] for code in codes], len(order))
    begins, numbers, counts = np.flatnonzero(differs), numbers[order], counts[order]
    if len(begins) < len(order):
        rows = np.cumsum(differs) - 1
        numbers = np.column_stack([np.bincount(rows, column, len(begins)) for column in numbers.T])  # one after another
        counts = np.add.reduceat(counts, begins, axis=0, dtype=MOST_PERSONS)
    return Partial({name: keys[name][order[begins]] for name in names}, numbers, smallest(counts))


def smallest(counts: Counts) -> Counts:
    """The same counts in the smallest type that holds them: a wave has two hundred columns of them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))), copy=False)


def _codes(column: Labels) -> IntArray:
    """Integers in the order of the labels. A look-up: sorting a hundred thousand texts is slower."""
    if column.dtype != object:
        return np.unique(column, return_inverse=True)[1].reshape(-1).astype(np.int64)
    labels = column.tolist()
    rank = {label: place for place, label in enumerate(sorted(set(labels)))}
    return np.fromiter(map(rank.__getitem__, labels), np.int64, len(labels))


def _differs(codes: Sequence[IntArray], rows: int) -> BoolArray:
    """Whether a row begins a new combination of keys."""
    differs: BoolArray = np.equal(np.arange(rows), 0)
    for code in codes:
        differs[1:] |= code[1:] != code[:-1]
    return differs
