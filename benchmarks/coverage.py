"""How often the truth lies inside our 95 % intervals, over simulated waves of the demonstration's design.

For the district, each town and each group: the awareness rate; for the district also reach and inducement.

Run: python -m benchmarks.coverage [waves] [processes]   (500 waves and 2 processes by default; at least 93.5 % wanted)
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate
from surveys.analysis.table import BoolArray, Table
from surveys.analysis.waves.cells import people
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

BOUNDS = (0.3, 3.0)  # as in the plan that ships
WAVES = 500
LEAST = 0.935
MUCH = 0.98  # more than this is explained in docs/methodology.md#coverage

Domain = tuple[str, str]  # kind, code


@dataclass
class Record:
    """One figure's waves: how many intervals held the truth, their widths and errors, and how many were withheld."""

    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, estimate: Estimate, true: float) -> None:
        self.inside.append(estimate.lower <= true <= estimate.upper)
        self.widths.append(estimate.width)
        self.errors.append(estimate.value - true)

    @property
    def coverage(self) -> float:
        return float(np.mean(self.inside))


@cache
def truths() -> dict[Domain, float]:
    """The awareness rate that every domain should find."""
    known = truth()
    by_town, share = known.awareness_by_town, dict(zip(known.towns, known.town_share, strict=True))
    by_age = np.array(list(known.awareness_by_age.values()))
    found = {("district", ""): known.awareness}
    found |= {("town", town): rate for town, rate in by_town.items()}
    found |= {("age", age): rate for age, rate in known.awareness_by_age.items()}
    for place, shares in enumerate((known.age_sex_share / known.age_sex_share.sum(axis=0)).T):
        found["sex", str(place + 1)] = float(shares @ by_age)
    for kind in sorted(set(kinds().values())):
        members = [town for town, its in kinds().items() if its == kind]
        weight = sum(share[town] for town in members)
        found["kind", kind] = float(sum(share[town] * by_town[town] for town in members) / weight)
    return found


@cache
def frame() -> FrameFile:
    return synthetic_frame("coverage")


@cache
def kinds() -> dict[str, str]:
    """Each town's type, told by its code: 001 to 099 are 街道, 100 to 199 镇."""
    return {town: "街道" if int(town[-3:]) < 100 else "镇" for town in truth().towns}


def wave(number: int) -> dict[tuple[str, str, str], Estimate]:
    """One wave's figures by (indicator, domain kind, code), weighted as a release weights them."""
    seed = f"coverage {number}"
    allocation = psus_per_town({town: count.dwellings for town, count in frame().counts.items()})
    draw = draw_sample(frame(), allocation, seed, reserve=0)
    answered = simulate(draw, seed).people
    whole: People = {name: values[~answered["partial"]] for name, values in answered.items()}
    estimator = _estimator(draw, whole)
    found = {("awareness", *domain): estimator.proportion("awareness", mask) for domain, mask in _domains(whole)}
    found |= {(name, "district", ""): estimator.proportion(name) for name in ("reach", "induced")}
    return {key: outcome for key, outcome in found.items() if isinstance(outcome, Estimate)}


def _estimator(draw: Draw, whole: People) -> Estimator:
    table = _table(whole)
    drawn = dict.fromkeys(table.strata, 0)
    for psu in draw.psus:
        drawn[psu.stratum] += 1
    design = Design(np.array(list(drawn.values()), dtype=np.int64))
    keys = np.array([f"{age}*{sex}" for age, sex in zip(whole["age"], whole["sex"], strict=True)])
    margins = [
        Margin("age*sex", keys, {cell.key: cell.total for cell in census_margins()}),
        Margin("town", whole["town"], {cell.key: cell.total for cell in town_margins()}),
    ]
    return Estimator(table, design, calibrate(table, margins, "raking", BOUNDS, lift=True))


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


def _domains(whole: People) -> Iterator[tuple[Domain, BoolArray]]:
    columns: Mapping[str, np.ndarray] = {
        "district": np.full(len(whole["town"]), ""),
        "town": whole["town"].astype(str),
        "age": whole["age"].astype(str),
        "sex": whole["sex"].astype(str),
        "kind": np.array([kinds()[str(town)] for town in whole["town"]]),
    }
    for kind, code in truths():
        yield (kind, code), columns[kind] == code


def run(waves: int, processes: int) -> dict[tuple[str, str, str], Record]:
    """Draw, ask and estimate `waves` times from one frame."""
    records: dict[tuple[str, str, str], Record] = defaultdict(Record)
    true = {("awareness", *domain): rate for domain, rate in truths().items()}
    true |= {("reach", "district", ""): truth().reach, ("induced", "district", ""): truth().induced}
    with ProcessPoolExecutor(processes) as pool:
        for estimates in pool.map(wave, range(waves), chunksize=5):
            for key, estimate in estimates.items():
                records[key].add(estimate, true[key])
    return records


def line(name: str, records: list[Record]) -> str:
    """One line of the table: figures of a kind together, with the least and the greatest coverage among them."""
    each = [record.coverage for record in records]
    intervals = sum(len(record.inside) for record in records)
    share = sum(sum(record.inside) for record in records) / intervals
    half = 50 * np.mean([width for record in records for width in record.widths])
    bias = 100 * np.mean([error for record in records for error in record.errors])
    spread = f"{100 * min(each):.1f}–{100 * max(each):.1f}" if len(each) > 1 else ""
    return f"| {name} | {len(each)} | {intervals:,} | {100 * share:.1f} | {spread} | {half:.2f} | {bias:+.2f} |"


def main() -> int:
    """Print the table; 1 when a kind of figure is covered less often than wanted."""
    waves = int(sys.argv[1]) if len(sys.argv) > 1 else WAVES
    records = run(waves, int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    kinds_of_figures: dict[str, list[Record]] = defaultdict(list)
    for (indicator, kind, _), record in records.items():
        kinds_of_figures[f"{indicator}, {kind}"].append(record)
    print(f"{waves} simulated waves (模拟数据 / synthetic data)\n")
    print("| figures | number | intervals | coverage % | least–greatest % | mean half-width, points | bias, points |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, kept in kinds_of_figures.items():
        print(line(name, kept))
    covered = {name: np.mean([hit for r in kept for hit in r.inside]) for name, kept in kinds_of_figures.items()}
    low = [name for name, share in covered.items() if share < LEAST]
    high = [name for name, share in covered.items() if share > MUCH]
    print(f"\nbelow {100 * LEAST} %: {low or 'none'}; above {100 * MUCH:.0f} %: {high or 'none'}")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main())
