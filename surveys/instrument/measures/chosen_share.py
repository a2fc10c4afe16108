"""Share of people who gave one of some answers."""

from __future__ import annotations

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.missing import Missing


class ChosenShare(Measure):
    """1 when one of `choices` was given, 0 for another substantive answer; without one, not defined."""

    unit = "percent"
    per_person = True
    needs = frozenset({"question", "choices"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        question = indicator.questions[0]
        value = answers[question.code]
        if isinstance(value, Missing):
            return None
        return float(bool(question.type.codes(value) & indicator.choices))


MEASURES.add("chosen_share", ChosenShare())
