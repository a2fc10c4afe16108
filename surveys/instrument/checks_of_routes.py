"""Can everybody's way through each form be walked, and can every question be reached?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveys.errors import FileFault
from surveys.instrument.build import forms_of
from surveys.instrument.forms import Form
from surveys.instrument.parts import Parts
from surveys.instrument.questions import Question


def faults_of_routes(parts: Parts, questions: Mapping[str, Question]) -> Iterator[FileFault]:
    """Routes to unknown or later questions or choices, routes given twice, and questions nobody can reach."""
    yield from _routes_given_twice(parts)
    for question in questions.values():
        yield from _route(question, questions, parts)
        if not question.forms:
            yield FileFault("question.unreachable", column=f"question[{question.code}].forms", value=question.code)
    for form in forms_of(parts, questions).values():
        yield from _unreachable(form, questions)


def _routes_given_twice(parts: Parts) -> Iterator[FileFault]:
    routed = {section.code for section in parts.sections if section.show_if is not None}
    for question in parts.questions:
        if question.show_if is not None and question.section in routed:
            yield FileFault("show_if.twice", column=f"question[{question.code}].show_if", value=question.section)


def _route(question: Question, questions: Mapping[str, Question], parts: Parts) -> Iterator[FileFault]:
    route, place = question.show_if, f"question[{question.code}].show_if"
    if route is None:
        return
    if route.question not in parts.declared["question"]:
        yield FileFault("show_if.unknown_question", column=place, value=route.question)
        return
    asked = questions.get(route.question)
    if asked is None:
        return
    for code in sorted(route.any - set(asked.choices)):
        yield FileFault("show_if.unknown_choice", column=place, value=code, values={"question": route.question})
    order = {section.code: (number, section.shuffle) for number, section in enumerate(parts.sections)}
    rank = {code: number for number, code in enumerate(questions)}
    here, there = order.get(question.section, (0, False)), order.get(asked.section, (0, False))
    if (here[0], rank[question.code]) <= (there[0], rank[asked.code]):
        yield FileFault("show_if.not_earlier", column=place, value=route.question)
    elif here == there and here[1]:
        yield FileFault("show_if.shuffled", column=place, value=route.question)


def _unreachable(form: Form, questions: Mapping[str, Question]) -> Iterator[FileFault]:
    """Questions whose route can never be taken; those that only depend on one of them are not named too."""
    reached = {question.code for question in form.questions}
    for question in form.questions:
        route = question.show_if
        asked = None if route is None else questions.get(route.question)
        if route is None or asked is None:
            continue
        open_choices = set(asked.choices) - asked.ending
        if asked.code not in reached or not route.any & open_choices:
            place = f"question[{question.code}].show_if"
            yield FileFault("question.unreachable", column=place, value=question.code, values={"form": form.code})
