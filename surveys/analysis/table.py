"""The table of sums that every estimate is made from: rows by stratum, PSU, weighting cell and domain keys.

Source: docs/methodology.md#sufficient-statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from surveys.analysis.labels import (
    Placed,
    check_lengths,
    distinct,
    is_count,
    key_of,
    labels_of,
    missing_in,
    numbers_of,
    read_only,
    refuse_rows,
    refuse_twice,
)
from surveys.analysis.outcome import AnalysisRefused, Definition

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Labels = npt.NDArray[Any]

PARTS = ("n", "wn", "wy", "wyy")
ROUNDING = 1e-9  # relative: sums that were added up in another order may break an inequality by so much


@dataclass(frozen=True, eq=False)
class Variable:
    """Sums over the persons of each row whose answer is there and whose weight is above 0, all of shape (rows,).

    n: how many; wn: their base weights; wy: base weight × value; wyy: base weight × value². Missing is per variable.
    `definition` travels with every figure made of it. The arrays cannot be written through the variable.
    """

    n: FloatArray
    wn: FloatArray
    wy: FloatArray
    wyy: FloatArray
    definition: Definition | None = None

    def __post_init__(self) -> None:
        for part in PARTS:
            object.__setattr__(self, part, read_only(getattr(self, part)))

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
    refusals name, where they are given: `of_units` and `of_totals` make both from labels. count: persons with weight
    above 0; w: sum of base weights (person weight included); ww: sum of their squares, by default w²/count, for Kish's
    deff alone. The arrays cannot be written through the table.

    Raises AnalysisRefused: table.length, table.weight, table.infinite, table.label_missing, table.index (a stratum or
    PSU that is no whole number), table.stratum, table.psus (beyond the labels), table.strata_twice, table.count
    (fractions, below 0, or fewer persons than answered a question), table.nobody (a weight and no persons, or persons
    and no weight, where the row has one), table.squares (a sum of squares that cannot be).
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
        for name in ("stratum", "psu", "count", "w", "ww", "psus"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, read_only(given))
        object.__setattr__(self, "variables", MappingProxyType(dict(self.variables)))
        object.__setattr__(self, "keys", MappingProxyType({name: read_only(key) for name, key in self.keys.items()}))
        sums = {f"{name}.{part}": getattr(v, part) for name, v in self.variables.items() for part in PARTS}
        columns = {"psu": self.psu, "count": self.count, "w": self.w, "ww": self.w if self.ww is None else self.ww}
        check_lengths({**columns, **self.keys, **sums}, len(self.stratum))
        self._check_places()
        refuse_rows("table.weight", ~(np.isfinite(self.w) & (self.w >= 0)), "w")
        refuse_rows("table.count", ~is_count(self.count, 0), "count")
        refuse_rows("table.nobody", (self.count == 0) & (self.w > 0), "count")
        for name, column in sums.items():
            refuse_rows("table.infinite", ~np.isfinite(column), name)
        for name, variable in self.variables.items():
            self._check_variable(name, variable)
        refuse_rows("table.squares", ~_can_be_squares(self.squared_weights, self.w, self.count), "ww")

    def _check_places(self) -> None:
        refuse_twice(self.strata)
        for name, column in (("stratum", self.stratum), ("psu", self.psu)):
            refuse_rows("table.label_missing", missing_in(column), name)
            if column.dtype.kind not in "iu" and len(column):
                raise AnalysisRefused("table.index", column=name, type=str(column.dtype))
        refuse_rows("table.stratum", _beyond(self.stratum, len(self.strata)), "stratum", strata=len(self.strata))
        if self.psus is not None:
            refuse_rows("table.psus", _beyond(self.psu, len(self.psus)), "psu", psus=len(self.psus))

    def _check_variable(self, name: str, variable: Variable) -> None:
        refuse_rows("table.count", ~is_count(variable.n, 0) | (variable.n > self.count), f"{name}.n")
        refuse_rows("table.weight", (variable.wn < 0) | (variable.wn > self.w * (1 + ROUNDING)), f"{name}.wn")
        refuse_rows("table.nobody", ((variable.n == 0) != (variable.wn == 0)) & (self.w > 0), f"{name}.n")
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

        Raises AnalysisRefused: table.length, table.label_missing, table.unknown_strata, table.strata_twice,
        table.psu_in_two_strata, table.weight, table.not_numbers, table.infinite.
        """
        w = numbers_of("weight", weight)
        named = {name: key_of(name, key) for name, key in (keys or {}).items()}
        numbers = {name: numbers_of(name, value) for name, value in values.items()}
        places, clusters = labels_of("stratum", stratum), labels_of("psu", psu)
        check_lengths({"psu": clusters, "weight": w, **named, **numbers}, len(places))
        refuse_rows("table.weight", ~(np.isfinite(w) & (w >= 0)), "weight")
        placed = Placed.of(places, clusters, strata, nested)
        return cls(
            **vars(placed),
            count=(w > 0).astype(float),
            w=w,
            variables={name: _of_values(name, one, w, (definitions or {}).get(name)) for name, one in numbers.items()},
            keys=named,
            ww=w**2,
        )

    @classmethod
    def of_totals(
        cls,
        stratum: ArrayLike,
        psu: ArrayLike,
        count: ArrayLike,
        w: ArrayLike,
        variables: Mapping[str, Variable],
        keys: Mapping[str, ArrayLike] | None = None,
        *,
        ww: ArrayLike | None = None,
        strata: Sequence[str] | None = None,
        nested: bool = False,
    ) -> Table:
        """Sums that were added up elsewhere, with the labels of their strata and PSUs; all as in `of_units`.

        Raises AnalysisRefused: what `of_units` raises of labels and lengths, and the codes of Table.
        """
        counts, weights = numbers_of("count", count), numbers_of("w", w)
        squares = None if ww is None else numbers_of("ww", ww)
        named = {name: key_of(name, key) for name, key in (keys or {}).items()}
        places, clusters = labels_of("stratum", stratum), labels_of("psu", psu)
        check_lengths({"psu": clusters, "count": counts, "w": weights, **named}, len(places))
        placed = Placed.of(places, clusters, strata, nested)
        return cls(**vars(placed), count=counts, w=weights, variables=variables, keys=named, ww=squares)


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


def _beyond(places: IntArray, labels: int) -> BoolArray:
    """Indices for which there is no label."""
    return np.asarray((places < 0) | (places >= labels))


def _can_be_squares(squares: FloatArray, sums: FloatArray, weights: FloatArray) -> BoolArray:
    """Whether Σ w·y² can go with these Σ w·y and Σ w: it is never below (Σ w·y)² / Σ w (Cauchy and Schwarz)."""
    return np.asarray((squares >= 0) & (sums * sums <= squares * weights * (1 + ROUNDING)))


def _of_values(name: str, value: FloatArray, w: FloatArray, definition: Definition | None) -> Variable:
    refuse_rows("table.infinite", np.isinf(value), name)
    there = (w > 0) & ~np.isnan(value)
    y = np.where(there, value, 0.0)
    return Variable(there.astype(float), w * there, w * y, w * y * y, definition)
