"""One contestant of benchmarks/analysis.py in a process of its own: prints its seconds and peak megabytes as JSON.

"again" is the second run in the same process, when libraries have warmed up; only `keep` runs once.

Run: python -m benchmarks.headline_jobs job|bare|keep|cut FOLDER [OUT.csv]
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.headline import ITEM_NAMES, margins
from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.outcome import Estimate
from surveys.analysis.table import BoolArray, Table
from surveys.analysis.totals.cache import keep, kept, key_of
from surveys.analysis.totals.columns import GroupBy, plan_of, sums_of_file, table_of, table_of_files
from surveys.analysis.totals.partial import added
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

INDICATORS = ("aware", "satisfaction")
KEYS = ("town", "sexage", "edu")
GROUP = GroupBy((*INDICATORS, *ITEM_NAMES), KEYS, "w")
CACHED = "totals.cache"

Question = tuple[str, str, str]  # indicator, domain, category


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def estimator_of(table: Table) -> Estimator:
    """Raked to the three margins, with the design's strata and PSUs."""
    known = [Margin(name, table.keys[name], totals) for name, totals in margins().items()]
    return Estimator(table, Design.of_table(table), calibrate(table, known))


def questions(table: Table, domains: tuple[str, ...]) -> Iterator[tuple[Question, BoolArray | None]]:
    for indicator in INDICATORS:
        yield (indicator, "", ""), None
        for domain in domains:
            for code in margins()[domain]:
                yield (indicator, domain, code), table.keys[domain] == code


def answers(table: Table, domains: tuple[str, ...], items: tuple[str, ...]) -> dict[Question, Outcome]:
    """Shares with Korn-Graubard intervals, scores with t intervals."""
    by = estimator_of(table)
    asked = [*questions(table, domains), *(((item, "", ""), None) for item in items)]
    shares = [(question, mask) for question, mask in asked if question[0] != "satisfaction"]
    scores = [(question, mask) for question, mask in asked if question[0] == "satisfaction"]
    found = by.proportions([(question[0], mask) for question, mask in shares])
    found += by.means([(question[0], mask) for question, mask in scores])
    return dict(zip([question for question, _ in shares + scores], found, strict=True))


def job(folder: Path) -> dict[Question, Outcome]:
    """The headline job from Parquet: 108 estimates."""
    return answers(table_of_files(files_of(folder), GROUP), ("town", "sexage"), ITEM_NAMES)


def bare(folder: Path) -> int:
    """Nothing but DuckDB's group-by of the same sums, written by hand and fetched."""
    sums = ["sum(w)", "sum(w * w)", "count(*)", "sum(w * satisfaction * satisfaction)", "count(satisfaction)"]
    sums += ["sum(w) FILTER (satisfaction IS NOT NULL)", *(f"sum(w * {name})" for name in GROUP.variables)]
    keys = f"stratum, psu, {', '.join(KEYS)}"
    query = f"SELECT {keys}, {', '.join(sums)} FROM read_parquet($files) GROUP BY {keys}"
    found = duckdb.execute(query, {"files": [str(file) for file in files_of(folder)]}).fetchnumpy()
    return len(next(iter(found.values())))


def keep_sums(folder: Path) -> None:
    """Put the sums by part beside the parts."""
    files = files_of(folder)
    plan = plan_of(files, GROUP)
    keep(folder / CACHED, key_of("headline"), added([sums_of_file(file, plan) for file in files]), {})


def cut(folder: Path) -> dict[Question, Outcome]:
    """A further cut over cached keys: both indicators by education, weighted anew."""
    found = kept(folder / CACHED, key_of("headline"))
    assert found is not None, "run keep first"
    return answers(table_of(found.partial, plan_of(files_of(folder), GROUP)), ("edu",), ())


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def write(path: Path, found: dict[Question, Outcome]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["indicator", "domain", "name", "est", "se"])
        for question, outcome in found.items():
            value = (outcome.value, outcome.se) if isinstance(outcome, Estimate) else (np.nan, np.nan)
            writer.writerow([*question, *map(repr, value)])


JOBS: dict[str, Callable[[Path], object]] = {"job": job, "bare": bare, "keep": keep_sums, "cut": cut}


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    act = partial(JOBS[name], folder)
    seconds, again = timed(act), None if name == "keep" else timed(act)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if len(sys.argv) > 3:
        write(Path(sys.argv[3]), job(folder))
    print(json.dumps({"seconds": seconds, "again": again, "megabytes": peak}))


if __name__ == "__main__":
    main()
