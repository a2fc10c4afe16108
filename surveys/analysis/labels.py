"""Columns as they come: labels of strata, PSUs and keys told apart and put in order, gaps found, faulty rows named.

Source: docs/methodology.md#refused-input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from surveys.analysis.outcome import AnalysisRefused

Labels = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NAMED = 10  # a refusal names so many rows or labels, and counts the rest
ROOM = 2**62  # combinations of codes that an integer can tell apart


def refuse_rows(code: str, faulty: Mask, column: str, **values: object) -> None:
    """Raise AnalysisRefused with the first faulty rows (from 0), how many there are and their column, if any is."""
    if faulty.any():
        rows = np.flatnonzero(faulty).tolist()
        raise AnalysisRefused(code, column=column, rows=rows[:NAMED], count=len(rows), **values)


def check_lengths(columns: Mapping[str, Labels], rows: int) -> None:
    """Raise AnalysisRefused table.length unless every column is (rows,)."""
    if wrong := [name for name, column in columns.items() if np.shape(column) != (rows,)]:
        raise AnalysisRefused("table.length", columns=wrong, rows=rows)


def missing_in(column: Labels) -> Mask:
    """What is None, NaN, NaT or pandas' NA (whose comparison with itself is neither true nor false)."""
    if column.dtype != object:
        return np.asarray(column != column)
    return np.array([one is None or type(one).__name__ == "NAType" or one != one for one in column], bool)


def is_count(numbers: ArrayLike, least: int) -> Mask:
    """Which numbers are whole, finite and not below `least`."""
    held = np.asarray(numbers, float)
    return np.asarray(np.isfinite(held) & (held >= least) & (held == np.round(held)))


def labels_of(name: str, given: ArrayLike) -> Labels:
    """Labels as an array, none of them missing; a list is taken as objects, so that NaN among texts is still seen."""
    column = given if isinstance(given, np.ndarray) else np.array(given, dtype=object)
    refuse_rows("table.label_missing", missing_in(column), name)
    return np.array(column.tolist()) if column.dtype == object else column


def key_of(name: str, given: ArrayLike) -> Labels:
    """A key as an array; what is missing is NaN among numbers and None among texts."""
    column = given if isinstance(given, np.ndarray) else np.array(given, dtype=object)
    if column.dtype != object:
        return column
    if not (missing := missing_in(column)).any():
        return np.array(column.tolist())
    numbers = np.array(column[~missing].tolist()).dtype.kind in "iuf"
    texts = [None if gone else one for one, gone in zip(column, missing, strict=True)]
    return numbers_of(name, column) if numbers else np.array(texts, object)


def numbers_of(name: str, given: ArrayLike) -> Numbers:
    """Numbers, NaN for what is missing."""
    try:
        column = np.asarray(given)
        return np.asarray(np.where(missing_in(column), np.nan, column) if column.dtype == object else column, float)
    except (TypeError, ValueError):
        raise AnalysisRefused("table.not_numbers", column=name) from None


def read_only(column: ArrayLike) -> Labels:
    """The same numbers or labels, not to be written through what is given back; nothing is copied."""
    held = np.asarray(column)
    if held.flags.writeable:
        held = held.view()
        held.flags.writeable = False
    return held


@dataclass(frozen=True, eq=False)
class Placed:
    """Where rows stand: `strata` and `psus` are labels, `stratum` and `psu` (rows,) index them."""

    strata: tuple[str, ...]
    stratum: Places
    psus: Labels
    psu: Places

    @classmethod
    def of(cls, stratum: Labels, psu: Labels, declared: Sequence[str] | None, nested: bool) -> Placed:
        """From labels of every row; `declared`: those of the frame, in its order; nested: PSUs begin anew in strata.

        Raises AnalysisRefused: table.unknown_strata, table.strata_twice, table.psu_in_two_strata.
        """
        known, rows = strata_of(stratum, declared)
        psus, psu_rows = np.unique(psu, return_inverse=True)
        if not nested:
            check_one_stratum(psus, psu_rows.reshape(-1), rows)
        return cls(known, rows, psus, psu_rows.reshape(-1).astype(np.int64))


def strata_of(places: Labels, declared: Sequence[str] | None) -> tuple[tuple[str, ...], Places]:
    """The labels of the strata, and which of them each row is in.

    Raises AnalysisRefused: table.unknown_strata, table.strata_twice.
    """
    refuse_twice(tuple(map(str, declared or ())))
    found, rows = np.unique(places, return_inverse=True)
    names = [str(label) for label in found.tolist()]
    ascending = sorted(names, key=int) if all(name.isdecimal() for name in names) else names
    order = {str(label): place for place, label in enumerate(ascending if declared is None else declared)}
    if unknown := [label for label in names if label not in order]:
        raise AnalysisRefused("table.unknown_strata", strata=unknown[:NAMED], count=len(unknown))
    return tuple(order), np.array([order[label] for label in names], np.int64)[rows.reshape(-1)]


def refuse_twice(strata: Sequence[str]) -> None:
    """Raise AnalysisRefused table.strata_twice where two strata have one label."""
    if twice := [label for label, times in Counter(strata).items() if times > 1]:
        raise AnalysisRefused("table.strata_twice", strata=twice[:NAMED], count=len(twice))


def check_one_stratum(psus: Labels, psu: Places, stratum: Places) -> None:
    """Raises AnalysisRefused table.psu_in_two_strata; `psu` indexes the labels `psus`, row by row."""
    first, _ = distinct([psu, stratum])
    twice = np.flatnonzero(np.bincount(psu[first], minlength=len(psus)) > 1)
    if len(twice):
        named = psus[twice[:NAMED]].astype(str).tolist()
        raise AnalysisRefused("table.psu_in_two_strata", psus=named, count=len(twice))


def distinct(columns: Sequence[Labels]) -> tuple[Places, Places]:
    """The first row of each combination that occurs, in ascending order, and the combination of every row."""
    code, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        part, width = _codes(column)
        if size * width > ROOM:
            code = np.unique(code, return_inverse=True)[1].reshape(-1)
            size = int(code.max(initial=0)) + 1
        code, size = code * width + part, size * width
    _, first, rows = np.unique(code, return_index=True, return_inverse=True)
    return first, rows.reshape(-1)


def _codes(column: Labels) -> tuple[Places, int]:
    """Integers that tell the labels of a column apart and keep their order, and one more than the largest."""
    if column.dtype.kind in "iu" and len(column):
        least, most = int(column.min()), int(column.max())
        if most - least < 2**31:
            return column.astype(np.int64) - least, most - least + 1
    if column.dtype == object:  # may have gaps, which are told from an empty text
        column = np.array(
            ["" if gone else f"={one}" for one, gone in zip(column, missing_in(column), strict=True)], str
        )
    labels, codes = np.unique(column, return_inverse=True)
    return codes.reshape(-1).astype(np.int64), max(1, len(labels))
