"""How often a family of comparisons errs when all towns are alike: each town against the rest, Holm at 5 %.

Waves of the demonstration's kind of design: thirty towns as strata of 9 to 18 PSUs, about ten answers a PSU, weights
that differ by the people of a dwelling, an intra-cluster correlation of 0.05. In the first scenes all towns are alike
and every finding is false; in the last ones one town of middle size is apart: finding it is power, finding another is
not. Towns that cannot be tested stay in the family and find nothing.

Run: python -m benchmarks.family_error [waves]   (500 a scene by default, seeded; under two minutes on a quiet core)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from surveys.analysis.design import Design
from surveys.analysis.estimands.families import holm
from surveys.analysis.estimands.sides import Sides, sides_of
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate
from surveys.analysis.table import FloatArray, IntArray, Table

WAVES, TOWNS, TAKE, RESPONSE, ICC, LEVEL, SEED = 500, 30, 20, 0.54, 0.05, 0.05, 2021
PSUS = np.linspace(9, 18, TOWNS).round().astype(int)
APART = TOWNS // 2
NO_TEST = 1.0


@dataclass(frozen=True)
class Scene:
    """A share that all towns have, and how far one of them is from it."""

    share: float
    apart: float = 0.0

    def shares(self) -> FloatArray:
        shares = np.full(TOWNS, self.share)
        shares[APART] += self.apart
        return shares


def satterthwaite(sides: Sides) -> float:
    """The df of two independent sides together, no more than the joint domain's (Satterthwaite 1946)."""
    first, second = sides.first.se**2, sides.second.se**2
    together = (first + second) ** 2 / (first**2 / sides.first.df + second**2 / sides.second.df)
    return min(float(sides.difference.df), together)


def two_sided(tested: Estimate, df: float) -> float:
    return 2 * float(stdtr(df, -abs(tested.value) / tested.se))


SCENES = (Scene(0.78), Scene(0.9), Scene(0.97), Scene(0.78, -0.2), Scene(0.78, 0.15), Scene(0.9, -0.2))
WAYS: dict[str, Callable[[Sides], float]] = {
    "difference, joint domain's df": lambda sides: two_sided(sides.difference, sides.df("observed")),
    "difference, Satterthwaite's df": lambda sides: two_sided(sides.difference, satterthwaite(sides)),
    "difference, smaller side's df": lambda sides: two_sided(sides.difference, sides.df()),
    "log odds, Satterthwaite's df": lambda sides: two_sided(sides.tested, satterthwaite(sides)),
    "log odds, smaller side's df": lambda sides: two_sided(sides.tested, sides.df()),
}


def wave_of(shares: FloatArray, rng: np.random.Generator) -> Table:
    """One wave's answers, a person a row; a PSU's share is beta, so that answers within it correlate by ICC."""
    town_of_psu = np.repeat(np.arange(TOWNS), PSUS)
    many = (1 - ICC) / ICC
    p = shares[town_of_psu]
    psu = np.repeat(np.arange(len(p)), np.maximum(1, rng.binomial(TAKE, RESPONSE, len(p))))
    y = rng.random(len(psu)) < rng.beta(p * many, (1 - p) * many)[psu]
    town: IntArray = town_of_psu[psu]
    weight = (10.0 + town) * rng.choice([1, 2, 3, 4], len(psu), p=[0.2, 0.45, 0.25, 0.1])
    return Table.of_units(town, psu, weight, {"y": y.astype(float)})


def p_values(table: Table) -> FloatArray:
    """Every town against everybody else, by every way: (ways, towns)."""
    by = Estimator(table, Design.of_table(table))
    compared = [sides_of(by, "y", table.stratum == town, table.stratum != town) for town in range(TOWNS)]
    return np.array(
        [[way(sides) if isinstance(sides, Sides) else NO_TEST for sides in compared] for way in WAYS.values()]
    )


def simulated(scene: Scene, waves: int) -> FloatArray:
    """(ways, waves, towns)."""
    rng = np.random.default_rng(SEED)
    return np.stack([p_values(wave_of(scene.shares(), rng)) for _ in range(waves)], axis=1)


def line(scene: Scene, way: str, p: FloatArray) -> str:
    """`p` (waves, towns): how many towns were tested, single tests, the family, and the town that is apart."""
    alike = np.ones(TOWNS, bool)
    alike[APART] = scene.apart == 0
    found = np.array([holm(wave) <= LEVEL for wave in p])
    tested, single = p[:, alike] < NO_TEST, p[:, alike] <= LEVEL
    errs = 100 * single.sum() / max(1, tested.sum())
    family = 100 * found[:, alike].any(axis=1).mean()
    power = f"{100 * found[:, APART].mean():5.1f} %" if scene.apart else "      –"
    tests = (p < NO_TEST).sum(axis=1).mean()
    return f"{scene.share:5.2f} {scene.apart:+5.2f}  {way:31} {tests:6.1f} {errs:6.1f} % {family:6.1f} %  {power}"


def main() -> None:
    waves = int(sys.argv[1]) if len(sys.argv) > 1 else WAVES
    error = 100 * math.sqrt(LEVEL * (1 - LEVEL) / waves)
    print(f"{waves} waves a scene; a family error of 5 % is simulated with a standard error of {error:.1f} points")
    print(f"share apart  {'test':31} tested  single   family    power")
    for scene in SCENES:
        p = simulated(scene, waves)
        print("\n".join(line(scene, way, p[place]) for place, way in enumerate(WAYS)), flush=True)


if __name__ == "__main__":
    main()
