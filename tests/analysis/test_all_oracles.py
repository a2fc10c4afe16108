"""Every reference case is run by some test, or named here with the reason; the list stays shorter than eight.

The same list stands in docs/methodology.md#cases-not-run.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

from tests.analysis.oracle import ORACLES

NOT_RUN = {
    ("textbook", "ssw.mu284.totals"): "the population MU284 is not distributed with the cases",
    ("textbook", "ssw.mu281.total"): "the population MU281 is not distributed with the cases",
}
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def compared() -> set[tuple[str, str]]:
    """What the oracle tests say they run: each keeps a list COMPARED that its tests are parametrised with."""
    modules = [path for folder in (HERE, HERE.parent / "sampling") for path in folder.glob("test_*.py")]
    found: set[tuple[str, str]] = set()
    for path in modules:
        if "COMPARED" in path.read_text(encoding="utf-8") and path != Path(__file__):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found |= {(case[0], case[1]) for case in module.COMPARED}
    return found


def kept() -> set[tuple[str, str]]:
    files = sorted((ORACLES / "expected").glob("*.json"))
    return {(file.stem, case["id"]) for file in files for case in json.loads(file.read_text())["cases"]}


def test_every_case_is_run_or_named() -> None:
    assert kept() - compared() == set(NOT_RUN)
    assert compared() <= kept()


def test_the_cases_not_run_are_few_and_stand_in_the_docs() -> None:
    assert len(NOT_RUN) < 8
    text = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert [case for _, case in NOT_RUN if case not in text] == []
