"""Random draws that come out the same again: from a recorded seed, a purpose and a stratum, by SHA-256.

Source: docs/methodology.md#bootstrap.
"""

from __future__ import annotations

import hashlib

import numpy as np

from surveys.analysis.table import IntArray

GENERATOR = "numpy PCG64, seeded with SHA-256 of seed, kind and stratum"


def generator(seed: str, *purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose, so that one stratum's draws do not depend on another's."""
    text = "\n".join((seed, *purpose))
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")))


def times_drawn(rng: np.random.Generator, draws: int, n: int, count: int) -> IntArray:
    """How often each of n came up in `draws` draws with replacement, `count` times over: (count, n)."""
    chosen = np.floor(rng.random((count, draws)) * n).astype(np.int64)
    places = np.arange(count)[:, None] * n + chosen
    return np.bincount(places.reshape(-1), minlength=count * n).reshape(count, n)


def chosen(rng: np.random.Generator, draws: int, n: int, count: int) -> IntArray:
    """1 for those of n that came up in `draws` draws without replacement, 0 for the others: (count, n)."""
    ranks = np.argsort(np.argsort(rng.random((count, n)), axis=1), axis=1)
    return (ranks < draws).astype(np.int64)
