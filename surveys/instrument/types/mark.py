"""A mark out of 100."""

from __future__ import annotations

from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Item, Question, QuestionType
from surveys.instrument.raw import RawAnswer
from surveys.instrument.whole_numbers import whole_number


@QUESTION_TYPES.register("mark")
class Mark(QuestionType[int]):
    """A typed whole mark from 0 to 100, or "cannot judge" (its don't know); marks say only that one was given."""

    control = "mark"
    fields = frozenset({"dont_know"})
    alphabet = "1dr-"
    dont_know = "dk"  # 97 and 98 are marks here
    dont_know_words = "cannot_judge"
    refused = "no"

    def read(self, question: Question, raw: RawAnswer) -> int | Missing:
        if raw.is_missing:
            return raw.missing
        return whole_number(raw.only, 0, 100, "mark")

    def mark(self, question: Question, item: Item, value: int) -> str:
        return "1"

    def points(self, question: Question, value: int) -> int | None:
        return value

    def has_points(self, question: Question) -> bool:
        return True
