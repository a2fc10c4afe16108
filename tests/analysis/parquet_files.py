"""Invented people as Parquet files, from a seed: strata, PSUs, towns, cells, shares, a scale with gaps, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

SHARES = ("aware", "item1", "item2")
Columns = Mapping[str, Any]


def people(rows: int, seed: int = 1, psus: int = 48) -> dict[str, Any]:
    """One person a row: 6 towns, two strata a town, `psus` PSUs, 4 cells."""
    rng = np.random.default_rng(seed)
    psu = rng.integers(0, psus, rows)
    town = psu * 6 // psus
    satisfied = rng.integers(1, 6, rows).astype(float)
    satisfied[rng.random(rows) < 0.1] = np.nan
    return {
        "stratum": np.array([f"s{one:02d}" for one in (psu * 12 // psus).tolist()], object),
        "psu": np.array([f"p{one:03d}" for one in psu.tolist()], object),
        "town": np.array([f"t{one}" for one in town.tolist()], object),
        "cell": rng.integers(0, 4, rows).astype(np.int8),
        "weight": 10 + rng.random(rows) * 90,
        **{name: (rng.random(rows) < 0.3 + 0.04 * (psu % 8)).astype(np.int8) for name in SHARES},
        "satisfied": satisfied,
    }


def parquet(path: Path, columns: Columns, select: str = "*") -> Path:
    """Write columns to a file; `select` may cast them (NaN comes in as NULL)."""
    with duckdb.connect() as connection:
        connection.register("given", dict(columns))
        connection.execute(f"COPY (SELECT {select} FROM given) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def rows_of(columns: Columns, chosen: Any) -> dict[str, Any]:
    return {name: column[chosen] for name, column in columns.items()}


def cut(folder: Path, columns: Columns, part: Sequence[int] | Any, parts: int) -> list[Path]:
    """One file for each number in `part` (rows,), also for a number nobody has."""
    folder.mkdir()
    return [
        parquet(folder / f"{one}.parquet", rows_of(columns, np.asarray(part) == one), TYPED) for one in range(parts)
    ]


TYPED = "* REPLACE (satisfied::TINYINT AS satisfied)"
