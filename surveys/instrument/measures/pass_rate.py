"""Share of people who reach a score."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.answers import Answers
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.knowledge import tally, without_key
from surveys.instrument.questions import Fault, Question


class PassRate(Measure):
    """1 when 100·Σa·x ≥ τ·Σa over the items asked, in whole numbers.

    With `refused = "out"`, refused and blank items leave the sum (the sensitivity variant); a person who refused
    all of them has no value.
    """

    unit = "percent"
    per_person = True
    needs = frozenset({"threshold"})
    may = frozenset({"refused", "section", "questions"})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        count = tally(indicator.questions, answers)
        base = count.asked - count.refused if indicator.refused_out else count.asked
        if base == 0 or indicator.threshold is None:
            return None
        return float(100 * count.right >= indicator.threshold * base)

    def wants(self, question: Question) -> bool:
        return question.key is not None

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        yield from without_key(indicator.questions)


MEASURES.add("pass_rate", PassRate())
