"""One answer out of several."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Fault, Item, Question, QuestionType, item_for_each_choice
from surveys.instrument.raw import RawAnswer


@QUESTION_TYPES.register("single")
class Single(QuestionType[str]):
    """Radio buttons. With a key it is one knowledge item; without, each choice is an item."""

    control = "single"
    fields = frozenset({"choices", "choices_from", "dont_know", "can_refuse", "key", "weight", "law", "explanation"})
    alphabet = "10dr-"
    can_be_cell = True

    def read(self, question: Question, raw: RawAnswer) -> str | Missing:
        if raw.is_missing:
            return raw.missing
        if raw.only not in question.choices:
            raise AnswerInvalid("choice.unknown", given=raw.only)
        return raw.only

    def items(self, question: Question, first: int) -> tuple[Item, ...]:
        if question.key is not None:
            return super().items(question, first)
        return item_for_each_choice(question, first, self.alphabet)

    def mark(self, question: Question, item: Item, value: str) -> str:
        chosen = self.is_right(question, value) if item.choice is None else item.choice == value
        return "1" if chosen else "0"

    def points(self, question: Question, value: str) -> int | None:
        return question.points.get(value)

    def has_points(self, question: Question) -> bool:
        return set(question.points) == set(question.substantive)

    def faults(self, question: Question) -> Iterator[Fault]:
        if len(question.substantive) < 2:
            yield Fault("choices", "question.too_few_choices", {"least": 2})
        if question.key is not None and len(question.key) != 1:
            yield Fault("key", "question.key_not_one", {"given": len(question.key)})
