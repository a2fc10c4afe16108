"""Share of people who picked each choice."""

from __future__ import annotations

from types import MappingProxyType

from surveys.instrument.indicators import MEASURES, Measure


class ChoiceShare(Measure):
    """One figure a choice: picked / answered the question; don't know, refused and blank are not in the base."""

    unit = "percent"
    per_person = False
    needs = frozenset[str]()
    may = frozenset({"question", "questions", "section", "choices"})
    values = MappingProxyType({"1": 1.0, "0": 0.0})


MEASURES.add("choice_share", ChoiceShare())
