"""Counting right answers, in whole numbers: with binary fractions exactly 60 becomes 59.999…"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveys.instrument.answers import Answers
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Fault, Question


@dataclass(frozen=True)
class Tally:
    """Sums of item weights over the items one person was asked."""

    asked: int
    right: int
    refused: int


def tally(questions: Iterable[Question], answers: Answers) -> Tally:
    """Source: docs/methodology.md#awareness-rate. Wrong, don't know, blank and refused are all 0 right."""
    asked = right = refused = 0
    for question in questions:
        value = answers[question.code]
        if value is Missing.NOT_ASKED:
            continue
        asked += question.weight
        if value is Missing.REFUSED:
            refused += question.weight
        elif value is not Missing.DONT_KNOW and question.type.is_right(question, value):
            right += question.weight
    return Tally(asked, right, refused)


def without_key(questions: Iterable[Question]) -> Iterator[Fault]:
    for question in questions:
        if question.key is None:
            yield Fault("questions", "indicator.question_without_key", {"question": question.code})
