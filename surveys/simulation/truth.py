"""The true values of the invented population: what a survey of it should find.

Awareness of one person is certain only as a chance: (1 - SHARE_BY_AGE) * P + SHARE_BY_AGE * (0.78 + age effect),
with P the chance of the person's block, beta around its town. Age does not depend on town, the age effects have
population mean zero and the town effects too, so the population's rate is exactly 0.78.
Source: docs/sampling.md#simulated-truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from surveys.simulation.chance import chance
from surveys.simulation.population import AGES, census_margins, town_margins

Floats = NDArray[np.float64]

AWARENESS = 0.78
TOWN_SD = 0.03
ICC = 0.03
SATISFIED = 0.62
REACH = 0.71
INDUCED, INDUCED_WHERE_COACHED = 0.022, 0.15
COACHED_TOWN = "500112016"
SHARE_BY_AGE = 0.25
AGE_SLOPE = (0.05, 0.10, 0.10, 0.06, 0.00, -0.10, -0.22)


@dataclass(frozen=True)
class Truth:
    """True shares of the population aged 15 and over; `towns` in register order, ages and town shares sum to 1."""

    towns: tuple[str, ...]
    town_share: Floats
    age_sex_share: Floats  # (7, 2)
    town_effect: Floats
    age_effect: Floats

    @property
    def awareness(self) -> float:
        return AWARENESS

    @property
    def awareness_by_town(self) -> dict[str, float]:
        return dict(zip(self.towns, (AWARENESS + self.town_effect).tolist(), strict=True))

    @property
    def awareness_by_age(self) -> dict[str, float]:
        return {str(age): AWARENESS + SHARE_BY_AGE * effect for age, effect in enumerate(self.age_effect.tolist(), 1)}

    @property
    def satisfied(self) -> float:
        return SATISFIED

    @property
    def reach(self) -> float:
        return REACH

    @property
    def induced_by_town(self) -> dict[str, float]:
        return {town: INDUCED_WHERE_COACHED if town == COACHED_TOWN else INDUCED for town in self.towns}

    @property
    def induced(self) -> float:
        return float(self.town_share @ np.array(list(self.induced_by_town.values())))

    def block_beta(self, town: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The two parameters of the beta law of a block's chance, so that town means and the ICC come out as said."""
        mean = AWARENESS + self.town_effect[town] / (1 - SHARE_BY_AGE)
        size = (1 - SHARE_BY_AGE) ** 2 / ICC - 1
        return mean * size, (1 - mean) * size


@cache
def truth() -> Truth:
    """The one invented population of the demonstration; it does not depend on a wave's seed."""
    towns = town_margins()
    town_share = _shares([cell.total for cell in towns])
    age_sex = np.empty((AGES, 2))
    for cell in census_margins():
        age, sex = cell.key.split("*")
        age_sex[int(age) - 1, int(sex) - 1] = cell.total
    age_sex /= age_sex.sum()
    slope = np.array(AGE_SLOPE)
    return Truth(
        towns=tuple(cell.key for cell in towns),
        town_share=town_share,
        age_sex_share=age_sex,
        town_effect=_town_effects(town_share),
        age_effect=slope - slope @ age_sex.sum(axis=1),
    )


def _town_effects(share: Floats) -> Floats:
    """Effects with standard deviation TOWN_SD over towns, whose population mean is zero."""
    drawn = chance("truth", "towns").normal(size=len(share)).clip(-2, 2)
    scaled: Floats = drawn * TOWN_SD / drawn.std()
    return scaled - scaled @ share


def _shares(totals: list[int]) -> Floats:
    counts = np.array(totals, dtype=np.float64)
    shares: Floats = counts / counts.sum()
    return shares
