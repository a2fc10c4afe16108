"""Why the weights of a release do not meet the population totals: the margin and the category that stand in the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.records.kinds import Audience
from surveys.reporting.edition import Edition
from surveys.reporting.margin_rows import category_name
from surveys.reporting.words import is_said, listing, margin_name, said

# They say of a category that nobody, or somebody, answered: the public is told how many there are, not which.
TELLING = ("margin.empty_cell", "margin.zero_total", "margin.unknown_category")
SMALL = 0.1  # per cent


def why_base_weights(edition: Edition, language: str = "zh") -> str:
    """The reason as a part of a sentence; a release from before margins were named says it without a name."""
    weights: Mapping[str, Any] = edition.fact["weights"]
    reason, values = weights["reason"], weights.get("reason_values") or {}
    code = reason.replace(".", "_")
    if "margin" in values and is_said(f"uncalibrated.{code}"):
        return said(f"uncalibrated.{code}", language, _named(edition, reason, values, language))
    return said(f"weights.{code}" if is_said(f"weights.{code}") else "weights.other", language, {"code": reason})


def uncalibrated(edition: Edition, language: str = "zh") -> str:
    """A note for every weighted figure where margins were kept and not met; empty elsewhere."""
    weights = edition.fact.get("weights", {})
    if weights.get("method") != "base" or "." not in weights["reason"]:
        return ""
    values = {"mark": edition.mark(language), "reason": why_base_weights(edition, language)}
    return said("sentence.uncalibrated", language, values)


def uncalibrated_sentence(edition: Edition, language: str = "zh") -> str:
    """The same of the whole release, for who prepares it."""
    note = uncalibrated(edition, language)
    return said("sentence.uncalibrated_release", language, {"note": note}) if note else ""


def _named(edition: Edition, reason: str, values: Mapping[str, Any], language: str) -> dict[str, object]:
    margin, categories = str(values["margin"]), list(map(str, values.get("categories", [])))
    if not categories or (reason in TELLING and edition.audience is Audience.PUBLIC):
        named = said("facts.categories", language, {"count": len(categories) or "—"})
    else:
        named = listing([category_name(edition, margin, one, language) for one in categories], language)
    return {"margin": margin_name(margin, language), "categories": named, "gap": _percent(values.get("gap", 0.0))}


def _percent(gap: float) -> str:
    percent = 100 * abs(gap)
    return f"{percent:,.1f}%" if percent >= SMALL else f"{percent:.2g}%"
