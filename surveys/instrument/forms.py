"""A form: the part of an instrument that one kind of respondent fills in."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.instrument.booklets import permuted
from surveys.instrument.questions import Question
from surveys.instrument.texts import Text


@dataclass(frozen=True)
class Section:
    """Questions under one heading; in a shuffled section each booklet has an order of its own."""

    code: str
    title: Text
    help: Text | None
    shuffle: bool


@dataclass(frozen=True)
class Form:
    """The questions of one form in reading order; `seed` names the instrument version."""

    code: str
    title: Text
    seed: str
    contents: tuple[tuple[Section, tuple[Question, ...]], ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for _, questions in self.contents for question in questions)

    def sections(self, booklet: int) -> list[tuple[Section, list[Question]]]:
        """The sections with their questions as this booklet orders them."""
        return [(section, self._ordered(section, questions, booklet)) for section, questions in self.contents]

    def _ordered(self, section: Section, questions: tuple[Question, ...], booklet: int) -> list[Question]:
        if not section.shuffle:
            return list(questions)
        return permuted(questions, f"{self.seed}/{section.code}/{booklet}")
