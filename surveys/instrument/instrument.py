"""A published questionnaire version: what is asked, how it is read, and what its figures mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.errors import InstrumentInvalid, NotFound
from surveys.instrument.answers import KEPT, Answers
from surveys.instrument.build import forms_of, indicators_of, items_of, questions_of, sections_of, text_of
from surveys.instrument.checks import faults_of
from surveys.instrument.forms import Form, Section
from surveys.instrument.indicators import Indicator
from surveys.instrument.missing import Missing
from surveys.instrument.parts import parts_of
from surveys.instrument.questions import Item, Question
from surveys.instrument.raw import Posted, RawAnswers
from surveys.instrument.reading import read_form
from surveys.instrument.texts import Text

MISSING_OF = {kept["missing"]: Missing(mark) for mark, kept in KEPT.items()}


@dataclass(frozen=True, eq=False, repr=False)
class Instrument:
    """One immutable version. `content` is the exact file, `sha256` its fingerprint; parse once and keep it."""

    code: str
    version: str
    title: Text
    content: str
    sha256: str
    booklets: int
    topics: Mapping[str, Text]
    sections: tuple[Section, ...]
    forms: Mapping[str, Form]
    questions: Mapping[str, Question]
    items: tuple[Item, ...]
    indicators: Mapping[str, Indicator]

    @classmethod
    def parse(cls, content: str) -> Instrument:
        """The instrument written in a TOML text; raises InstrumentInvalid with every fault and its place."""
        parts = parts_of(content)
        faults = [*parts.faults, *faults_of(parts)]
        if faults or parts.head is None:
            raise InstrumentInvalid(faults)
        questions = questions_of(parts)
        items = items_of(questions)
        return cls(
            code=parts.head.code,
            version=parts.head.version,
            title=text_of(parts.head.title),
            content=content,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            booklets=parts.head.booklets,
            topics={topic.code: text_of(topic) for topic in parts.topics},
            sections=sections_of(parts),
            forms=forms_of(parts, questions),
            questions=questions,
            items=items,
            indicators=indicators_of(parts, questions, items),
        )

    def __repr__(self) -> str:
        return f"Instrument({self.code!r}, {self.version!r})"

    def form(self, code: str) -> Form:
        """One form; raises NotFound."""
        if code not in self.forms:
            raise NotFound("form.unknown", form=code)
        return self.forms[code]

    def read(self, raw: RawAnswers | Posted | Mapping[str, Any], form: str) -> Answers:
        """What one person answered; raises Ineligible, or AnswersInvalid naming every question at fault."""
        posted = raw if isinstance(raw, RawAnswers) else RawAnswers(raw)
        return read_form(self.questions, self.form(form), posted)

    def marks(self, answers: Answers) -> str:
        """One character an item, in version order; item at position p is `marks[p - 1]`."""
        return "".join(self._mark(item, answers) for item in self.items)

    def _mark(self, item: Item, answers: Answers) -> str:
        value = answers[item.question]
        if isinstance(value, Missing):
            return value.mark
        question = self.questions[item.question]
        return question.type.mark(question, item, value)

    def scores(self, answers: Answers) -> dict[str, float]:
        """The person's value of each per-person indicator, by indicator code; one not defined for them is left out."""
        found = {
            code: indicator.measure.score(indicator, answers)
            for code, indicator in self.indicators.items()
            if indicator.per_person
        }
        return {code: score for code, score in found.items() if score is not None}

    def cell(self, answers: Answers) -> str:
        """The answers to margin, domain and weight questions as `age=3;sex=d`, by code; not asked is left out."""
        asked = (
            (code, answers[code])
            for code in sorted(self.questions)
            if self.questions[code].cell is not None and answers[code] is not Missing.NOT_ASKED
        )
        return ";".join(f"{code}={value.mark if isinstance(value, Missing) else value}" for code, value in asked)

    def vetoes(self, answers: Answers) -> tuple[str, ...]:
        """The veto items this evaluator ticked."""
        return tuple(
            code for code, question in self.questions.items() if question.type.is_veto and answers[code] is True
        )

    def canonical(self, answers: Answers) -> bytes:
        """The answers as kept and committed to: canonical JSON, sorted keys, UTF-8, no spaces."""
        return answers.canonical()

    def restore(self, kept: bytes) -> Answers:
        """The answers from their canonical form."""
        whole = json.loads(kept)
        values: dict[str, Any] = dict.fromkeys(self.questions, Missing.NOT_ASKED)
        for code, value in whole["answers"].items():
            is_missing = isinstance(value, dict)
            values[code] = MISSING_OF[value["missing"]] if is_missing else self.questions[code].type.restore(value)
        return Answers(whole["form"], values)
