"""Poisson samples given their size: what conditional Poisson (maximum entropy) and Sampford sampling have in common.

Both choose a sample s with probability proportional to Π p/(1 − p) over its units, times (constant + Σ addend).
Source: docs/sampling.md#samples-of-fixed-size.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from surveys.sampling.methods.inclusion import FloatArray, IntArray
from surveys.sampling.uniforms import ONE, Uniforms

Complex = npt.NDArray[np.complex128]


class SizeDistribution:
    """How large a Poisson sample with these probabilities is, when none, one or two of its units are left out.

    Each answer is Σ_k coefficient[k] · P(k units). The generating function is evaluated at roots of unity, where
    leaving a unit out is a division (Fernandez and Williams 2010); an odd number of roots keeps clear of −1, where a
    factor with p = 1/2 vanishes. Time and memory grow with the square of the units, pairs with the cube.
    """

    def __init__(self, chances: FloatArray) -> None:
        self._roots = 2 * (len(chances) // 2) + 3
        half = np.arange(self._roots // 2 + 1)  # the other half is conjugate
        self._angle = 2 * np.pi * half / self._roots
        factors = 1 + chances[:, None] * (np.exp(1j * self._angle) - 1)
        self._all: Complex = np.prod(factors, axis=0)
        self._without: Complex = 1 / factors

    def of_all(self, coefficients: FloatArray) -> float:
        return float(self._kernel(coefficients).real.sum())

    def without_one(self, coefficients: FloatArray) -> FloatArray:
        """One number for each unit left out."""
        return np.asarray((self._without @ self._kernel(coefficients)).real)

    def without_two(self, coefficients: FloatArray) -> FloatArray:
        """A matrix over the pairs left out; its diagonal means nothing."""
        return np.asarray(((self._without * self._kernel(coefficients)) @ self._without.T).real)

    def _kernel(self, coefficients: FloatArray) -> Complex:
        powers = np.exp(-1j * np.outer(self._angle, np.arange(len(coefficients))))
        twice = np.where(self._angle > 0, 2.0, 1.0) / self._roots
        return np.asarray(twice * self._all * (powers @ coefficients))


class GivenSize:
    """The units one after the other, each in or out with its chance given those before, so that `draws` are in."""

    def __init__(self, chances: FloatArray, draws: int, constant: float, addend: FloatArray) -> None:
        self._chances, self._draws, self._constant, self._addend = chances, draws, constant, addend

    def draw(self, uniforms: Uniforms) -> IntArray:
        """The units drawn, ascending; unit i is decided by the uniform labelled "unit", i."""
        taken: list[int] = []
        so_far = self._constant
        for unit, chance in enumerate(self._chances):
            left = self._draws - len(taken)
            with_it = chance * self._weight(unit + 1, left - 1, so_far + self._addend[unit])
            if left and uniforms("unit", str(unit)) * self._weight(unit, left, so_far) < with_it * ONE:
                taken.append(unit)
                so_far += self._addend[unit]
        return np.array(taken, np.int64)

    def _weight(self, unit: int, left: int, so_far: float) -> float:
        """The weight of all ways to take `left` from `unit` on."""
        ways, added = self._tails
        return float(so_far * ways[unit, left] + added[unit, left])

    @cached_property
    def _tails(self) -> tuple[FloatArray, FloatArray]:
        """P(units from i on give m), and E(Σ addend of those taken; they are m): both (units + 1, draws + 1)."""
        shape = (len(self._chances) + 1, self._draws + 1)
        ways, added = np.zeros(shape), np.zeros(shape)
        ways[-1, 0] = 1.0
        for unit in range(len(self._chances) - 1, -1, -1):
            chance, later, later_added = self._chances[unit], ways[unit + 1], added[unit + 1]
            ways[unit] = (1 - chance) * later
            ways[unit, 1:] += chance * later[:-1]
            added[unit] = (1 - chance) * later_added
            added[unit, 1:] += chance * (later_added[:-1] + self._addend[unit] * later[:-1])
        return ways, added
