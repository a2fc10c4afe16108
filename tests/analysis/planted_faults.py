"""Plants one fault at a time in a copy of the estimation core and sees whether its tests notice.

Run: python -m tests.analysis.planted_faults   (some minutes; prints a table, and fails when a fault goes unnoticed)

A fault (planted_faults.toml) is a line that a tired statistician could have written: a sign, n for n − 1, another
order, residuals without weights. Each must stand in the code exactly once, so that a change of the code cannot empty
the list unnoticed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("surveys", "webapp", "migrations", "tests", "benchmarks", "docs", "deploy", "pyproject.toml")
AT_ONCE = 2
SECONDS = 600


@dataclass(frozen=True)
class Fault:
    """One wrong line: in `file` under surveys/, `right` becomes `wrong`; `tests` are the files that should notice."""

    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


def faults() -> list[Fault]:
    """All of planted_faults.toml."""
    groups = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).values()
    return [Fault(**fault, tests=tuple(group["tests"])) for group in groups for fault in group["faults"]]


def planted(fault: Fault, folder: Path) -> Path:
    """A copy of the code with the fault in it."""
    copy = folder / "copy"
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "static", "images"))
        else:
            shutil.copy(source, copy / name)
    path = copy / "surveys" / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        raise ValueError(f"{fault.file}: stands {text.count(fault.right)} times: {fault.right}")
    path.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    return copy


def noticed(fault: Fault) -> bool:
    """Whether the named tests fail on the copy."""
    with tempfile.TemporaryDirectory(prefix="minping-planted-") as folder:
        copy = planted(fault, Path(folder))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-o", "addopts="]
        command += ["--import-mode=importlib", *(f"tests/{name}" for name in fault.tests)]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the tests did not run: {done.stdout[-1500:]}{done.stderr[-500:]}")
    return done.returncode == 1


def seen(planned: Sequence[Fault]) -> Iterator[tuple[Fault, bool]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(planned, pool.map(noticed, planned), strict=True)


def main() -> int:
    planned, missed = faults(), 0
    for fault, found in seen(planned):
        print(f"{'noticed' if found else 'MISSED '}  {fault.file}: {fault.right.strip()}  ->  {fault.wrong.strip()}")
        missed += not found
    print(f"{len(planned) - missed} of {len(planned)} planted faults noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
