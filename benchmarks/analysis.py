"""The headline job, 108 estimates of raked data: ours, DuckDB's bare group-by, and R survey and svy where installed.

Run: python -m benchmarks.analysis [rows ...]   (1,000,000 and 10,000,000 by default; R and svy up to 1,000,000)

Every contestant runs in a process of its own and reports its own seconds, without starting up and importing; R also
without reading its CSV. Ratios are of first runs; ours also says how long a second run in the same process takes.
MB is the process's peak, of R the peak of its heap. SVY_PYTHON names a Python that has svy. Prints a table, who did
what, and whether the estimates agree. 模拟数据: all data is invented.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.headline import margins, write

HERE = Path(__file__).parent
ROWS = (1_000_000, 10_000_000)
MOST_FOR_PEERS = 1_000_000  # R needs about 35 GB for ten times as many
Found = dict[tuple[str, ...], tuple[float, float]]


@dataclass(frozen=True)
class Run:
    """What one contestant took."""

    name: str
    did: str
    seconds: float
    megabytes: float
    again: float | None = None


def ours(name: str, did: str, folder: Path, *rest: str) -> Run:
    command = [sys.executable, "-m", "benchmarks.headline_jobs", name, str(folder), *rest]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Run(f"minping, {name}", did, done["seconds"], done["megabytes"], done["again"])


def printed(name: str, did: str, command: Sequence[str]) -> Run:
    """A contestant that prints seconds and peak megabytes in its last line."""
    last = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[-2].split()
    return Run(name, did, float(last[0]), float(last[1]))


def in_r(folder: Path, scratch: Path) -> Run:
    """R survey's calibrate(calfun = "raking") with svymean and svyby."""
    data, known = scratch / "people.csv", scratch / "margins.csv"
    duckdb.sql(f"COPY (SELECT * FROM '{folder}/*.parquet') TO '{data}' (HEADER)")
    with known.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["margin", "category", "total"])
        writer.writerows([name, *cell] for name, totals in margins().items() for cell in totals.items())
    command = ["Rscript", str(HERE / "headline.R"), str(data), str(known), str(scratch / "r.csv")]
    did = "calibrate(raking), svymean, svyby"
    return printed("R survey", did, command)


def in_svy(python: str, folder: Path, scratch: Path) -> Run:
    known = scratch / "margins.json"
    known.write_text(json.dumps(margins()), encoding="utf-8")
    command = [python, str(HERE / "headline_svy.py"), str(folder), str(known), str(scratch / "svy.csv")]
    return printed("svy", "rake, estimation.mean; items one by one", command)


def runs(rows: int, scratch: Path) -> list[Run]:
    folder = Path(tempfile.gettempdir()) / f"minping-headline-{rows}"
    write(folder, rows)
    found = [
        ours("job", "group-by, raking, 108 estimates with intervals", folder),
        ours("bare", "DuckDB's group-by of the same sums, by hand", folder),
        ours("keep", "the sums of each part, kept in a file", folder),
        ours("cut", "12 estimates more from kept sums, raked anew", folder),
    ]
    if rows <= MOST_FOR_PEERS:
        ours("job", "", folder, str(scratch / "ours.csv"))
        if shutil.which("Rscript"):
            found.append(in_r(folder, scratch))
        if python := os.environ.get("SVY_PYTHON"):
            found.append(in_svy(python, folder, scratch))
    return found


def estimates(path: Path) -> Found:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["indicator"], r["domain"], r["name"]): (float(r["est"]), float(r["se"])) for r in rows}


def agreement(scratch: Path) -> list[str]:
    """The largest relative difference from ours, of estimates and of standard errors."""
    lines = []
    for name in ("r", "svy"):
        if (scratch / f"{name}.csv").exists():
            mine, theirs = estimates(scratch / "ours.csv"), estimates(scratch / f"{name}.csv")
            far = [max(abs(theirs[key][part] / mine[key][part] - 1) for key in mine) for part in (0, 1)]
            lines.append(
                f"{name}: {len(mine)} estimates differ by at most {far[0]:.1e}, standard errors by {far[1]:.1e}"
            )
    return lines


def table(rows: int, found: list[Run]) -> list[str]:
    reference = found[0].seconds
    lines = [f"\n{rows:,} respondents", "", "| who | what | s | again, s | MB at most | times ours |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for run in found:
        times = f"{run.seconds / reference:.2f}"
        again = "" if run.again is None else f"{run.again:.3f}"
        lines.append(f"| {run.name} | {run.did} | {run.seconds:.3f} | {again} | {run.megabytes:.0f} | {times} |")
    return lines


def main() -> int:
    for rows in [int(given) for given in sys.argv[1:]] or ROWS:
        with tempfile.TemporaryDirectory(prefix="minping-benchmark-") as scratch:
            print("\n".join(table(rows, runs(rows, Path(scratch))) + agreement(Path(scratch))), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
