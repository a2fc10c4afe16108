"""The headline job in the package svy, where it is installed: rake, means overall and by two domains, 30 items.

Run: python benchmarks/headline_svy.py FOLDER MARGINS.json OUT.csv   (prints seconds and peak megabytes)
Items go one by one, as one call for several variables loses their calibration in the versions we tried.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import svy


def main() -> None:
    folder, margins, out = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), sys.argv[3]
    started = time.perf_counter()
    people = pl.read_parquet(folder / "*.parquet")
    sample = svy.Sample(people, svy.Design(stratum="stratum", psu="psu", wgt="w"))
    raked = sample.weighting.rake(controls=margins, tol=1e-10, max_iter=200)
    items = sorted(name for name in people.columns if name.startswith("item"))
    asked = [(name, by) for name in ("aware", "satisfaction") for by in (None, "town", "sexage")]
    asked += [(name, None) for name in items]
    found: list[Any] = [(*one, raked.estimation.mean(one[0], by=one[1], drop_nulls=True)) for one in asked]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with Path(out).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["indicator", "domain", "name", "est", "se"])
        for name, by, estimate in found:
            for one in estimate.estimates:
                level = (
                    "" if by is None else (one.by_level[0] if isinstance(one.by_level, (list, tuple)) else one.by_level)
                )
                writer.writerow([name, by or "", level, one.est, one.se])
    print(f"{seconds:.3f} {peak:.0f}")


if __name__ == "__main__":
    main()
