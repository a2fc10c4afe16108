"""Reads the golden oracles and builds the table and design of each of their data sets."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import Table

ORACLES = Path(__file__).parent.parent / "golden" / "oracles"
TOLERANCE = 1e-9
LINE_FOR_CURVE = 3e-5  # how far svyciprop's likelihood limits, read off a profile by straight lines, lie off

Column = npt.NDArray[Any]
Case = dict[str, Any]


@cache
def cases(file: str) -> dict[str, Case]:
    """The cases of one file by id."""
    held = json.loads((ORACLES / "expected" / f"{file}.json").read_text())
    return {case["id"]: case for case in held["cases"]}


@cache
def columns(name: str) -> dict[str, Column]:
    """The columns of one input, numbers where all are numbers; empty is NaN."""
    with (ORACLES / "inputs" / f"{name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: _typed([row[column] for row in rows]) for column in rows[0]}


def _typed(texts: list[str]) -> Column:
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return np.array(texts)


DATA = {"apiclus2_wr": "apiclus2", "s1": "synth_shared", "s2": "synth_shared", "s3": "synth_shared"}


def data_of(prefix: str) -> dict[str, Column]:
    return columns({**DATA, "lonely": "lonely_shared"}.get(prefix, prefix))


def values_of(data: dict[str, Column]) -> dict[str, Column]:
    """All numeric columns, and 0/1 columns for the answers that the oracles take shares of."""
    values = {name: column for name, column in data.items() if column.dtype == float}
    if "sch.wide" in data:
        values["schwide"] = (data["sch.wide"] == "Yes").astype(float)
        both = np.isnan(data["enroll"]) | np.isnan(data["api.stu"])
        values |= {"above": np.where(both, np.nan, data["api.stu"]), "below": np.where(both, np.nan, data["enroll"])}
        values |= {f"stype{kind}": (data["stype"] == kind).astype(float) for kind in "EHM"}
    elif "hits" in data:
        values |= {"above": data["hits"], "below": data["tries"]}
    return values


def sample(prefix: str, values: dict[str, Column] | None = None, lonely: str = "fail") -> tuple[Table, Design]:
    """The unit-level table and the design that the prefix of a case's id stands for."""
    data = data_of(prefix)
    rows = np.arange(len(next(iter(data.values()))))
    stratum, psu, weight = _drawn_as(prefix, data, rows)
    keys = {**data, "schwide": data["sch.wide"]} if "sch.wide" in data else data
    held = values_of(data) if values is None else values
    table = Table.of_units(stratum, psu, weight, held, keys, nested=prefix == "nhanes")
    return table, _design(prefix, data, table, lonely)


def _drawn_as(prefix: str, data: dict[str, Column], rows: Column) -> tuple[Column, Column, Column]:
    one = np.zeros(len(rows))
    if prefix == "apisrs":
        return one, rows, data["pw"]
    if prefix == "apistrat":
        return data["stype"], rows, data["pw"]
    if prefix == "apiclus2":
        drawn = np.bincount(data["dnum"].astype(int))[data["dnum"].astype(int)]
        return one, data["dnum"], data["fpc1"] / len(np.unique(data["dnum"])) * data["fpc2"] / drawn
    if prefix.startswith("apiclus"):
        return one, data["dnum"], data["pw"]
    if prefix == "nhanes":
        return data["SDMVSTRA"], data["SDMVPSU"], data["WTMEC2YR"]
    return data["stratum"], data["psu"], data["w"]


def _design(prefix: str, data: dict[str, Column], table: Table, lonely: str) -> Design:
    counts = {"apisrs": "fpc", "apistrat": "fpc", "apiclus1": "fpc", "apiclus2": "fpc1", "s2": "N1", "s3": "N1"}
    if prefix not in counts:
        return Design.of_table(table, lonely=lonely)
    population = np.zeros(len(table.strata))
    population[table.stratum] = data[counts[prefix]]
    second = {"apiclus2": ("snum", "fpc2"), "s3": ("ssuid", "N2")}.get(prefix)
    stage = SecondStage(data[second[0]], data[second[1]]) if second else None
    return Design.of_table(table, population, "equal", lonely, stage)


@cache
def estimator(prefix: str) -> Estimator:
    return Estimator(*sample(prefix))


def agrees(ours: npt.ArrayLike, theirs: npt.ArrayLike, floor: float | None = None, rel: float = TOLERANCE) -> None:
    """Equal to 1e-9; `floor` is what counts as zero, by default 1e-12 of the largest number compared."""
    expected = np.asarray(theirs, float)
    least = 1e-12 * float(np.abs(expected).max()) if floor is None else floor
    np.testing.assert_allclose(np.asarray(ours, float).reshape(expected.shape), expected, rtol=rel, atol=least)


def estimated(outcome: Estimate | NotEstimable) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome
