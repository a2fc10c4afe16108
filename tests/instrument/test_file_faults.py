"""A bad instrument file: every fault, with its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.catalog import catalog_content
from surveys.errors import InstrumentInvalid
from surveys.instrument import Instrument
from tests.instrument.samples import KEYED, SECTION, YES_NO, file_of, indicator, item, question, yes_no


def faults_of(content: str) -> list[tuple[str, str]]:
    """(code, place) of every fault."""
    with pytest.raises(InstrumentInvalid) as refused:
        Instrument.parse(content)
    return [(fault.code, fault.column) for fault in refused.value.faults]


def test_a_file_that_is_not_toml_names_its_line() -> None:
    with pytest.raises(InstrumentInvalid) as refused:
        Instrument.parse('code = "x"\nversion = = 1\n')
    (fault,) = refused.value.faults
    assert (fault.code, fault.row) == ("instrument.not_toml", 2)


def test_faults_of_shape_and_of_sense_are_all_named_at_once() -> None:
    content = file_of(
        question("q1", "radio"),
        item("q2").replace('["yes"]', '["maybe"]'),
        yes_no("q3", "colour = 3"),
        yes_no("q4", 'show_if = { question = "q5", any = ["yes"] }'),
        yes_no("q5").replace(', en = "Ask"', ""),
        indicator("i1", "pass_rate", 'section = "all"'),
        indicator("i2", "pass_rate", 'section = "nowhere"', "threshold = 101"),
        indicator("i3", "satisfied_share", 'question = "q9"'),
    )
    assert sorted(faults_of(content)) == sorted(
        [
            ("question.unknown_kind", "question[q1].kind"),
            ("question.key_not_a_choice", "question[q2].key"),
            ("instrument.unknown_field", "question[q3].colour"),
            ("instrument.missing", "question[q5].text.en"),
            ("indicator.setting_missing", "indicator[i1].threshold"),
            ("instrument.out_of_range", "indicator[i2].threshold"),
            ("indicator.unknown_question", "indicator[i3].question"),
        ]
    )


@pytest.mark.parametrize(
    ("parts", "code", "place"),
    [
        ([yes_no("q"), yes_no("q")], "instrument.repeated_code", "question"),
        ([yes_no("csrf_token")], "instrument.reserved_code", "question[csrf_token]"),
        ([yes_no("q", section="other")], "question.unknown_section", "question[q].section"),
        ([yes_no("q", 'forms = ["none"]')], "question.unknown_form", "question[q].forms"),
        ([yes_no("p"), yes_no("q", "forms = []")], "question.unreachable", "question[q].forms"),
        ([yes_no("q", 'topic = "law"')], "question.unknown_topic", "question[q].topic"),
        ([question("q", "single", 'choices_from = "list"')], "question.unknown_list", "question[q].choices_from"),
        ([question("q", "single")], "question.too_few_choices", "question[q].choices"),
        ([yes_no("q", "minimum = 1")], "question.not_for_this_kind", "question[q].minimum"),
        ([yes_no("q", KEYED[0])], "question.key_without_law", "question[q].law"),
        ([yes_no("q", *KEYED[1:])], "question.law_without_key", "question[q].key"),
        ([question("q", "number", "minimum = 5", "maximum = 5")], "question.range_empty", "question[q].minimum"),
        ([question("q", "number")], "question.range_missing", "question[q].minimum"),
        ([question("q", "text")], "question.length_missing", "question[q].max_length"),
        ([question("q", "mark", 'cell = "domain"')], "question.cell_needs_one_answer", "question[q].cell"),
        (
            [yes_no("q").replace('"no"', '"d"') + 'cell = "margin"\n'],
            "question.cell_reserves_d_and_r",
            "question[q].choices",
        ),
        ([question("q", "scale", f"choices = {YES_NO}")], "question.scale_steps", "question[q].choices"),
        ([yes_no("q").replace('"no"', '"97"')], "instrument.reserved_code", "question[q].choices"),
        ([yes_no("q").replace('"no"', '"yes"')], "instrument.repeated_code", "question[q].choices"),
        (
            [yes_no("q").replace('en = "No"', 'en = "No", ends_interview = true')],
            "question.ending_not_required",
            "question[q].required",
        ),
        ([yes_no("q", "weight = 0")], "instrument.out_of_range", "question[q].weight"),
        ([yes_no("q", 'weight = "1"')], "instrument.wrong_type", "question[q].weight"),
        ([yes_no("Q")], "instrument.not_in_this_form", "question[Q].code"),
        ([yes_no("q"), SECTION.format(code="more")], "section.empty", "section[more]"),
    ],
)
def test_a_faulty_question_is_refused_with_its_place(parts: list[str], code: str, place: str) -> None:
    assert (code, place) in faults_of(file_of(*parts))


FIRST = yes_no("first")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([FIRST, yes_no("q", 'show_if = { question = "gone", any = ["yes"] }')], "show_if.unknown_question"),
        ([FIRST, yes_no("q", 'show_if = { question = "first", any = ["maybe"] }')], "show_if.unknown_choice"),
        ([yes_no("q", 'show_if = { question = "first", any = ["yes"] }'), FIRST], "show_if.not_earlier"),
        ([yes_no("q", 'show_if = { question = "q", any = ["yes"] }')], "show_if.not_earlier"),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(parts: list[str], code: str) -> None:
    assert (code, "question[q].show_if") in faults_of(file_of(*parts))


def test_a_question_behind_an_answer_that_ends_the_interview_is_unreachable() -> None:
    ending = yes_no("first", "required = true").replace('en = "No"', 'en = "No", ends_interview = true')
    content = file_of(ending, yes_no("q", 'show_if = { question = "first", any = ["no"] }'))
    assert faults_of(content) == [("question.unreachable", "question[q].show_if")]


def test_a_question_whose_route_is_asked_in_another_form_is_unreachable() -> None:
    short = '[[form]]\ncode = "short"\ntitle = { zh = "短", en = "Short" }\n'
    content = file_of(
        yes_no("first", 'forms = ["full"]'),
        yes_no("q", 'show_if = { question = "first", any = ["yes"] }'),
        short,
    )
    assert faults_of(content) == [("question.unreachable", "question[q].show_if")]


def test_a_route_inside_a_shuffled_section_is_refused() -> None:
    content = file_of(FIRST, yes_no("q", 'show_if = { question = "first", any = ["yes"] }'))
    shuffled = content.replace('code = "all"\n', 'code = "all"\nshuffle = true\n', 1)
    assert faults_of(shuffled) == [("show_if.shuffled", "question[q].show_if")]


def test_a_route_of_the_section_holds_for_its_questions_and_may_not_be_given_twice() -> None:
    routed = SECTION.format(code="more") + 'show_if = { question = "first", any = ["yes"] }\n'
    sample = Instrument.parse(file_of(FIRST, routed, yes_no("q", section="more")))
    route = sample.questions["q"].show_if
    assert route is not None
    assert route.question == "first"
    twice = yes_no("q", 'show_if = { question = "first", any = ["no"] }', section="more")
    assert faults_of(file_of(FIRST, routed, twice)) == [("show_if.twice", "question[q].show_if")]


GRADES = 'grades = [{ code = "a", from = 60, zh = "合格", en = "Fair" }]'
GROUPS = 'groups = [{ code = "a", weight = 1, zh = "居民", en = "Residents" }]'


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (indicator("i", "guess"), "indicator.unknown_kind", "kind"),
        (indicator("i", "item_rate", 'section = "all"', 'base = "gone"'), "indicator.unknown_base", "base"),
        (indicator("i", "mean_score", 'questions = ["plain"]'), "indicator.question_without_key", "questions"),
        (indicator("i", "satisfied_share", 'question = "plain"'), "indicator.wrong_kind_of_question", "questions"),
        (indicator("i", "choice_share", 'question = "words"'), "indicator.no_items", "questions"),
        (indicator("i", "reach", 'question = "words"'), "indicator.question_without_choices", "question"),
        (
            indicator("i", "chosen_share", 'question = "plain"', 'choices = ["x"]'),
            "indicator.unknown_choice",
            "choices",
        ),
        (indicator("i", "mark_mean", 'question = "plain"'), "indicator.question_without_points", "questions"),
        (indicator("i", "mark_mean", 'question = "m"', "least = 2"), "indicator.least_too_high", "least"),
        (indicator("i", "reach", 'question = "plain"', "threshold = 3"), "indicator.not_for_this_kind", "threshold"),
        (
            indicator("i", "case_score", 'question = "m"', GROUPS, GRADES),
            "indicator.grades_not_falling_to_zero",
            "grades",
        ),
    ],
)
def test_a_faulty_indicator_is_refused_with_its_place(wrong: str, code: str, field: str) -> None:
    sound = (item("k"), yes_no("plain"), question("words", "text", "max_length = 5"), question("m", "mark"))
    assert faults_of(file_of(*sound, wrong)) == [(code, f"indicator[i].{field}")]


def test_a_base_that_is_not_per_person_is_refused() -> None:
    rates = indicator("rates", "item_rate", 'section = "all"')
    based = indicator("mean", "mean_score", 'section = "all"', 'base = "rates"')
    assert faults_of(file_of(item("k"), rates, based)) == [("indicator.base_not_per_person", "indicator[mean].base")]


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_refused_as_an_invalid_instrument_and_nothing_else(content: str) -> None:
    with pytest.raises(InstrumentInvalid):
        Instrument.parse(content)


@given(st.data())
def test_a_damaged_file_is_parsed_or_refused_and_nothing_else(data: st.DataObject) -> None:
    lines = catalog_content("enforcement-evaluation").splitlines()
    dropped = data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1, max_size=3))
    with suppress(InstrumentInvalid):
        Instrument.parse("\n".join(line for number, line in enumerate(lines) if number not in dropped))
