"""The headline job's data, made from a seed: 26 towns, 52 strata, 416 PSUs, 30 items, as Parquet parts.

Everything in it is invented (模拟数据). PSUs differ in their rates, weights within a PSU, and 3 % give no satisfaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

TOWNS, STRATA_A_TOWN, PSUS_A_STRATUM, ITEMS = 26, 2, 8, 30
SEX_AGE, EDUCATION = 12, 5
A_PART = 1_000_000
ITEM_NAMES = tuple(f"item{number:02d}" for number in range(1, ITEMS + 1))
PSUS = TOWNS * STRATA_A_TOWN * PSUS_A_STRATUM


def margins() -> dict[str, dict[str, float]]:
    """Population totals by margin and category; all sum to 2,000,000."""
    rng = np.random.default_rng(7)
    sizes = {"sexage": SEX_AGE, "town": TOWNS, "edu": EDUCATION}
    totals = {name: 2_000_000 * rng.dirichlet(np.full(size, 40.0)) for name, size in sizes.items()}
    return {name: {_code(name, place): float(total) for place, total in enumerate(t)} for name, t in totals.items()}


def write(folder: Path, rows: int) -> list[Path]:
    """Lay `rows` respondents out under `folder`, a million a part; parts that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for number, first in enumerate(range(0, rows, A_PART)):
        parts.append(folder / f"part-{number:02d}.parquet")
        if not parts[-1].exists():
            people = frame(number, min(A_PART, rows - first))
            duckdb.sql(f"COPY people TO '{parts[-1]}' (FORMAT parquet, COMPRESSION zstd)")
            del people
    return parts


def frame(part: int, rows: int) -> pd.DataFrame:
    """One part's respondents, one a row."""
    rng = np.random.default_rng([2021, part])
    psu = rng.integers(0, PSUS, rows)
    effect = np.random.default_rng(11).normal(0, 0.06, PSUS)[psu]
    columns = dict(_columns(rng, psu, effect, rows))
    return pd.DataFrame(columns)


def _columns(rng: np.random.Generator, psu: np.ndarray, effect: np.ndarray, rows: int) -> Iterator[tuple[str, object]]:
    stratum = psu // PSUS_A_STRATUM
    yield "stratum", _labels(stratum, [f"S{code:02d}" for code in range(TOWNS * STRATA_A_TOWN)])
    yield "psu", _labels(psu, [f"P{code:03d}" for code in range(PSUS)])
    yield "town", _labels(stratum // STRATA_A_TOWN, [_code("town", code) for code in range(TOWNS)])
    for name, size in (("sexage", SEX_AGE), ("edu", EDUCATION)):
        yield name, _labels(rng.integers(0, size, rows), [_code(name, code) for code in range(size)])
    yield "w", rng.uniform(0.5, 2.5, rows).round(4)
    ability = effect + rng.normal(0, 0.15, rows)
    for place, name in enumerate(ITEM_NAMES):
        yield name, (rng.random(rows) < np.clip(0.45 + 0.015 * place + ability, 0.01, 0.99)).astype(np.int8)
    yield "aware", (rng.random(rows) < np.clip(0.78 + ability, 0.01, 0.99)).astype(np.int8)
    points = pd.array(rng.integers(0, 5, rows) * 25, dtype="Int8")
    points[rng.random(rows) < 0.03] = pd.NA
    yield "satisfaction", points


def _code(name: str, place: int) -> str:
    return f"{name[0].upper()}{place:02d}"


def _labels(codes: np.ndarray, labels: list[str]) -> object:
    return pd.Categorical.from_codes(codes, pd.Index(labels))
