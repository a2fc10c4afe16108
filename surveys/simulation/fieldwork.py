"""A wave's fieldwork, invented: which issued dwellings answer, in which phase and mode, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.draw import Draw
from surveys.simulation import people
from surveys.simulation.chance import chance
from surveys.simulation.people import People
from surveys.simulation.truth import COACHED_TOWN, Floats, Truth, truth

INELIGIBLE = 0.08
RR1 = 0.54
PARTIAL = 0.015
REFUSED = 0.20
PHASES = (0.50, 0.29, 0.21)  # of the answers without a visit; interviewers are phase 3
MODES = {"self": 0.65, "interviewer": 0.30, "telephone": 0.03, "paper": 0.02}
MISSING_PEOPLE = 0.01
WILLING_AGE = (0.80, 0.82, 0.95, 1.02, 1.10, 1.18, 1.08)
WILLING_SEX = (0.93, 1.07)


@dataclass(frozen=True)
class Fieldwork:
    """`disposition`: one word for each issued unit (complete, partial, refused, non_contact, ineligible), in the
    order of Draw.issued. `people`: arrays over those who answered; `people["unit"]` is their place in that order."""

    disposition: NDArray[np.str_]
    people: People


def simulate(draw: Draw, seed: str) -> Fieldwork:
    """Invent the answers to a draw. Whether somebody answers depends on age and sex only, so raking repairs it."""
    known, rng = truth(), chance(seed, "fieldwork")
    place = _places(draw, known, rng)
    n = len(place["town"])
    age, sex = people.age_and_sex(n, known, rng)
    disposition = _dispositions(age, sex, known, rng)
    answered = np.flatnonzero(np.isin(disposition, ["complete", "partial"]))
    here = {name: values[answered] for name, values in {**place, "age": age, "sex": sex}.items()}
    here["unit"] = answered
    here["partial"] = disposition[answered] == "partial"
    return Fieldwork(disposition, here | contact(len(answered), rng) | views(here, known, rng))


def views(here: People, known: Truth, rng: np.random.Generator) -> People:
    """What people say, from their "age", "town", "block" chance and "partial"."""
    passed = people.passes(here["block"], here["age"], known, rng)
    return {
        "edu": people.education(here["age"], rng),
        "passed": passed,
        "marks": people.knowledge(passed, here["partial"], rng),
    } | people.opinions(here["town"] == COACHED_TOWN, rng)


def contact(n: int, rng: np.random.Generator) -> People:
    """Mode, phase and household size of n answers; a household size nobody gave is 0."""
    mode = rng.choice(np.array(list(MODES)), size=n, p=np.array(list(MODES.values())))
    early = rng.choice(len(PHASES), size=n, p=np.array(PHASES))
    size = people.households(n, rng)
    return {
        "mode": mode,
        "phase": np.where(mode == "interviewer", len(PHASES), early),
        "people": np.where(rng.random(n) < MISSING_PEOPLE, 0, size),
    }


def willingness(known: Truth) -> Floats:
    """The chance to complete of an eligible person by age and sex (7, 2), RR1 in the population."""
    raw = np.outer(WILLING_AGE, WILLING_SEX)
    scaled: Floats = raw * RR1 / (raw * known.age_sex_share).sum()
    return scaled


def _places(draw: Draw, known: Truth, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Design columns of the issued units, and the chance of each one's block."""
    towns = {town: row for row, town in enumerate(known.towns)}
    first, second = known.block_beta(np.array([towns[psu.town] for psu in draw.psus], dtype=np.intp))
    chances = dict(zip((psu.psu for psu in draw.psus), rng.beta(first, second).tolist(), strict=True))
    issued = draw.issued
    return {
        "stratum": np.array([unit.stratum for unit in issued]),
        "psu": np.array([unit.psu for unit in issued]),
        "town": np.array([unit.town for unit in issued]),
        "base_weight": np.array([unit.base_weight for unit in issued]),
        "block": np.array([chances[unit.psu] for unit in issued]),
    }


def _dispositions(
    age: NDArray[np.intp], sex: NDArray[np.intp], known: Truth, rng: np.random.Generator
) -> NDArray[np.str_]:
    complete = willingness(known)[age - 1, sex - 1]
    roll = rng.random(len(age))
    said = np.select(
        [roll < complete, roll < complete + PARTIAL, roll < complete + PARTIAL + REFUSED],
        ["complete", "partial", "refused"],
        "non_contact",
    )
    return np.where(rng.random(len(age)) < INELIGIBLE, "ineligible", said)
