"""docs/sampling.md has every heading that the code points to."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_section_named_in_the_code_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "sampling.md").read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w]+", "-", line.lower()).strip("-") for line in re.findall(r"^#+ (.+)$", page, re.M)}
    named = {
        name
        for folder in ("surveys", "webapp")
        for source in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"docs/sampling\.md#([\w-]+)", source.read_text(encoding="utf-8"))
    }
    assert named >= {"the-draw", "systematic-selection", "sampford", "brewer", "maximum-entropy", "elimination"}
    assert named - headings == set()
