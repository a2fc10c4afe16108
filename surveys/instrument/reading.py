"""Reading a posted form: routing, missing codes, eligibility, every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.errors import AnswerInvalid, AnswersInvalid, Ineligible
from surveys.instrument.answers import Answers
from surveys.instrument.forms import Form
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Question
from surveys.instrument.raw import RawAnswer, RawAnswers


def read_form(questions: Mapping[str, Question], form: Form, raw: RawAnswers) -> Answers:
    """The answers of one form; a question off the person's path is not asked, whatever was posted for it.

    Raises Ineligible before anything else, then AnswersInvalid with every question at fault. While an answer is at
    fault, the questions that depend on it are not judged.
    """
    values: dict[str, Any] = dict.fromkeys(questions, Missing.NOT_ASKED)
    faults: dict[str, AnswerInvalid] = {}
    for question in form.questions:
        if not _is_asked(question, questions, values):
            continue
        try:
            values[question.code] = _read_one(question, raw)
        except AnswerInvalid as fault:
            faults[question.code] = fault
    if faults:
        raise AnswersInvalid(faults)
    return Answers(form.code, values)


def _is_asked(question: Question, questions: Mapping[str, Question], values: Mapping[str, Any]) -> bool:
    route = question.show_if
    return route is None or bool(route.any & codes_of(questions[route.question], values[route.question]))


def _read_one(question: Question, raw: RawAnswers) -> Any:
    value = question.type.read(question, RawAnswer(raw.values(question.code), question.missing_codes))
    if question.required and value is Missing.REFUSED:
        raise AnswerInvalid("answer.required")
    if question.ending and question.ending & codes_of(question, value):
        raise Ineligible("answer.ends_interview", question=question.code)
    return value


def codes_of(question: Question, value: Any) -> frozenset[str]:
    """The codes an answer stands for in routing; don't know and refusal have theirs, not asked has none."""
    if value is Missing.DONT_KNOW:
        return frozenset((question.type.dont_know,))
    if value is Missing.REFUSED:
        return frozenset((question.type.refused,))
    return frozenset() if value is Missing.NOT_ASKED else question.type.codes(value)
