"""The methodology page has every heading that the code points to."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_formula_named_in_the_code_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "methodology.md").read_text()
    headings = {re.sub(r"[^\w]+", "-", line.lower()).strip("-") for line in re.findall(r"^#+ (.+)$", page, re.M)}
    named = {
        (name, source.name)
        for source in (ROOT / "surveys").rglob("*.py")
        for name in re.findall(r"docs/methodology\.md#([\w-]+)", source.read_text())
    }
    assert {name for name, _ in named} >= {"korn-graubard", "calibration", "degrees-of-freedom", "case-score"}
    assert sorted(pair for pair in named if pair[0] not in headings) == []
