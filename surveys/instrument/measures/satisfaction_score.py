"""Satisfaction score."""

from __future__ import annotations

from types import MappingProxyType

from surveys.instrument.indicators import MEASURES, Measure


class SatisfactionScore(Measure):
    """100 / 75 / 50 / 25 / 0 over {1..5}."""

    unit = "points"
    per_person = False
    needs = frozenset({"question"})
    values = MappingProxyType({"1": 100.0, "2": 75.0, "3": 50.0, "4": 25.0, "5": 0.0})


MEASURES.add("satisfaction_score", SatisfactionScore())
