"""Families of comparisons: p-values that stay honest when many questions are asked at once.

Source: docs/methodology.md#families-of-comparisons (Holm 1979; Benjamini and Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from surveys.analysis.labels import NAMED
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray


def holm(p: npt.ArrayLike) -> FloatArray:
    """Holm's adjusted p-values, in the order given: the chance of even one false finding stays below the level.

    Raises AnalysisRefused: p_values.range.
    """
    raw = _checked(p)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1))
    return _in_place(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p: npt.ArrayLike) -> FloatArray:
    """Benjamini and Hochberg's: the share of false findings among all findings stays below the level on average.

    Raises AnalysisRefused: p_values.range.
    """
    raw = _checked(p)
    order = np.argsort(raw, kind="stable")
    scaled = raw[order] * len(raw) / np.arange(1, len(raw) + 1)
    return _in_place(np.minimum.accumulate(scaled[::-1])[::-1], order)


def _checked(p: npt.ArrayLike) -> FloatArray:
    """NaN would be sorted last and spoil every other; places are counted from 0."""
    raw = np.asarray(p, float)
    wrong = np.flatnonzero(~((raw >= 0) & (raw <= 1)))
    if len(wrong):
        raise AnalysisRefused("p_values.range", places=wrong[:NAMED].tolist(), count=len(wrong))
    return raw


def _in_place(ordered: FloatArray, order: npt.NDArray[np.intp]) -> FloatArray:
    adjusted = np.empty(len(ordered))
    adjusted[order] = ordered
    return adjusted


METHODS: dict[str, Callable[[npt.ArrayLike], FloatArray]] = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}


@dataclass(frozen=True)
class Family:
    """Comparisons judged together, by name with their raw p-values.

    method: holm for a family that the plan declared before data were seen, benjamini_hochberg for exploration.
    Comparisons that could not be made are left out by the caller. Raises AnalysisRefused: family.method, family.p.
    """

    name: str
    method: str
    comparisons: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise AnalysisRefused("family.method", method=self.method, methods=tuple(METHODS))
        if wrong := [code for code, p in self.comparisons.items() if not 0 <= p <= 1]:
            raise AnalysisRefused("family.p", family=self.name, comparisons=wrong)
        object.__setattr__(self, "comparisons", MappingProxyType(dict(self.comparisons)))

    @property
    def adjusted(self) -> dict[str, float]:
        """The adjusted p-value of each comparison, in the order given."""
        values = METHODS[self.method](list(self.comparisons.values()))
        return dict(zip(self.comparisons, values.tolist(), strict=True))

    def found(self, level: float = 0.95) -> tuple[str, ...]:
        """The comparisons that differ: adjusted p at most 1 − level."""
        return tuple(code for code, p in self.adjusted.items() if p <= 1 - level + 1e-12)
