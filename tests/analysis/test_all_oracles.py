"""Every reference case is run by some test, or named here with the reason; the list stays shorter than eight.

The same list stands in docs/methodology.md#cases-not-run, and below it the cases that are met otherwise.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

from tests.analysis.oracle import ORACLES

NOT_RUN = {
    ("textbook", "ssw.mu284.totals"): "the population MU284 is not distributed with the cases",
    ("textbook", "ssw.mu281.total"): "the population MU281 is not distributed with the cases",
}
DOMAINS = [f"s{sample}.ciprop.{answer}.T1" for sample in (1, 2, 3) for answer in ("aware", "item1", "near1")]
MET_OTHERWISE = {  # what the reference printed has reasons of its own; the module says what is compared in its place
    "test_calibration_oracles": ["apiclus1.rake.default", *(f"s{sample}.rake.tight" for sample in (1, 2, 3))],
    "test_taylor_oracles": ["lonely.fail", "lonely.domain.adjust", "lonely.domain.noadjust", *DOMAINS],
    "test_sampling_oracles": ["UPtillepi2.n5", "UPsampfordpi2.n5", "pips.variance"],
}
COARSER = {  # how near the reference comes to what it means to compute
    "limits of `likelihood` in every `ciprop`": "3e-5",
    "limits of `logit` in `synth_replicates`": "2e-8",
    "p of the `svychisq` cases `lincom`": "1e-7, by `saddlepoint`",
    "p of the `svychisq` cases `saddlepoint`": "1e-7",
    "`UPmaxentropypi2.n3`, `UPmaxentropypi2.n5`": "2e-6",
    "`calib.logit`": "1e-6",
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


def below(heading: str) -> str:
    """The page's text below a heading of any depth, up to the next one."""
    text = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
    return re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], flags=re.M)[0]


def named_in(text: str) -> set[str]:
    """The cases that a text names in full."""
    return set(re.findall(r"`([^`]+)`", text)) & {case for _, case in kept()}


def test_the_cases_not_run_are_few_and_stand_in_the_docs() -> None:
    assert len(NOT_RUN) < 8
    assert named_in(below("Cases not run")) == {case for _, case in NOT_RUN}


def test_the_cases_met_otherwise_are_those_of_the_docs() -> None:
    purposely, coarser = below("Cases met otherwise").split("Coarser in the reference")
    assert named_in(purposely) == {case for cases in MET_OTHERWISE.values() for case in cases}
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in coarser.splitlines() if line.startswith("|")]
    assert dict(rows[2:]) == COARSER


def test_the_numbers_of_cases_in_the_docs_are_those_that_run() -> None:
    both = f"{len(compared())} of {len(kept())}"
    for page in ("docs/methodology.md", "CHANGELOG.md"):
        assert both in (ROOT / page).read_text(encoding="utf-8"), page
    assert f"Of {len(kept())} reference cases {len(NOT_RUN)} are not run" in below("Cases not run")
    assert f"The other {len(compared())} are run" in below("Cases met otherwise")
