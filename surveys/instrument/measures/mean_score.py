"""Mean knowledge score."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.knowledge import tally, without_key
from surveys.instrument.questions import Fault, Question


class MeanScore(Measure):
    """100·Σa·x / Σa over the items asked, 0 to 100."""

    unit = "points"
    per_person = True
    needs = frozenset[str]()
    may = frozenset({"section", "questions"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        count = tally(indicator.questions, answers)
        return 100 * count.right / count.asked if count.asked else None

    def wants(self, question: Question) -> bool:
        return question.key is not None

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        yield from without_key(indicator.questions)


MEASURES.add("mean_score", MeanScore())
