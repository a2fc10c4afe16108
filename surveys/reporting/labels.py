"""Names that a release carries for its codes, so that it reads the same whatever becomes of instrument and areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from surveys.analysis.evaluations.kept import ScoredCase
from surveys.analysis.waves.domains import Town
from surveys.analysis.waves.groups import KIND, TOWN, group_codes, group_questions
from surveys.instrument import Indicator, Instrument, Item, Question, Text
from surveys.reporting.words import LANGUAGES, both, is_said

Labels = dict[str, Any]
Words = dict[str, str]


def definitions_of(
    indicators: Iterable[Indicator], counted: Iterable[str], complete: Indicator | None = None
) -> dict[str, Any]:
    """Every published indicator and count with version, title, printed definition, unit and kind.

    `complete` is the rule that makes a questionnaire complete: the count of completes prints it.
    """
    found: dict[str, Any] = {
        indicator.code: {
            "version": str(indicator.version),
            "title": _words(indicator.title),
            "definition": _words(indicator.definition),
            "unit": indicator.unit,
            "kind": indicator.kind,
            "threshold": indicator.threshold,
        }
        for indicator in indicators
    }
    for code in counted:
        found.setdefault(
            code,
            {
                "version": "1",
                "title": both(f"fieldwork.{code}"),
                "definition": _counted(code, complete),
                "unit": "percent" if code == "rr1" else "count",
                "kind": "fieldwork",
                "threshold": None,
            },
        )
    return found


def _counted(code: str, complete: Indicator | None) -> Words:
    defined = both(f"fieldwork_definition.{code}")
    if code != "completes" or complete is None:
        return defined
    return {"zh": defined["zh"] + complete.definition["zh"], "en": f"{defined['en']} {complete.definition['en']}"}


def wave_labels(instrument: Instrument, towns: Sequence[Town], indicators: Sequence[Indicator]) -> Labels:
    """Titles and codes in print order of every kind of domain, of items, their topics and questions."""
    labels: Labels = {
        TOWN: _table(TOWN, {town.code: dict(town.name) for town in towns}),
        KIND: _table(KIND, {town.kind: _kind(town.kind) for town in towns if town.kind}),
    }
    labels[TOWN]["kinds"] = {town.code: town.kind for town in towns}
    for question in group_questions(instrument):
        codes = {code: _words(question.choices[code]) for code in group_codes(question)}
        labels[question.code] = _table(question.code, codes, _words(question.text))
    return labels | item_labels(instrument, indicators)


def item_labels(instrument: Instrument, indicators: Sequence[Indicator]) -> Labels:
    """The words of every item that has figures, with its topic and its question, and the steps of scales."""
    items = {item.code: item for indicator in indicators for item in indicator.items}
    questions = {item.question: instrument.questions[item.question] for item in items.values()}
    named = {code: _item(item, questions[item.question]) for code, item in items.items()}
    labels = {
        "item": _table("item", named),
        "topic": _table("topic", {code: _words(text) for code, text in instrument.topics.items()}),
        "question": _table("question", {code: _words(question.text) for code, question in questions.items()}),
    }
    labels["item"]["topics"] = {code: questions[item.question].topic or "" for code, item in items.items()}
    labels["item"]["questions"] = {code: item.question for code, item in items.items()}
    labels["mark"] = {"codes": {item.code: _marks(item, questions[item.question]) for item in items.values()}}
    return labels


def case_labels(instrument: Instrument, cases: Sequence[ScoredCase], indicators: Sequence[Indicator]) -> Labels:
    """Names of bodies and cases as their register wrote them, and of grades; the register has one language."""
    bodies = dict.fromkeys(one.case.body for one in cases)
    labels = item_labels(instrument, indicators)
    grades = {grade.code: _words(grade.title) for indicator in indicators for grade in indicator.grades}
    labels["item"]["codes"] |= grades
    labels["grade"] = {"codes": grades}
    labels["body"] = _table("body", {body: _same(body) for body in bodies})
    labels["case"] = _table("case", {one.case.code: _same(one.case.code) for one in cases})
    labels["case"]["bodies"] = {one.case.code: one.case.body for one in cases}
    labels["case"]["kinds"] = {one.case.code: one.case.kind for one in cases}
    labels["veto"] = {
        "codes": {
            code: _words(question.text) for code, question in instrument.questions.items() if question.type.is_veto
        }
    }
    return labels


def _table(domain: str, codes: dict[str, Words], title: Words | None = None) -> Labels:
    known = both(f"domain.{domain}") if is_said(f"domain.{domain}") else None
    return {"title": known or title or _same(domain), "codes": codes}


def _item(item: Item, question: Question) -> Words:
    return _words(question.text if item.choice is None else question.choices[item.choice])


def _marks(item: Item, question: Question) -> dict[str, Words]:
    """The wording of each mark of a scale; other kinds of items need none."""
    steps = {code: _words(question.choices[code]) for code in question.substantive if code in item.alphabet}
    return steps | {mark: both(f"mark.{mark}") for mark in "dr" if mark in item.alphabet}


def _kind(kind: str) -> Words:
    return both(f"kind.{kind}") if is_said(f"kind.{kind}") else _same(kind)


def _words(text: Text) -> Words:
    return {language: text[language] for language in LANGUAGES}


def _same(name: str) -> Words:
    return dict.fromkeys(LANGUAGES, name)
