"""The table of sums that every estimate is made from: rows by stratum, PSU, weighting cell and domain keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.outcome import AnalysisRefused

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Labels = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Variable:
    """Sums over the persons of each row whose answer is there and whose weight is above 0, all of shape (rows,).

    n: how many; wn: their base weights; wy: base weight × value; wyy: base weight × value². Missing is per variable.
    """

    n: FloatArray
    wn: FloatArray
    wy: FloatArray
    wyy: FloatArray

    @classmethod
    def binary(cls, n: npt.ArrayLike, wn: npt.ArrayLike, wy: npt.ArrayLike) -> Variable:
        """A variable whose values are 0 and 1, so that its square is itself."""
        sums = np.asarray(wy, float)
        return cls(np.asarray(n, float), np.asarray(wn, float), sums, sums)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of persons who share stratum, PSU and every key; one person a row is the special case.

    Constant within a row must be whatever a margin or a domain mask is made of (the keys). Base weights may differ
    within a row: only their sums enter. `stratum` indexes `strata`; `psu` needs to be unique within its stratum only.
    count: persons with weight above 0; w: sum of base weights (person weight included); ww: sum of their squares,
    by default w²/count, exact when the weight is constant within a row; it is used for Kish's deff alone.

    Raises AnalysisRefused: table.length, table.weight, table.stratum.
    """

    strata: tuple[str, ...]
    stratum: IntArray
    psu: IntArray
    count: FloatArray
    w: FloatArray
    variables: Mapping[str, Variable] = field(default_factory=dict)
    keys: Mapping[str, Labels] = field(default_factory=dict)
    ww: FloatArray | None = None

    def __post_init__(self) -> None:
        columns: dict[str, npt.NDArray[Any]] = {"psu": self.psu, "count": self.count, "w": self.w, **self.keys}
        columns.update({f"{name}.{part}": getattr(v, part) for name, v in self.variables.items() for part in PARTS})
        if wrong := [name for name, column in columns.items() if len(column) != len(self.stratum)]:
            raise AnalysisRefused("table.length", columns=wrong, rows=len(self.stratum))
        if not (np.isfinite(self.w).all() and (self.w >= 0).all()):
            raise AnalysisRefused("table.weight", rows=np.flatnonzero(~(self.w >= 0) | ~np.isfinite(self.w)).tolist())
        if len(self.stratum) and (self.stratum.min() < 0 or self.stratum.max() >= len(self.strata)):
            raise AnalysisRefused("table.stratum", strata=len(self.strata))

    @property
    def squared_weights(self) -> FloatArray:
        return self.w**2 / np.maximum(self.count, 1) if self.ww is None else self.ww

    def members(self, mask: BoolArray | None = None) -> Variable:
        """The variable that is 1 for everybody in `mask` and 0 for the rest: its total estimates a population."""
        inside = np.ones(len(self.w)) if mask is None else mask.astype(float)
        return Variable.binary(self.count, self.w, self.w * inside)

    @classmethod
    def of_units(
        cls,
        stratum: npt.ArrayLike,
        psu: npt.ArrayLike,
        weight: npt.ArrayLike,
        values: Mapping[str, npt.ArrayLike],
        keys: Mapping[str, npt.ArrayLike] | None = None,
    ) -> Table:
        """One person a row; NaN in `values` is a missing answer. Strata and PSUs may be any labels."""
        strata, rows = np.unique(np.asarray(stratum), return_inverse=True)
        w = np.asarray(weight, float)
        counted = w > 0
        variables = {name: _of_values(np.asarray(value, float), w, counted) for name, value in values.items()}
        return cls(
            strata=tuple(str(label) for label in strata),
            stratum=rows.astype(np.int64),
            psu=np.unique(np.asarray(psu), return_inverse=True)[1].astype(np.int64),
            count=counted.astype(float),
            w=w,
            variables=variables,
            keys={name: np.asarray(key) for name, key in (keys or {}).items()},
            ww=w**2,
        )


PARTS = ("n", "wn", "wy", "wyy")


def dot(one: FloatArray, other: FloatArray) -> float:
    """Σ one·other over the rows; not by BLAS, whose threads wait for each other on a busy machine (40 times slower)."""
    return float(np.sum(one * other))


def _of_values(value: FloatArray, w: FloatArray, counted: BoolArray) -> Variable:
    there = counted & ~np.isnan(value)
    y = np.where(there, value, 0.0)
    return Variable(there.astype(float), w * there, w * y, w * y * y)


def grouped(table: Table, keys: Sequence[str]) -> Table:
    """The same table with rows added up that share stratum, PSU and the named keys; other keys are dropped."""
    codes = [np.unique(table.keys[name], return_inverse=True)[1] for name in keys]
    place = np.stack([table.stratum, table.psu, *codes], axis=1)
    _, first, rows = np.unique(place, axis=0, return_index=True, return_inverse=True)
    rows = rows.reshape(-1)

    def summed(column: FloatArray) -> FloatArray:
        return np.bincount(rows, column, len(first)).astype(float)

    return Table(
        strata=table.strata,
        stratum=table.stratum[first],
        psu=table.psu[first],
        count=summed(table.count),
        w=summed(table.w),
        variables={
            name: Variable(*(summed(getattr(variable, part)) for part in PARTS))
            for name, variable in table.variables.items()
        },
        keys={name: table.keys[name][first] for name in keys},
        ww=summed(table.squared_weights),
    )
