"""Mean of marks out of 100."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Fault


class MarkMean(Measure):
    """The plain mean of the marks one person gave; not defined below `least` marks (default 1).

    "Cannot judge" and blank items leave the mean: the other items asked of that person weigh equally.
    """

    unit = "points"
    per_person = True
    needs = frozenset[str]()
    may = frozenset({"question", "questions", "section", "least"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        marks = []
        for question in indicator.questions:
            value = answers[question.code]
            given = None if isinstance(value, Missing) else question.type.points(question, value)
            if given is not None:
                marks.append(given)
        if len(marks) < indicator.least:
            return None
        return sum(marks) / len(marks)

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        for question in indicator.questions:
            if not question.type.has_points(question):
                yield Fault("questions", "indicator.question_without_points", {"question": question.code})
        if indicator.least > len(indicator.questions):
            yield Fault("least", "indicator.least_too_high", {"questions": len(indicator.questions)})


MEASURES.add("mark_mean", MarkMean())
