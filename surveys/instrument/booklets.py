"""The order of questions in a booklet: the same for ever, on every machine and Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

T = TypeVar("T")
RANGE = 2**64


def permuted(things: Sequence[T], seed: str) -> list[T]:
    """A random order fixed by the seed (Fisher-Yates over SHA-256 in counter mode, without modulo bias)."""
    order = list(things)
    numbers = _numbers(seed)
    for last in range(len(order) - 1, 0, -1):
        chosen = _below(last + 1, numbers)
        order[last], order[chosen] = order[chosen], order[last]
    return order


def _numbers(seed: str) -> Iterator[int]:
    for counter in count():
        digest = hashlib.sha256(f"{seed}/{counter}".encode()).digest()
        for start in range(0, 32, 8):
            yield int.from_bytes(digest[start : start + 8], "big")


def _below(limit: int, numbers: Iterator[int]) -> int:
    """A number from 0 to limit - 1; those of the incomplete last round are drawn again."""
    fair = RANGE - RANGE % limit
    return next(number for number in numbers if number < fair) % limit
