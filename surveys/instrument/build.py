"""From sound parts to questions, items, forms and indicators; parts that refer to nothing are left out here and
named by surveys.instrument.checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveys.instrument.file_format import ChoicePart, IndicatorPart, QuestionPart, RoutePart, TextPart
from surveys.instrument.forms import Form, Section
from surveys.instrument.indicators import MEASURES, Grade, Group, Indicator
from surveys.instrument.missing import Missing
from surveys.instrument.parts import Parts
from surveys.instrument.questions import QUESTION_TYPES, Item, Law, Question, Route
from surveys.instrument.texts import LANGUAGES, Text


def text_of(part: TextPart) -> Text:
    return Text({language: getattr(part, language) for language in LANGUAGES})


def optional_text(part: TextPart | None) -> Text | None:
    return None if part is None else text_of(part)


def questions_of(parts: Parts) -> dict[str, Question]:
    """Every question whose kind and list of choices exist, in the order of the file."""
    lists = {found.code: found.choices for found in parts.lists}
    routes = {section.code: section.show_if for section in parts.sections}
    return {
        part.code: _question(part, parts, lists.get(part.choices_from or "", part.choices or []), routes)
        for part in parts.questions
        if part.kind in QUESTION_TYPES and (part.choices_from is None or part.choices_from in lists)
    }


def _question(
    part: QuestionPart, parts: Parts, choices: Sequence[ChoicePart], routes: Mapping[str, RoutePart | None]
) -> Question:
    route = part.show_if or routes.get(part.section)
    return Question(
        code=part.code,
        kind=part.kind,
        section=part.section,
        forms=tuple(part.forms if part.forms is not None else (form.code for form in parts.forms)),
        text=text_of(part.text),
        help=optional_text(part.help),
        choices=_offered(part, parts, choices),
        missing_codes=_missing_codes(part),
        required=part.required,
        show_if=None if route is None else Route(route.question, frozenset(route.any)),
        key=None if part.key is None else frozenset(part.key),
        weight=part.weight,
        law=_law(part),
        topic=part.topic,
        cell=part.cell,
        exclusive=frozenset(choice.code for choice in choices if choice.exclusive),
        ending=frozenset(choice.code for choice in choices if choice.ends_interview),
        points={choice.code: choice.points for choice in choices if choice.points is not None},
        at_most=part.at_most,
        minimum=part.minimum,
        maximum=part.maximum,
        max_length=part.max_length,
    )


def _offered(part: QuestionPart, parts: Parts, choices: Sequence[ChoicePart]) -> dict[str, Text]:
    kind = QUESTION_TYPES[part.kind]
    offered = kind().choices(text_of(part.text)) | {choice.code: text_of(choice) for choice in choices}
    if parts.head is not None:
        if part.dont_know:
            offered[kind.dont_know] = text_of(getattr(parts.head.words, kind.dont_know_words))
        if part.can_refuse:
            offered[kind.refused] = text_of(parts.head.words.refused)
    return offered


def _missing_codes(part: QuestionPart) -> dict[str, Missing]:
    kind = QUESTION_TYPES[part.kind]
    offered = ((part.dont_know, kind.dont_know, Missing.DONT_KNOW), (part.can_refuse, kind.refused, Missing.REFUSED))
    return {code: missing for is_offered, code, missing in offered if is_offered}


def _law(part: QuestionPart) -> Law | None:
    if part.law is None or part.explanation is None:
        return None
    return Law(text_of(part.law), optional_text(part.law.article), text_of(part.explanation))


def items_of(questions: Mapping[str, Question]) -> tuple[Item, ...]:
    """All items in version order. Margins and domains stand in the cell and have none."""
    items: list[Item] = []
    for question in questions.values():
        if question.cell is None:
            items.extend(question.type.items(question, len(items) + 1))
    return tuple(items)


def sections_of(parts: Parts) -> tuple[Section, ...]:
    return tuple(
        Section(part.code, text_of(part.title), optional_text(part.help), part.shuffle) for part in parts.sections
    )


def forms_of(parts: Parts, questions: Mapping[str, Question]) -> dict[str, Form]:
    """Each form with its sections that hold at least one of its questions."""
    seed = "" if parts.head is None else f"{parts.head.code}/{parts.head.version}"
    forms = {}
    for part in parts.forms:
        asked = [question for question in questions.values() if part.code in question.forms]
        filled = (
            (section, tuple(question for question in asked if question.section == section.code))
            for section in sections_of(parts)
        )
        forms[part.code] = Form(part.code, text_of(part.title), seed, tuple(pair for pair in filled if pair[1]))
    return forms


def indicators_of(parts: Parts, questions: Mapping[str, Question], items: Sequence[Item]) -> dict[str, Indicator]:
    """Every indicator whose kind exists."""
    known = (part for part in parts.indicators if part.kind in MEASURES)
    return {part.code: _indicator(part, questions, items) for part in known}


def _indicator(part: IndicatorPart, questions: Mapping[str, Question], items: Sequence[Item]) -> Indicator:
    measure = MEASURES[part.kind]
    read = _questions_read(part, questions)
    codes = {question.code for question in read}
    choices = frozenset(part.choices or ())
    return Indicator(
        code=part.code,
        version=part.version,
        kind=part.kind,
        title=text_of(part.title),
        definition=text_of(part.definition),
        base=part.base,
        questions=read,
        items=tuple(item for item in items if item.question in codes and measure.keeps(item, choices)),
        choices=choices,
        threshold=part.threshold,
        refused_out=part.refused == "out",
        least=part.least or 1,
        groups={group.code: Group(group.code, text_of(group), group.weight) for group in part.groups or ()},
        grades=tuple(Grade(grade.code, text_of(grade), grade.from_) for grade in part.grades or ()),
    )


def _questions_read(part: IndicatorPart, questions: Mapping[str, Question]) -> tuple[Question, ...]:
    named = [part.question] if part.question is not None else part.questions
    if named is not None:
        return tuple(questions[code] for code in named if code in questions)
    measure = MEASURES[part.kind]
    of_section = (question for question in questions.values() if question.section == part.section)
    return tuple(question for question in of_section if measure.wants(question))
