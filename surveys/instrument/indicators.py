"""A published figure's definition: what it counts, of whom, by which rule."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from surveys.instrument.answers import Answers
from surveys.instrument.questions import Fault, Item, Question
from surveys.instrument.texts import Text
from surveys.plugins import Registry


@dataclass(frozen=True)
class Group:
    """A group of evaluators with its declared weight ω."""

    code: str
    title: Text
    weight: int


@dataclass(frozen=True)
class Grade:
    """A grade and the lowest score that reaches it."""

    code: str
    title: Text
    lowest: int


@dataclass(frozen=True)
class Indicator:
    """One definition, as printed beside every figure made by it.

    Either a person's score carries it (`per_person`, key `code` in `Instrument.scores`), or it is read from `items`
    in marks, each character worth what `values` says; a character without a value is not observed. Rows count
    only where the score named `base` is 1, when there is one. A share is stored 0 to 1 and printed in percent.
    """

    code: str
    version: int
    kind: str
    title: Text
    definition: Text
    base: str | None
    questions: tuple[Question, ...]
    items: tuple[Item, ...]
    choices: frozenset[str]
    threshold: int | None
    refused_out: bool
    least: int
    groups: Mapping[str, Group]
    grades: Sequence[Grade]

    @property
    def measure(self) -> Measure:
        return MEASURES[self.kind]

    @property
    def unit(self) -> str:
        """ "percent" or "points"."""
        return self.measure.unit

    @property
    def per_person(self) -> bool:
        return self.measure.per_person

    @property
    def values(self) -> Mapping[str, float]:
        return self.measure.values


class Measure(ABC):
    """One way to turn answers into a figure; how is said by the class attributes, and by `score` when per person."""

    unit: ClassVar[str]
    per_person: ClassVar[bool]
    needs: ClassVar[frozenset[str]]  # settings of the file it cannot do without
    may: ClassVar[frozenset[str]] = frozenset()  # settings it can use
    values: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def score(self, indicator: Indicator, answers: Answers) -> float | None:
        """One person's value; None when it is not defined for this person."""
        return None

    def wants(self, question: Question) -> bool:
        """Whether a question of the named section belongs to the figure."""
        return True

    def keeps(self, item: Item, choices: frozenset[str]) -> bool:
        """Whether an item of the named questions is a figure of its own."""
        return not self.per_person and (not choices or item.choice in choices)

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        """What the file got wrong for this measure."""
        if not indicator.questions:
            yield Fault("questions", "indicator.no_questions", {})
        if not self.per_person and not indicator.items:
            yield Fault("questions", "indicator.no_items", {})
        unfit = {item.question: item.kind for item in indicator.items if not set(self.values) <= set(item.alphabet)}
        for question, kind in unfit.items():
            yield Fault("questions", "indicator.wrong_kind_of_question", {"question": question, "kind": kind})


MEASURES: Registry[Measure] = Registry("surveys.instrument.measures")
