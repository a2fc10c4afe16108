"""Random designs, estimated by us and by R survey on this machine, to 1e-9 relative.

Runs where Rscript and Debian's r-cran-survey are installed, and says so where they are not. `beta` is compared on the
uncalibrated design only: R counts all rows of a calibrated one (docs/methodology.md#korn-graubard).
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimands.independence import IndependenceTest, independence
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import Column, agrees, estimated

DESIGNS = 12
R_SCRIPT = Path(__file__).with_name("against_r.R")
HAS_R = (
    shutil.which("Rscript") is not None
    and not subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode
)


@dataclass(frozen=True)
class Invented:
    """One random design: columns by name, and its margins by name and category."""

    columns: dict[str, Column]
    margins: dict[str, dict[str, float]]

    def sample(self) -> tuple[Table, Design]:
        data = self.columns
        values = {name: data[name] for name in ("y", "p", "x")}
        table = Table.of_units(data["stratum"], data["psu"], data["w"], values, data, nested=True)
        if not data["N"].all():
            return table, Design.of_table(table)
        population = np.zeros(len(table.strata))
        population[table.stratum] = data["N"]
        return table, Design.of_table(table, population, "equal")


def invented(seed: int) -> Invented:
    """3 to 6 strata of 2 to 7 PSUs of 3 to 15 people; every other design has counts of PSUs."""
    rng = np.random.default_rng([8, seed])
    places = [
        (stratum, psu, 60 + stratum if seed % 2 else 0)
        for stratum in range(rng.integers(3, 7))
        for psu in range(rng.integers(2, 8))
        for _ in range(rng.integers(3, 16))
    ]
    stratum, psu, population = np.array(places).T
    rows = len(places)
    w = rng.uniform(1, 30, rows).round(3)
    a, b = (np.array([f"{name}{code}" for code in rng.integers(0, 3, rows)]) for name in "ab")
    y = (rng.normal(50, 20, rows) + 3 * stratum).round(2)
    y[rng.random(rows) < 0.1] = np.nan
    p = (rng.random(rows) < 0.7).astype(float)
    columns = dict(
        zip(["stratum", "psu", "N", "w", "y", "p", "a", "b"], (stratum, psu, population, w, y, p, a, b), strict=True)
    )
    lifted = w * np.choose(np.char.replace(a, "a", "").astype(int), [1.1, 0.8, 1.3])
    lifted = lifted * np.choose(np.char.replace(b, "b", "").astype(int), [0.9, 1.2, 1.0])
    known = {
        name: {code: float(lifted[columns[name] == code].sum()) for code in np.unique(columns[name])} for name in "ab"
    }
    return Invented({**columns, "x": rng.uniform(1, 5, rows).round(2)}, known)


def write(folder: Path, number: int, design: Invented) -> None:
    with (folder / f"design-{number:02d}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(design.columns)
        for row in zip(*(column.tolist() for column in design.columns.values()), strict=True):
            writer.writerow(["" if value != value else value for value in row])
    with (folder / f"margins-{number:02d}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["margin", "category", "total"])
        writer.writerows(
            [name, code, total] for name, totals in design.margins.items() for code, total in totals.items()
        )


@pytest.fixture(scope="module")
def in_r(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, list[float]]]:
    """R's numbers by design and name, in R's order."""
    folder = tmp_path_factory.mktemp("against_r")
    for number in range(DESIGNS):
        write(folder, number, invented(number))
    subprocess.run(["Rscript", str(R_SCRIPT), str(folder)], check=True, capture_output=True, timeout=300)
    found: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "found.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found[int(row["design"])][row["name"]].append(float(row["value"]))
    return found


def linear(outcome: Linearised | NotEstimable) -> Linearised:
    assert isinstance(outcome, Linearised), outcome
    return outcome


def ours(design: Invented, way: str) -> dict[str, list[float]]:
    """Our numbers by R's names."""
    table, drawn = design.sample()
    margins = [Margin(name, design.columns[name], totals) for name, totals in design.margins.items()]
    by = Estimator(table, drawn, None if way == "base" else calibrate(table, margins, way))
    wanted = {"mean": by.mean("y"), "total": by.total("y"), "share": by.mean("p"), "ratio": by.ratio("p", "x")}
    found = {f"{way}.{name}.est": [estimated(outcome).value] for name, outcome in wanted.items()}
    found |= {f"{way}.{name}.se": [estimated(outcome).se] for name, outcome in wanted.items()}
    parts = [linear(by.linear_mean("p", design.columns["a"] == code)) for code in sorted(design.margins["a"])]
    covariance = by.covariance(parts)
    assert not isinstance(covariance, NotEstimable)
    found[f"{way}.domains.est"] = [part.value for part in parts]
    found[f"{way}.domains.se"] = np.sqrt(np.diag(covariance)).tolist()
    for method in ("mean", "asin", "xlogit", *(("beta",) if way == "base" else ())):
        estimate = estimated(by.proportion("p", interval=method))
        found[f"{way}.interval.{method}"] = [estimate.lower, estimate.upper]
    if way == "base":
        tested = independence(by, "p", "a", statistic="F")
        assert isinstance(tested, IndependenceTest)
        found["base.independence"] = [tested.p]
    return found


@pytest.mark.skipif(not HAS_R, reason="R with survey is not installed: apt-get install r-cran-survey")
@pytest.mark.parametrize("number", range(DESIGNS))
def test_a_random_design_gives_what_r_gives(number: int, in_r: dict[int, dict[str, list[float]]]) -> None:
    compared: dict[str, list[float]] = {}
    for way in ("base", "raking", "linear"):
        compared |= ours(invented(number), way)
    assert set(compared) == set(in_r[number])
    for name, values in compared.items():
        try:
            agrees(values, in_r[number][name])
        except AssertionError as difference:
            raise AssertionError(f"{name}: {difference}") from None
