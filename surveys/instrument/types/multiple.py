"""Any number of answers out of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Fault, Item, Question, QuestionType, item_for_each_choice
from surveys.instrument.raw import RawAnswer


@QUESTION_TYPES.register("multiple")
class Multiple(QuestionType[tuple[str, ...]]):
    """Tick boxes; an exclusive choice ("none of these") stands alone. With a key, only exactly the key is right."""

    control = "multiple"
    fields = frozenset(
        {"choices", "choices_from", "dont_know", "can_refuse", "key", "weight", "law", "explanation", "at_most"}
    )
    alphabet = "10dr-"

    def read(self, question: Question, raw: RawAnswer) -> tuple[str, ...] | Missing:
        if raw.is_missing:
            return raw.missing
        given = raw.several
        for code in given:
            if code not in question.choices:
                raise AnswerInvalid("choice.unknown", given=code)
        alone = question.exclusive.intersection(given)
        if alone and len(given) > 1:
            raise AnswerInvalid("multiple.exclusive", choice=min(alone))
        if question.at_most is not None and len(given) > question.at_most:
            raise AnswerInvalid("multiple.too_many", most=question.at_most, given=len(given))
        return tuple(code for code in question.choices if code in given)

    def items(self, question: Question, first: int) -> tuple[Item, ...]:
        if question.key is not None:
            return super().items(question, first)
        return item_for_each_choice(question, first, self.alphabet)

    def mark(self, question: Question, item: Item, value: tuple[str, ...]) -> str:
        chosen = self.is_right(question, value) if item.choice is None else item.choice in value
        return "1" if chosen else "0"

    def codes(self, value: tuple[str, ...]) -> frozenset[str]:
        return frozenset(value)

    def restore(self, kept: Iterable[str]) -> tuple[str, ...]:
        return tuple(kept)

    def faults(self, question: Question) -> Iterator[Fault]:
        if len(question.substantive) < 2:
            yield Fault("choices", "question.too_few_choices", {"least": 2})
        if question.key is not None and not question.key:
            yield Fault("key", "question.key_empty", {})
