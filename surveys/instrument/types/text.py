"""What somebody wants to say."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Fault, Item, Question, QuestionType
from surveys.instrument.raw import RawAnswer


@QUESTION_TYPES.register("text")
class FreeText(QuestionType[str]):
    """Free text, kept exactly as typed; never in marks, never read by a route."""

    control = "text"
    fields = frozenset({"max_length"})
    alphabet = ""

    def read(self, question: Question, raw: RawAnswer) -> str | Missing:
        if raw.is_missing:
            return raw.missing
        if len(raw.given) > 1:
            raise AnswerInvalid("answer.too_many", given=len(raw.given))
        typed = next(value for value in raw.exact if value.strip())
        # a browser counts a line break as one character and posts it as two
        length = len(typed.replace("\r\n", "\n"))
        if question.max_length is not None and length > question.max_length:
            raise AnswerInvalid("text.too_long", most=question.max_length, given=length)
        if any("\ud800" <= character <= "\udfff" for character in typed):
            raise AnswerInvalid("text.not_text")  # half a character cannot be stored as UTF-8
        return typed

    def items(self, question: Question, first: int) -> tuple[Item, ...]:
        return ()

    def mark(self, question: Question, item: Item, value: str) -> str:
        raise AssertionError("a text has no items")

    def codes(self, value: str) -> frozenset[str]:
        return frozenset()

    def faults(self, question: Question) -> Iterator[Fault]:
        if question.max_length is None:
            yield Fault("max_length", "question.length_missing", {})
