"""How often the truth lies inside the district's 95 % interval, over simulated waves of the demonstration's design.

Run: python -m benchmarks.coverage [waves]   (200 by default; the target is 92 to 98 %)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate
from surveys.analysis.table import Table
from surveys.analysis.waves.cells import people
from surveys.analysis.waves.weights import BOUNDS
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin
from surveys.sampling.allocation import psus_per_town
from surveys.sampling.draw import Draw, draw_sample
from surveys.sampling.frame import FrameFile
from surveys.simulation.fieldwork import simulate
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.people import People
from surveys.simulation.population import census_margins, town_margins
from surveys.simulation.truth import truth

WAVES = 200
WANTED = (0.92, 0.98)
TRUTH = {"awareness": truth().awareness, "reach": truth().reach, "induced": truth().induced}


@dataclass
class Kept:
    """One indicator's record over the waves."""

    inside: int = 0
    width: float = 0.0
    error: float = 0.0
    waves: int = 0

    def add(self, estimate: Estimate, true: float) -> None:
        self.inside += estimate.lower <= true <= estimate.upper
        self.width += estimate.width
        self.error += estimate.value - true
        self.waves += 1

    def line(self, name: str, true: float) -> str:
        share = self.inside / self.waves
        half, bias = 50 * self.width / self.waves, 100 * self.error / self.waves
        return f"{name:10} truth {true:.4f}  coverage {share:.3f}  mean half-width {half:.2f} points  bias {bias:+.2f}"


def estimates(draw: Draw, seed: str) -> dict[str, Estimate]:
    """A wave's district figures, weighted as a release weights them."""
    answered = simulate(draw, seed).people
    whole: People = {name: values[~answered["partial"]] for name, values in answered.items()}
    table = _table(whole)
    drawn = {town: 0 for town in table.strata}
    for psu in draw.psus:
        drawn[psu.stratum] += 1
    design = Design(np.array(list(drawn.values()), dtype=np.int64))
    keys = np.array([f"{age}*{sex}" for age, sex in zip(whole["age"], whole["sex"], strict=True)])
    margins = [
        Margin("age*sex", keys, {cell.key: cell.total for cell in census_margins()}),
        Margin("town", whole["town"], {cell.key: cell.total for cell in town_margins()}),
    ]
    estimator = Estimator(table, design, calibrate(table, margins, "raking", BOUNDS, level=True))
    found = {name: estimator.proportion(name) for name in TRUTH}
    return {name: outcome for name, outcome in found.items() if isinstance(outcome, Estimate)}


def _table(whole: People) -> Table:
    given = [str(size) for size in whole["people"]]
    person, _ = people(given, list(whole["town"]), np.ones(len(given)))
    values = {"awareness": whole["passed"], "reach": whole["reached"], "induced": whole["induced"]}
    return Table.of_units(
        whole["stratum"],
        whole["psu"],
        whole["base_weight"] * person,
        {name: column.astype(float) for name, column in values.items()},
    )


def run(waves: int) -> dict[str, Kept]:
    """Draw, ask and estimate `waves` times from one frame."""
    frame: FrameFile = synthetic_frame("coverage")
    allocation = psus_per_town({town: count.dwellings for town, count in frame.counts.items()})
    kept = {name: Kept() for name in TRUTH}
    for number in range(waves):
        seed = f"coverage {number}"
        for name, estimate in estimates(draw_sample(frame, allocation, seed, reserve=0), seed).items():
            kept[name].add(estimate, TRUTH[name])
    return kept


def main() -> int:
    """Print the coverage; 1 when the awareness rate's lies outside what is wanted."""
    waves = int(sys.argv[1]) if len(sys.argv) > 1 else WAVES
    kept = run(waves)
    print(f"{waves} simulated waves (模拟数据 / synthetic data)")
    for name, record in kept.items():
        print(record.line(name, TRUTH[name]))
    share = kept["awareness"].inside / kept["awareness"].waves
    return 0 if WANTED[0] <= share <= WANTED[1] else 1


if __name__ == "__main__":
    raise SystemExit(main())
