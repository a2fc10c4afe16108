"""A whole number."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Fault, Item, Question, QuestionType
from surveys.instrument.raw import RawAnswer
from surveys.instrument.whole_numbers import whole_number


@QUESTION_TYPES.register("number")
class Number(QuestionType[int]):
    """A whole number typed on the phone's number pad; marks say only that one was given."""

    control = "number"
    fields = frozenset({"minimum", "maximum", "dont_know"})
    alphabet = "1dr-"
    can_be_cell = True
    dont_know = "dk"  # 97 and 98 are numbers here
    refused = "no"

    def read(self, question: Question, raw: RawAnswer) -> int | Missing:
        if raw.is_missing:
            return raw.missing
        return whole_number(raw.only, question.minimum, question.maximum, "number")

    def mark(self, question: Question, item: Item, value: int) -> str:
        return "1"

    def faults(self, question: Question) -> Iterator[Fault]:
        if question.minimum is None or question.maximum is None:
            yield Fault("minimum", "question.range_missing", {})
        elif question.minimum >= question.maximum:
            yield Fault("minimum", "question.range_empty", {"minimum": question.minimum, "maximum": question.maximum})
