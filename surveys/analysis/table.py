"""The table of sums that every estimate is made from: rows by stratum, PSU, weighting cell and domain keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from surveys.analysis.outcome import AnalysisRefused, Definition

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Labels = npt.NDArray[Any]

PARTS = ("n", "wn", "wy", "wyy")
NAMED = 10  # a refusal names so many rows or labels, and counts the rest
ROOM = 2**62  # combinations of codes that an integer can tell apart
ROUNDING = 1e-9  # relative: sums that were added up in another order may break an inequality by so much


@dataclass(frozen=True, eq=False)
class Variable:
    """Sums over the persons of each row whose answer is there and whose weight is above 0, all of shape (rows,).

    n: how many; wn: their base weights; wy: base weight × value; wyy: base weight × value². Missing is per variable.
    `definition` travels with every figure made of it.
    """

    n: FloatArray
    wn: FloatArray
    wy: FloatArray
    wyy: FloatArray
    definition: Definition | None = None

    @classmethod
    def binary(cls, n: ArrayLike, wn: ArrayLike, wy: ArrayLike, definition: Definition | None = None) -> Variable:
        """A variable whose values are 0 and 1, so that its square is itself."""
        sums = np.asarray(wy, float)
        return cls(np.asarray(n, float), np.asarray(wn, float), sums, sums, definition)

    def changed(self, change: Callable[[FloatArray], FloatArray]) -> Variable:
        """The variable over other rows: every sum changed alike, the definition kept."""
        return Variable(change(self.n), change(self.wn), change(self.wy), change(self.wyy), self.definition)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of persons who share stratum, PSU and every key; one person a row is the special case.

    Constant within a row must be whatever a margin or a domain mask is made of (the keys); base weights may differ.
    `stratum` indexes `strata`; `psu` needs to be unique within its stratum only, and indexes `psus`, the labels that
    refusals name, where they are given. count: persons with weight above 0; w: sum of base weights (person weight
    included); ww: sum of their squares, by default w²/count, for Kish's deff alone.

    Raises AnalysisRefused: table.length, table.weight, table.stratum, table.infinite, table.count (fractions, below 0,
    or fewer persons than answered a question), table.squares (a sum of squares that cannot be).
    """

    strata: tuple[str, ...]
    stratum: IntArray
    psu: IntArray
    count: FloatArray
    w: FloatArray
    variables: Mapping[str, Variable] = field(default_factory=dict)
    keys: Mapping[str, Labels] = field(default_factory=dict)
    ww: FloatArray | None = None
    psus: Labels | None = None

    def __post_init__(self) -> None:
        sums = {f"{name}.{part}": getattr(v, part) for name, v in self.variables.items() for part in PARTS}
        columns = {"psu": self.psu, "count": self.count, "w": self.w, "ww": self.w if self.ww is None else self.ww}
        _check_lengths({**columns, **self.keys, **sums}, len(self.stratum))
        refuse_rows("table.weight", ~(np.isfinite(self.w) & (self.w >= 0)), "w")
        refuse_rows("table.count", ~is_count(self.count, 0), "count")
        if len(self.stratum) and (self.stratum.min() < 0 or self.stratum.max() >= len(self.strata)):
            raise AnalysisRefused("table.stratum", strata=len(self.strata))
        for name, column in sums.items():
            refuse_rows("table.infinite", ~np.isfinite(column), name)
        for name, variable in self.variables.items():
            self._check_variable(name, variable)
        refuse_rows("table.squares", ~_can_be_squares(self.squared_weights, self.w, self.count), "ww")

    def _check_variable(self, name: str, variable: Variable) -> None:
        refuse_rows("table.count", ~is_count(variable.n, 0) | (variable.n > self.count), f"{name}.n")
        refuse_rows("table.weight", (variable.wn < 0) | (variable.wn > self.w * (1 + ROUNDING)), f"{name}.wn")
        refuse_rows("table.squares", ~_can_be_squares(variable.wyy, variable.wy, variable.wn), f"{name}.wyy")

    @property
    def squared_weights(self) -> FloatArray:
        return self.w**2 / np.maximum(self.count, 1) if self.ww is None else self.ww

    def variable(self, name: str) -> Variable:
        """A variable by name. Raises AnalysisRefused table.no_variable, which lists those there are."""
        if name not in self.variables:
            raise AnalysisRefused("table.no_variable", name=name, known=sorted(self.variables))
        return self.variables[name]

    def key(self, name: str) -> Labels:
        """A key column (rows,) by name. Raises AnalysisRefused table.no_key."""
        if name not in self.keys:
            raise AnalysisRefused("table.no_key", name=name, known=sorted(self.keys))
        return self.keys[name]

    def psu_name(self, psu: int) -> str:
        """The label of a PSU, or its number where the table has no labels."""
        return str(psu if self.psus is None else self.psus[psu])

    def members(self, mask: BoolArray | None = None) -> Variable:
        """The variable that is 1 for everybody in `mask` and 0 for the rest: its total estimates a population."""
        inside = np.ones(len(self.w)) if mask is None else self.domain(mask).astype(float)
        return Variable.binary(self.count, self.w, self.w * inside)

    def domain(self, mask: BoolArray) -> BoolArray:
        """The mask, if it is one over the rows. Raises AnalysisRefused domain.type and domain.length."""
        if np.asarray(mask).dtype != np.bool_:
            raise AnalysisRefused("domain.type", type=str(np.asarray(mask).dtype))
        if np.shape(mask) != self.w.shape:
            raise AnalysisRefused("domain.length", length=list(np.shape(mask)), rows=len(self.w))
        return mask

    @classmethod
    def of_units(
        cls,
        stratum: ArrayLike,
        psu: ArrayLike,
        weight: ArrayLike,
        values: Mapping[str, ArrayLike],
        keys: Mapping[str, ArrayLike] | None = None,
        *,
        strata: Sequence[str] | None = None,
        nested: bool = False,
        definitions: Mapping[str, Definition] | None = None,
    ) -> Table:
        """One person a row; NaN, None or NA in `values` is a missing answer. Strata and PSUs may be any labels.

        strata: the labels of the frame, in its order, also of strata from which nobody answered; without it those that
        occur, ascending (whole numbers by size, also as texts). nested: PSU labels begin anew in every stratum; without
        it a PSU in two strata is refused, as R does. Keys may have gaps: NaN among numbers, None among texts.

        Raises AnalysisRefused: table.length, table.label_missing, table.unknown_strata, table.psu_in_two_strata,
        table.weight, table.not_numbers, table.infinite.
        """
        w = _numbers("weight", weight)
        named = {name: _key(name, key) for name, key in (keys or {}).items()}
        numbers = {name: _numbers(name, value) for name, value in values.items()}
        places, clusters = _labels("stratum", stratum), _labels("psu", psu)
        _check_lengths({"psu": clusters, "weight": w, **named, **numbers}, len(places))
        refuse_rows("table.weight", ~(np.isfinite(w) & (w >= 0)), "weight")
        known, rows = _strata(places, strata)
        psus, psu_rows = np.unique(clusters, return_inverse=True)
        if not nested:
            check_one_stratum(psus, psu_rows.reshape(-1), rows)
        return cls(
            strata=known,
            stratum=rows,
            psu=psu_rows.reshape(-1).astype(np.int64),
            count=(w > 0).astype(float),
            w=w,
            variables={name: _of_values(name, one, w, (definitions or {}).get(name)) for name, one in numbers.items()},
            keys=named,
            ww=w**2,
            psus=psus,
        )


def refuse_rows(code: str, faulty: BoolArray, column: str) -> None:
    """Raise AnalysisRefused with the first faulty rows (from 0), how many there are and their column, if any is."""
    if faulty.any():
        rows = np.flatnonzero(faulty).tolist()
        raise AnalysisRefused(code, column=column, rows=rows[:NAMED], count=len(rows))


def distinct(columns: Sequence[Labels]) -> tuple[IntArray, IntArray]:
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


def grouped(table: Table, keys: Sequence[str]) -> Table:
    """The same table with rows added up that share stratum, PSU and the named keys; other keys are dropped."""
    first, rows = distinct([table.stratum, table.psu, *(table.key(name) for name in keys)])

    def summed(column: FloatArray) -> FloatArray:
        return np.bincount(rows, column, len(first)).astype(float)

    return Table(
        strata=table.strata,
        stratum=table.stratum[first],
        psu=table.psu[first],
        count=summed(table.count),
        w=summed(table.w),
        variables={name: variable.changed(summed) for name, variable in table.variables.items()},
        keys={name: table.keys[name][first] for name in keys},
        ww=summed(table.squared_weights),
        psus=table.psus,
    )


def _codes(column: Labels) -> tuple[IntArray, int]:
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


def _check_lengths(columns: Mapping[str, Labels], rows: int) -> None:
    if wrong := [name for name, column in columns.items() if np.shape(column) != (rows,)]:
        raise AnalysisRefused("table.length", columns=wrong, rows=rows)


def _labels(name: str, given: ArrayLike) -> Labels:
    """Labels as an array, none of them missing; a list is taken as objects, so that NaN among texts is still seen."""
    column = given if isinstance(given, np.ndarray) else np.array(given, dtype=object)
    refuse_rows("table.label_missing", missing_in(column), name)
    return np.array(column.tolist()) if column.dtype == object else column


def _key(name: str, given: ArrayLike) -> Labels:
    """A key as an array; what is missing is NaN among numbers and None among texts."""
    column = given if isinstance(given, np.ndarray) else np.array(given, dtype=object)
    if column.dtype != object:
        return column
    if not (missing := missing_in(column)).any():
        return np.array(column.tolist())
    numbers = np.array(column[~missing].tolist()).dtype.kind in "iuf"
    texts = [None if gone else one for one, gone in zip(column, missing, strict=True)]
    return _numbers(name, column) if numbers else np.array(texts, object)


def missing_in(column: Labels) -> BoolArray:
    """What is None, NaN, NaT or pandas' NA (whose comparison with itself is neither true nor false)."""
    if column.dtype != object:
        return np.asarray(column != column)
    return np.array([one is None or type(one).__name__ == "NAType" or one != one for one in column], bool)


def _numbers(name: str, given: ArrayLike) -> FloatArray:
    """Numbers, NaN for what is missing."""
    try:
        column = np.asarray(given)
        return np.asarray(np.where(missing_in(column), np.nan, column) if column.dtype == object else column, float)
    except (TypeError, ValueError):
        raise AnalysisRefused("table.not_numbers", column=name) from None


def is_count(numbers: ArrayLike, least: int) -> BoolArray:
    """Which numbers are whole, finite and not below `least`."""
    held = np.asarray(numbers, float)
    return np.asarray(np.isfinite(held) & (held >= least) & (held == np.round(held)))


def _can_be_squares(squares: FloatArray, sums: FloatArray, weights: FloatArray) -> BoolArray:
    """Whether Σ w·y² can go with these Σ w·y and Σ w: it is never below (Σ w·y)² / Σ w (Cauchy and Schwarz)."""
    return np.asarray((squares >= 0) & (sums * sums <= squares * weights * (1 + ROUNDING)))


def _strata(places: Labels, declared: Sequence[str] | None) -> tuple[tuple[str, ...], IntArray]:
    """The labels of the strata, and which of them each row is in."""
    found, rows = np.unique(places, return_inverse=True)
    names = [str(label) for label in found.tolist()]
    ascending = sorted(names, key=int) if all(name.isdecimal() for name in names) else names
    order = {str(label): place for place, label in enumerate(ascending if declared is None else declared)}
    if unknown := [label for label in names if label not in order]:
        raise AnalysisRefused("table.unknown_strata", strata=unknown[:NAMED], count=len(unknown))
    return tuple(order), np.array([order[label] for label in names], np.int64)[rows.reshape(-1)]


def check_one_stratum(psus: Labels, psu: IntArray, stratum: IntArray) -> None:
    """Raises AnalysisRefused table.psu_in_two_strata; `psu` indexes the labels `psus`, row by row."""
    first, _ = distinct([psu, stratum])
    twice = np.flatnonzero(np.bincount(psu[first], minlength=len(psus)) > 1)
    if len(twice):
        named = psus[twice[:NAMED]].astype(str).tolist()
        raise AnalysisRefused("table.psu_in_two_strata", psus=named, count=len(twice))


def _of_values(name: str, value: FloatArray, w: FloatArray, definition: Definition | None) -> Variable:
    refuse_rows("table.infinite", np.isinf(value), name)
    there = (w > 0) & ~np.isnan(value)
    y = np.where(there, value, 0.0)
    return Variable(there.astype(float), w * there, w * y, w * y * y, definition)
