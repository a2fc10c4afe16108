"""A question, its items, and what every question type must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from surveys.instrument.missing import Missing
from surveys.instrument.raw import RawAnswer
from surveys.instrument.texts import Text
from surveys.plugins import Registry

V = TypeVar("V")


@dataclass(frozen=True)
class Law:
    """Where the right answer comes from, shown once the wave has closed."""

    text: Text
    article: Text | None
    explanation: Text


@dataclass(frozen=True)
class Route:
    """A question is asked only of people who gave one of these codes to an earlier question."""

    question: str
    any: frozenset[str]


@dataclass(frozen=True)
class Item:
    """One place in `marks`: position counts from 1; `choice` is set where each choice is an item of its own."""

    code: str
    question: str
    kind: str
    alphabet: str
    position: int
    choice: str | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a question or indicator: the field, a code, and the values of its sentence."""

    field: str
    code: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Question:
    """One question as published. `choices` holds all a person can pick, don't know and refusal included."""

    code: str
    kind: str
    section: str
    forms: tuple[str, ...]
    text: Text
    help: Text | None
    choices: Mapping[str, Text]
    missing_codes: Mapping[str, Missing]
    required: bool
    show_if: Route | None
    key: frozenset[str] | None
    weight: int
    law: Law | None
    topic: str | None
    cell: str | None
    exclusive: frozenset[str]
    ending: frozenset[str]
    points: Mapping[str, int]
    at_most: int | None
    minimum: int | None
    maximum: int | None
    max_length: int | None

    @property
    def type(self) -> QuestionType[Any]:
        return TYPES_IN_USE[self.kind]

    @property
    def control(self) -> str:
        return self.type.control

    @property
    def substantive(self) -> tuple[str, ...]:
        """The choices that are answers: neither don't know nor refusal."""
        return tuple(code for code in self.choices if code not in self.missing_codes)


class QuestionType(ABC, Generic[V]):
    """How one kind of question is drawn, read, marked and kept; V is the type of a substantive answer."""

    control: ClassVar[str]  # the template that draws it
    fields: ClassVar[frozenset[str]] = frozenset()  # settings of the file that only some types have
    alphabet: ClassVar[str]  # every character that can occur in marks; empty when there are no items
    dont_know: ClassVar[str] = "97"  # what a form posts for don't know and for a refusal
    refused: ClassVar[str] = "98"
    dont_know_words: ClassVar[str] = "dont_know"  # which of the file's [words] name it
    can_be_cell: ClassVar[bool] = False  # whether it may be a margin or domain
    is_veto: ClassVar[bool] = False

    @abstractmethod
    def read(self, question: Question, raw: RawAnswer) -> V | Missing:
        """The answer, or why there is none; raises AnswerInvalid."""

    @abstractmethod
    def mark(self, question: Question, item: Item, value: V) -> str:
        """The character of one item for a substantive answer."""

    def items(self, question: Question, first: int) -> tuple[Item, ...]:
        """The question's places in marks, from position `first` on; one, unless the type says otherwise."""
        return (Item(question.code, question.code, question.kind, self.alphabet, first),)

    def choices(self, question_text: Text) -> dict[str, Text]:
        """Choices that come with the type and are not written in the file."""
        return {}

    def codes(self, value: V) -> frozenset[str]:
        """What routing and eligibility compare with."""
        return frozenset((str(value),))

    def points(self, question: Question, value: V) -> int | None:
        """The answer on a scale of 0 to 100, for scores of conduct; None when the type has none."""
        return None

    def has_points(self, question: Question) -> bool:
        return False

    def is_right(self, question: Question, value: V) -> bool:
        """Exactly the key set: a part of it is wrong."""
        return question.key == self.codes(value)

    def restore(self, kept: Any) -> V:
        """The answer from its canonical JSON form."""
        return kept  # type: ignore[no-any-return]

    def faults(self, question: Question) -> Iterator[Fault]:
        """What the file got wrong for this type."""
        yield from ()


QUESTION_TYPES: Registry[type[QuestionType[Any]]] = Registry("surveys.instrument.types")


class _TypesInUse(dict[str, QuestionType[Any]]):
    """One instance of each question type, made when first asked for."""

    def __missing__(self, kind: str) -> QuestionType[Any]:
        self[kind] = QUESTION_TYPES[kind]()
        return self[kind]


TYPES_IN_USE = _TypesInUse()


def item_for_each_choice(question: Question, first: int, alphabet: str) -> tuple[Item, ...]:
    """One item a substantive choice, coded `question.choice`."""
    return tuple(
        Item(f"{question.code}.{choice}", question.code, question.kind, alphabet, first + place, choice)
        for place, choice in enumerate(question.substantive)
    )
