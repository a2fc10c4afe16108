"""Hadamard matrices: ±1, every two columns orthogonal, for balanced half samples.

Source: docs/methodology.md#balanced-half-samples (Sylvester 1867; Paley 1933).
"""

from __future__ import annotations

import math

import numpy as np
import scipy.linalg

from surveys.analysis.table import IntArray


def hadamard_above(columns: int) -> IntArray:
    """The smallest Hadamard matrix we can build with more than `columns` columns; its first column is all ones.

    Without that first column every column sums to 0, so that half samples are balanced to the full (Wolter 2007, 3.3).
    Orders are multiples of 4: 52, 92 and a few larger ones are passed over.
    """
    order = 4 * (columns // 4 + 1)
    while (matrix := hadamard(order)) is None:
        order += 4
    return matrix


def hadamard(order: int) -> IntArray | None:
    """A Hadamard matrix of this order with a first column of ones, by Sylvester, Paley or doubling; None if none is."""
    if order & (order - 1) == 0:
        return np.asarray(scipy.linalg.hadamard(order), np.int64)
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _with_ones_first(_first_paley(order - 1))
    if _is_prime(order // 2 - 1) and (order // 2 - 1) % 4 == 1:
        return _with_ones_first(_second_paley(order // 2 - 1))
    half = hadamard(order // 2)
    return None if half is None else np.kron(half, np.array([[1, 1], [1, -1]]))


def _first_paley(q: int) -> IntArray:
    """Order q + 1 for a prime q = 3 mod 4: I + S, with S skew."""
    bordered = _bordered(q)
    bordered[1:, 0] = -1
    return bordered + np.eye(q + 1, dtype=np.int64)


def _second_paley(q: int) -> IntArray:
    """Order 2(q + 1) for a prime q = 1 mod 4, from the symmetric conference matrix of order q + 1."""
    conference = _bordered(q)
    signs, diagonal = np.array([[1, 1], [1, -1]]), np.array([[1, -1], [-1, -1]])
    return np.kron(conference, signs) + np.kron(np.eye(q + 1, dtype=np.int64), diagonal)


def _bordered(q: int) -> IntArray:
    """Jacobsthal's matrix of a prime, entry (i, j) the quadratic character of j − i, with a border of ones."""
    character = np.full(q, -1, np.int64)
    character[np.arange(1, q) ** 2 % q] = 1
    character[0] = 0
    steps = np.arange(q)
    bordered = np.ones((q + 1, q + 1), np.int64)
    bordered[0, 0] = 0
    bordered[1:, 1:] = character[(steps[None, :] - steps[:, None]) % q]
    return bordered


def _with_ones_first(matrix: IntArray) -> IntArray:
    return matrix * matrix[:, :1]


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))
