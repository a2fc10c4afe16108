"""How satisfied, in five steps."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Fault, Item, Question, QuestionType
from surveys.instrument.raw import RawAnswer

STEPS = ("1", "2", "3", "4", "5")


@QUESTION_TYPES.register("scale")
class Scale(QuestionType[int]):
    """Five steps from very satisfied (1) to very dissatisfied (5); 97 don't know and 98 refused stay apart."""

    control = "scale"
    fields = frozenset({"choices", "choices_from", "dont_know", "can_refuse"})
    alphabet = "12345dr-"

    def read(self, question: Question, raw: RawAnswer) -> int | Missing:
        if raw.is_missing:
            return raw.missing
        if raw.only not in STEPS:
            raise AnswerInvalid("choice.unknown", given=raw.only)
        return int(raw.only)

    def mark(self, question: Question, item: Item, value: int) -> str:
        return str(value)

    def points(self, question: Question, value: int) -> int | None:
        return 100 - 25 * (value - 1)

    def has_points(self, question: Question) -> bool:
        return True

    def faults(self, question: Question) -> Iterator[Fault]:
        if question.substantive != STEPS:
            yield Fault("choices", "question.scale_steps", {"steps": ", ".join(STEPS)})
        if len(question.missing_codes) < 2:
            yield Fault("can_refuse", "question.scale_needs_97_98", {})
