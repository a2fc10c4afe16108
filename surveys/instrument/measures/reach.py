"""Who was reached by publicity."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Fault


class Reach(Measure):
    """1 when at least one channel is named; "none", don't know, refused and blank are 0: all asked are the base."""

    unit = "percent"
    per_person = True
    needs = frozenset({"question"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        question = indicator.questions[0]
        value = answers[question.code]
        if value is Missing.NOT_ASKED:
            return None
        if isinstance(value, Missing):
            return 0.0
        return float(bool(question.type.codes(value) - question.exclusive))

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        for question in indicator.questions:
            if not question.substantive:
                yield Fault("question", "indicator.question_without_choices", {"question": question.code})


MEASURES.add("reach", Reach())
