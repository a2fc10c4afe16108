"""Which answers are complete."""

from __future__ import annotations

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Question


class CompleteShare(Measure):
    """1 when at least `threshold` percent of the items asked have a substantive or don't-know answer (AAPOR I)."""

    unit = "percent"
    per_person = True
    needs = frozenset({"threshold"})
    may = frozenset({"section", "questions"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        asked = [value for value in map(answers.__getitem__, self._codes(indicator)) if value is not Missing.NOT_ASKED]
        if not asked or indicator.threshold is None:
            return None
        answered = sum(value is not Missing.REFUSED for value in asked)
        return float(100 * answered >= indicator.threshold * len(asked))

    def _codes(self, indicator: Indicator) -> list[str]:
        return [question.code for question in indicator.questions]

    def wants(self, question: Question) -> bool:
        return question.key is not None


MEASURES.add("complete_share", CompleteShare())
