"""All methods by name, certainty units set apart: a draw from a recorded seed, and its joint probabilities."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from surveys.errors import Refusal
from surveys.sampling.methods import brewer, max_entropy, midzuno, sampford, systematic, tille
from surveys.sampling.methods.inclusion import FloatArray, IntArray, checked_chances, fitted
from surveys.sampling.uniforms import Uniforms

ALGORITHM = "minping-methods/1"


@dataclass(frozen=True)
class Method:
    """How one design draws, and its joint probabilities; both for chances below 1 that sum to a whole number."""

    draw: Callable[[FloatArray, Uniforms], IntArray]
    joint: Callable[[FloatArray], FloatArray]


METHODS = {
    "systematic": Method(systematic.draw, systematic.joint),
    "brewer": Method(brewer.draw, brewer.joint),
    "sampford": Method(sampford.draw, sampford.joint),
    "tille": Method(tille.draw, tille.joint),
    "max_entropy": Method(max_entropy.draw, max_entropy.joint),
    "midzuno": Method(midzuno.draw, midzuno.joint),
}


def draw_units(method: str, chances: npt.ArrayLike, seed: str) -> IntArray:
    """The units (from 0, ascending) that a design draws with these inclusion probabilities, certainty units among them.

    The same method, chances and seed give the same units: docs/sampling.md#recorded-draws. Raises Refusal:
    draw.method_unknown, draw.no_seed, the codes of `checked_chances` and of the method.
    """
    chosen, checked = _method(method), checked_chances(chances)
    if not seed.strip():
        raise Refusal("draw.no_seed")
    uniforms = Uniforms(seed, f"{ALGORITHM}\n{method}\n{digest(checked)}")
    met = fitted(checked)
    uncertain = np.flatnonzero(met < 1)
    drawn = uncertain[chosen.draw(met[uncertain], uniforms)] if len(uncertain) else uncertain
    return np.sort(np.concatenate([np.flatnonzero(met == 1), drawn]))


def joint_chances(method: str, chances: npt.ArrayLike) -> FloatArray:
    """Joint inclusion probabilities (units, units), the chances on the diagonal: π_ij = π_j where i is certain.

    Matrices, so for strata of some thousand units. Raises the codes of `draw_units` but draw.no_seed.
    """
    chosen, checked = _method(method), fitted(checked_chances(chances))
    found = np.outer(checked, checked)
    np.fill_diagonal(found, checked)
    uncertain = np.flatnonzero(checked < 1)
    if len(uncertain):
        found[np.ix_(uncertain, uncertain)] = chosen.joint(checked[uncertain])
    return found


def digest(chances: FloatArray) -> str:
    """SHA-256 of the probabilities as little-endian doubles, in their order."""
    return hashlib.sha256(chances.astype("<f8").tobytes()).hexdigest()


def _method(name: str) -> Method:
    if name not in METHODS:
        raise Refusal("draw.method_unknown", method=name, methods=tuple(METHODS))
    return METHODS[name]
