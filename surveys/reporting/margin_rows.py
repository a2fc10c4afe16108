"""Population margins as lines: each cell's share of the sample before and after weighting, and of the population."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.reporting.edition import Edition
from surveys.reporting.words import margin_name, said


@dataclass(frozen=True)
class MarginRow:
    """One cell of one margin; shares in per cent. Cells of fewer than 10 people stand together on one line."""

    margin: str
    category: str
    before: float
    after: float
    population: float
    source: str
    dated: str


def margin_rows(edition: Edition, language: str) -> Iterator[MarginRow]:
    """The lines of a release; none where nothing was calibrated, or where an early release did not keep them."""
    for margin in edition.fact.get("weights", {}).get("margins", []):
        name = margin_name(margin["name"], language)
        for cell in margin.get("shares", []):
            category = category_name(edition, margin["name"], cell["category"], language)
            shares = (cell["before"], cell["after"], cell["population"])
            source = margin["source"] + (edition.mark(language) if margin["synthetic"] else "")
            yield MarginRow(name, category, *shares, source, margin["dated"])


def category_name(edition: Edition, margin: str, category: str, language: str) -> str:
    """What a category of a margin is called in a release; "" stands for several together."""
    if not category:
        return said("facts.other_cells", language)
    parts = zip(margin.split("*"), category.split("*"), strict=False)
    return " × ".join(edition.label(question, code, language) for question, code in parts)
