"""Invented answers to the open link: self-selected, younger, better educated in law; never part of the sample."""

from __future__ import annotations

import numpy as np

from surveys.simulation import people
from surveys.simulation.chance import chance
from surveys.simulation.fieldwork import views
from surveys.simulation.people import People
from surveys.simulation.truth import truth

BLOCK_CHANCE = 0.93
DRAWN_TO_IT = (1.5, 1.6, 1.4, 1.1, 0.8, 0.4, 0.2)  # by age band


def volunteers(seed: str, n: int) -> People:
    """n people of the open link, with the arrays of Fieldwork.people but no place in the design.

    "town" is the town they report; about 90 % pass, well above the truth.
    """
    known, rng = truth(), chance(seed, "volunteers")
    drawn = known.age_sex_share * np.array(DRAWN_TO_IT)[:, None]
    cell = rng.choice(drawn.size, size=n, p=(drawn / drawn.sum()).ravel())
    age, sex = np.divmod(cell, 2)
    here: People = {
        "age": age + 1,
        "sex": sex + 1,
        "town": rng.choice(np.array(known.towns), size=n, p=known.town_share),
        "block": np.full(n, BLOCK_CHANCE),
        "partial": np.zeros(n, dtype=np.bool_),
        "mode": np.full(n, "self"),
        "phase": np.zeros(n, dtype=np.intp),
        "people": people.households(n, rng),
    }
    return here | views(here, known, rng)
