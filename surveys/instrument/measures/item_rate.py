"""Share of people who know one item."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.knowledge import without_key
from surveys.instrument.questions import Fault, Question


class ItemRate(Measure):
    """One figure an item: right / asked; wrong, don't know, blank and refused are 0."""

    unit = "percent"
    per_person = False
    needs = frozenset[str]()
    may = frozenset({"section", "questions"})
    values = MappingProxyType({"1": 1.0, "0": 0.0, "d": 0.0, "r": 0.0})

    def wants(self, question: Question) -> bool:
        return question.key is not None

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        yield from without_key(indicator.questions)


MEASURES.add("item_rate", ItemRate())
