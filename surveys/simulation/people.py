"""Invented people and what they would answer, as arrays with one place a person."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.simulation.truth import (
    AWARENESS,
    INDUCED,
    INDUCED_WHERE_COACHED,
    REACH,
    SHARE_BY_AGE,
    Floats,
    Truth,
)

People = dict[str, NDArray[Any]]

ITEMS = 20
STRIDE = 7
PASS_FROM = 12  # 60 of 100 points
DONT_KNOW, REFUSED = 97, 98
PEOPLE_15 = (0.32, 0.33, 0.17, 0.11, 0.05, 0.02)  # households with 1, 2 ... 6 people aged 15 and over
GRADES = (0.25, 0.37, 0.24, 0.09, 0.05)  # very satisfied ... very dissatisfied; the first two are 62 %
NO_OPINION, NO_ANSWER = 0.04, 0.02
EDUCATION = (
    (0.02, 0.28, 0.55, 0.15),
    (0.02, 0.15, 0.28, 0.55),
    (0.04, 0.24, 0.28, 0.44),
    (0.10, 0.36, 0.27, 0.27),
    (0.20, 0.42, 0.22, 0.16),
    (0.38, 0.38, 0.16, 0.08),
    (0.60, 0.25, 0.10, 0.05),
)  # primary or less, junior, senior, college; one line an age band


def households(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """How many people aged 15 and over live in each of n households."""
    alike: NDArray[np.int64] = rng.choice(len(PEOPLE_15), size=n, p=np.array(PEOPLE_15))
    return alike + 1


def age_and_sex(n: int, known: Truth, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Age bands 1-7 and sex 1-2 as in the census."""
    cell = rng.choice(known.age_sex_share.size, size=n, p=known.age_sex_share.ravel())
    age, sex = np.divmod(cell, 2)
    return age + 1, sex + 1


def education(age: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Education 1-4 given the age band."""
    steps = np.cumsum(np.array(EDUCATION), axis=1)[age - 1]
    passed_steps: NDArray[np.intp] = (rng.random(len(age))[:, None] > steps[:, :-1]).sum(axis=1)
    return passed_steps + 1


def passes(block: Floats, age: NDArray[np.intp], known: Truth, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Who has legal awareness, given the chance of each person's block."""
    by_age = AWARENESS + known.age_effect[age - 1]
    return rng.random(len(age)) < (1 - SHARE_BY_AGE) * block + SHARE_BY_AGE * by_age


def opinions(coached: NDArray[np.bool_], rng: np.random.Generator) -> People:
    """Two satisfaction grades (1-5, 97, 98), whether anything reached them, whether anyone told them what to say."""
    n = len(coached)
    return {
        "publicity": _grades(n, rng),
        "enforcement": _grades(n, rng),
        "reached": rng.random(n) < REACH,
        "induced": rng.random(n) < np.where(coached, INDUCED_WHERE_COACHED, INDUCED),
    }


def knowledge(passed: NDArray[np.bool_], partial: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.str_]:
    """Marks of the items, (n, ITEMS): "1" right, "0" wrong, "d" don't know, "r" left blank.

    Who passed has 12 to 20 right, who did not 0 to 11; easier items are right more often. A partial answer
    leaves its last eight items blank, whatever it would have been.
    """
    n = len(passed)
    right = np.where(passed, PASS_FROM + rng.binomial(ITEMS - PASS_FROM, 0.45, n), rng.binomial(PASS_FROM - 1, 0.7, n))
    easiness = np.linspace(-1.2, 1.2, ITEMS)[np.arange(ITEMS) * STRIDE % ITEMS]  # hard and easy ones mixed
    order = np.argsort(-(easiness + rng.gumbel(size=(n, ITEMS))), axis=1)
    rank = np.argsort(order, axis=1)
    missed = rng.choice(np.array(["0", "d", "r"]), size=(n, ITEMS), p=[0.62, 0.35, 0.03])
    marks = np.where(rank < right[:, None], "1", missed)
    marks[partial, PASS_FROM:] = "r"
    return marks


def _grades(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    answered = 1 - NO_OPINION - NO_ANSWER
    chances = [answered * grade for grade in GRADES] + [NO_OPINION, NO_ANSWER]
    return rng.choice(np.array([1, 2, 3, 4, 5, DONT_KNOW, REFUSED]), size=n, p=np.array(chances))
