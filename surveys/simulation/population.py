"""Population margins of the demonstration: the census by age and sex, and invented town totals with the same sum."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources

AGES = 7
POPULATION_15 = 1_863_674
HOUSEHOLDS = 803_029  # census 2020; the synthetic frame lists as many dwellings


@dataclass(frozen=True, slots=True)
class MarginCell:
    """One cell of a margin; `key` is "age*sex" as in "3*2" (ages 1-7: 15-19, 20-29 ... 60-69, 70+), or a town code."""

    key: str
    total: int
    dated: date
    source: str
    synthetic: bool


def census_margins() -> tuple[MarginCell, ...]:
    """People aged 15 and over by age band and sex (1 male, 2 female): 14 cells of the 2020 census."""
    return tuple(_cell(f"{row['age']}*{row['sex']}", row) for row in _rows("margin_age_sex.csv"))


def town_margins() -> tuple[MarginCell, ...]:
    """People aged 15 and over by town, invented, in register order; they sum to the census."""
    return tuple(_cell(row["town"], row) for row in _rows("margin_town.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("surveys.simulation").joinpath(name).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


def _cell(key: str, row: dict[str, str]) -> MarginCell:
    dated = date.fromisoformat(row["dated"])
    return MarginCell(key, int(row["total"]), dated, row["source"], row["synthetic"] == "1")
