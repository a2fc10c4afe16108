"""Random generators for invented answers, one for each use of a seed text, so that uses do not disturb each other."""

from __future__ import annotations

import hashlib

import numpy as np


def chance(seed: str, *uses: str) -> np.random.Generator:
    """A numpy generator for a seed and a use. Answers repeat under one numpy version; draws do not come from here."""
    digest = hashlib.sha256("\n".join([seed, *uses]).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
