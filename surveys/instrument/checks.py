"""Does the file make sense? Every fault with its place; what the shape check refused is not reported twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from surveys.errors import FileFault
from surveys.instrument.build import indicators_of, items_of, questions_of
from surveys.instrument.checks_of_routes import faults_of_routes
from surveys.instrument.file_format import ChoicePart, IndicatorPart, QuestionPart
from surveys.instrument.indicators import MEASURES, Indicator, Measure
from surveys.instrument.parts import Parts
from surveys.instrument.questions import QUESTION_TYPES, Fault, Question

RESERVED = frozenset({"csrf_token"})  # posted with every form by the web


def faults_of(parts: Parts) -> list[FileFault]:
    """All faults of sense in the sound parts."""
    questions = questions_of(parts)
    indicators = indicators_of(parts, questions, items_of(questions))
    return [
        *_repeated_codes(parts),
        *_unused(parts),
        *(fault for part in parts.questions for fault in _question(part, questions.get(part.code), parts)),
        *faults_of_routes(parts, questions),
        *(fault for part in parts.indicators for fault in _indicator(part, indicators.get(part.code), parts)),
    ]


def _unknown(place: str, code: str, known: Iterable[str], given: Iterable[str | None]) -> Iterator[FileFault]:
    there = set(known)
    for name in given:
        if name is not None and name not in there:
            yield FileFault(code, column=place, value=name)


def _repeated(place: str, codes: Iterable[str]) -> Iterator[FileFault]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield FileFault("instrument.repeated_code", column=place, value=code, values={"times": times})


def _repeated_codes(parts: Parts) -> Iterator[FileFault]:
    for name, codes in parts.declared.items():
        yield from _repeated(name, codes)
    for found in parts.lists:
        yield from _choice_codes(f"list[{found.code}].choices", found.choices)
    for question in parts.questions:
        yield from _choice_codes(f"question[{question.code}].choices", question.choices or ())


def _choice_codes(place: str, choices: Iterable[ChoicePart]) -> Iterator[FileFault]:
    codes = [choice.code for choice in choices]
    yield from _repeated(place, codes)
    for code in codes:
        if code in {"97", "98", "99"}:
            yield FileFault("instrument.reserved_code", column=place, value=code)


def _unused(parts: Parts) -> Iterator[FileFault]:
    used = {question.section for question in parts.questions}
    in_doubt = len(parts.questions) < len(parts.declared["question"])
    for section in parts.sections:
        if section.code not in used and not in_doubt:
            yield FileFault("section.empty", column=f"section[{section.code}]", value=section.code)
    for form in parts.forms:
        asked = (question.forms is None or form.code in question.forms for question in parts.questions)
        if not any(asked) and not in_doubt:
            yield FileFault("form.empty", column=f"form[{form.code}]", value=form.code)


def _question(part: QuestionPart, question: Question | None, parts: Parts) -> Iterator[FileFault]:
    place = f"question[{part.code}]"
    if part.code in RESERVED:
        yield FileFault("instrument.reserved_code", column=place, value=part.code)
    yield from _unknown(f"{place}.kind", "question.unknown_kind", QUESTION_TYPES, [part.kind])
    yield from _unknown(f"{place}.section", "question.unknown_section", parts.declared["section"], [part.section])
    yield from _unknown(f"{place}.topic", "question.unknown_topic", parts.declared["topic"], [part.topic])
    yield from _unknown(f"{place}.choices_from", "question.unknown_list", parts.declared["list"], [part.choices_from])
    yield from _unknown(f"{place}.forms", "question.unknown_form", parts.declared["form"], part.forms or ())
    if question is None:
        return
    yield from _unknown(f"{place}.key", "question.key_not_a_choice", question.substantive, part.key or ())
    for fault in (*_settings(part, question), *question.type.faults(question)):
        yield FileFault(fault.code, column=f"{place}.{fault.field}", value=part.code, values=dict(fault.values))


def _settings(part: QuestionPart, question: Question) -> Iterator[Fault]:
    of_types = frozenset().union(*(QUESTION_TYPES[kind].fields for kind in QUESTION_TYPES))
    for name in sorted(part.model_fields_set & of_types - question.type.fields):
        yield Fault(name, "question.not_for_this_kind", {"kind": part.kind})
    if part.choices is not None and part.choices_from is not None:
        yield Fault("choices", "question.choices_twice", {})
    if part.key is not None and question.law is None:
        yield Fault("law", "question.key_without_law", {})
    if part.key is None and (part.law is not None or part.explanation is not None):
        yield Fault("key", "question.law_without_key", {})
    if question.cell is not None and not question.type.can_be_cell:
        yield Fault("cell", "question.cell_needs_one_answer", {})
    if question.cell is not None and {"d", "r"} & set(question.choices):
        yield Fault("choices", "question.cell_reserves_d_and_r", {})
    if question.ending and not question.required:
        yield Fault("required", "question.ending_not_required", {})


def _indicator(part: IndicatorPart, indicator: Indicator | None, parts: Parts) -> Iterator[FileFault]:
    place = f"indicator[{part.code}]"
    declared = parts.declared
    named = [part.question, *(part.questions or ())]
    yield from _unknown(f"{place}.kind", "indicator.unknown_kind", MEASURES, [part.kind])
    yield from _unknown(f"{place}.question", "indicator.unknown_question", declared["question"], named)
    yield from _unknown(f"{place}.section", "indicator.unknown_section", declared["section"], [part.section])
    yield from _unknown(f"{place}.base", "indicator.unknown_base", declared["indicator"], [part.base])
    if indicator is None:
        return
    yield from _repeated(f"{place}.groups", (group.code for group in part.groups or ()))
    choices = (code for question in indicator.questions for code in question.choices)
    if indicator.questions:
        yield from _unknown(f"{place}.choices", "indicator.unknown_choice", choices, part.choices or ())
    # a question that was refused above would be missed again here
    sound = len(parts.questions) == len(declared["question"])
    faults = [*_needs(part, indicator.measure), *(indicator.measure.faults(indicator) if sound else ())]
    for fault in faults:
        yield FileFault(fault.code, column=f"{place}.{fault.field}", value=part.code, values=dict(fault.values))
    base = next((found for found in parts.indicators if found.code == part.base), None)
    if base is not None and base.kind in MEASURES and not MEASURES[base.kind].per_person:
        yield FileFault("indicator.base_not_per_person", column=f"{place}.base", value=base.code)


ALWAYS = frozenset({"code", "version", "kind", "title", "definition", "base"})


def _needs(part: IndicatorPart, measure: Measure) -> Iterator[Fault]:
    given = part.model_fields_set - ALWAYS
    for name in sorted(measure.needs - given):
        yield Fault(name, "indicator.setting_missing", {"kind": part.kind})
    for name in sorted(given - measure.needs - measure.may):
        yield Fault(name, "indicator.not_for_this_kind", {"kind": part.kind})
