"""Whatever is posted: a fault or an ineligible person, or answers that hold together."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.catalog import catalog_codes, catalog_content
from surveys.errors import AnswersInvalid, Ineligible
from surveys.instrument import Answers, Instrument, Missing

PUBLISHED = {code: Instrument.parse(catalog_content(code)) for code in catalog_codes()}
FORMS = [(code, form) for code, instrument in PUBLISHED.items() for form in instrument.forms]
ANY_TEXT = st.text(st.characters(codec=None), max_size=12)
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "'; DROP TABLE response; --",
    "{{7*7}}",
    "\x00",
    "𠮷\u202e",
    "%00",
]


def raw_forms(instrument: Instrument) -> st.SearchStrategy[dict[str, list[str]]]:
    """Forms made of real choices, numbers and any text, for real questions and others."""
    values = {
        code: st.lists(st.sampled_from([*question.choices, "97", "98", "dk", "50", ""]) | ANY_TEXT, max_size=3)
        for code, question in instrument.questions.items()
    }
    return st.fixed_dictionaries({}, optional={**values, "other": st.lists(ANY_TEXT)})


def sensible_forms(instrument: Instrument) -> st.SearchStrategy[dict[str, list[str]]]:
    """Forms that seldom hold a fault: one real choice or number a question, or none."""
    values = {
        code: st.lists(st.sampled_from([*question.choices] or ["7"]), max_size=1)
        for code, question in instrument.questions.items()
    }
    return st.fixed_dictionaries(values)


def hold_together(instrument: Instrument, answers: Answers) -> None:
    assert set(answers) == set(instrument.questions)
    marks = instrument.marks(answers)
    assert len(marks) == len(instrument.items)
    for item in instrument.items:
        assert marks[item.position - 1] in item.alphabet
    per_person = {code for code, indicator in instrument.indicators.items() if indicator.per_person}
    scores = instrument.scores(answers)
    assert set(scores) <= per_person
    assert all(0 <= score <= 100 for score in scores.values())
    kept = instrument.canonical(answers)
    assert instrument.restore(kept) == answers
    assert instrument.canonical(instrument.restore(kept)) == kept
    json.loads(kept)


@pytest.mark.parametrize(("code", "form"), FORMS)
@given(data=st.data())
def test_any_posted_form_is_read_or_refused_by_name(code: str, form: str, data: st.DataObject) -> None:
    instrument = PUBLISHED[code]
    with suppress(AnswersInvalid, Ineligible):
        hold_together(instrument, instrument.read(data.draw(raw_forms(instrument)), form=form))


@pytest.mark.parametrize(("code", "form"), FORMS)
@given(data=st.data())
def test_a_form_at_fault_names_questions_of_that_form(code: str, form: str, data: st.DataObject) -> None:
    instrument = PUBLISHED[code]
    asked = {question.code for question in instrument.form(form).questions}
    wrong = data.draw(st.sampled_from(sorted(asked - {"recused", "age"})))
    two = [*instrument.questions[wrong].choices, "x", "y"]
    with pytest.raises(AnswersInvalid) as refused:
        instrument.read({"age": ["3"], "recused": ["no"], wrong: two}, form=form)
    assert set(refused.value.faults) == {wrong}


@pytest.mark.parametrize(("code", "form"), FORMS)
@given(data=st.data())
def test_a_sensible_form_becomes_answers_that_hold_together(code: str, form: str, data: st.DataObject) -> None:
    instrument = PUBLISHED[code]
    posted = data.draw(sensible_forms(instrument)) | {"age": ["3"], "recused": ["no"]}
    hold_together(instrument, instrument.read(posted, form=form))


@given(typed=st.text(st.characters(codec="utf-8"), min_size=1, max_size=400) | st.sampled_from(HOSTILE))
def test_what_somebody_writes_is_kept_exactly_as_typed(typed: str) -> None:
    instrument = PUBLISHED["legal-awareness"]
    answers = instrument.read({"age": ["2"], "comment": [typed]}, form="resident")
    expected = typed if typed.strip() else Missing.REFUSED
    assert answers["comment"] == expected
    assert instrument.restore(instrument.canonical(answers))["comment"] == expected
