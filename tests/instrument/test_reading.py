"""Reading a posted form: missing codes, faults, routing, eligibility."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from surveys.errors import AnswerInvalid, AnswersInvalid, Ineligible, NotFound
from surveys.instrument import Answers, Instrument, Missing
from tests.instrument.samples import YES_NO, file_of, question, yes_no

CHOICES = """choices = [
  { code = "a", zh = "甲", en = "A" }, { code = "b", zh = "乙", en = "B" }, { code = "c", zh = "丙", en = "C" },
  { code = "none", zh = "都没有", en = "None", exclusive = true },
]"""
STEPS = "choices = [" + ", ".join(f'{{ code = "{step}", zh = "级", en = "Step" }}' for step in range(1, 6)) + "]"
AGE = (
    'choices = [{ code = "0", zh = "小", en = "Young", ends_interview = true }, { code = "1", zh = "大", en = "Old" }]'
)

EVERY_KIND = Instrument.parse(
    file_of(
        question("age", "single", AGE, "required = true", 'cell = "margin"'),
        yes_no("one", "dont_know = true", "can_refuse = true"),
        question("some", "multiple", CHOICES, "dont_know = true", "at_most = 2"),
        question("count", "number", "minimum = 1", "maximum = 20", "dont_know = true", 'cell = "weight"'),
        question("pleased", "scale", STEPS, "dont_know = true", "can_refuse = true"),
        question("points", "mark", "dont_know = true"),
        question("words", "text", "max_length = 10"),
        question("tick", "flag"),
        question("grave", "veto"),
        yes_no("later", 'show_if = { question = "one", any = ["yes"] }'),
    )
)


def read(**posted: str | list[str]) -> Answers:
    return EVERY_KIND.read({"age": ["1"]} | posted, form="full")


def fault(**posted: str | list[str]) -> AnswerInvalid:
    """The one fault of a form."""
    with pytest.raises(AnswersInvalid) as refused:
        read(**posted)
    (only,) = refused.value.faults.values()
    return only


def test_every_kind_of_answer_is_read_as_its_own_type() -> None:
    answers = read(
        one="yes",
        some=["b", "a"],
        count="3",
        pleased="2",
        points="97",
        words=" hm ",
        tick="1",
        grave="1",
        later="no",
    )
    assert dict(answers) == {
        "age": "1",
        "one": "yes",
        "some": ("a", "b"),
        "count": 3,
        "pleased": 2,
        "points": 97,
        "words": " hm ",
        "tick": True,
        "grave": True,
        "later": "no",
    }


def test_a_web_form_and_a_dict_of_lists_read_alike() -> None:
    posted = [("age", "1"), ("some", "a"), ("some", "c"), ("words", "好")]
    assert EVERY_KIND.read(MultiDict(posted), form="full") == read(some=["a", "c"], words="好")


def test_dont_know_refused_blank_and_not_asked_are_told_apart() -> None:
    answers = read(one="97", pleased="98", points="dk", count=" ")
    assert answers["one"] is Missing.DONT_KNOW
    assert answers["pleased"] is Missing.REFUSED
    assert answers["points"] is Missing.DONT_KNOW
    assert answers["count"] is Missing.REFUSED
    assert answers["later"] is Missing.NOT_ASKED
    assert [missing.number for missing in Missing] == [97, 98, 99]


def test_a_box_not_ticked_says_no() -> None:
    assert read()["tick"] is False


def test_only_the_required_question_must_be_answered() -> None:
    with pytest.raises(AnswersInvalid) as refused:
        EVERY_KIND.read({}, form="full")
    assert {code: fault.code for code, fault in refused.value.faults.items()} == {"age": "answer.required"}


def test_every_fault_is_named_at_once_with_its_values() -> None:
    with pytest.raises(AnswersInvalid) as refused:
        EVERY_KIND.read(
            {"one": ["maybe"], "count": ["21"], "points": ["85.5"], "words": ["一二三四五六七八九十百"]}, form="full"
        )
    faults = refused.value.faults
    assert {code: fault.code for code, fault in faults.items()} == {
        "age": "answer.required",
        "one": "choice.unknown",
        "count": "number.out_of_range",
        "points": "mark.not_whole",
        "words": "text.too_long",
    }
    assert faults["count"].values == {"given": "21", "minimum": 1, "maximum": 20}
    assert faults["words"].values == {"most": 10, "given": 11}


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({"one": ["yes", "no"]}, "answer.too_many"),
        ({"one": ["yes", "97"]}, "answer.contradiction"),
        ({"some": ["a", "none"]}, "multiple.exclusive"),
        ({"some": ["a", "97"]}, "answer.contradiction"),
        ({"some": ["a", "b", "c"]}, "multiple.too_many"),
        ({"some": ["98"]}, "choice.unknown"),
        ({"count": "three"}, "number.not_whole"),
        ({"count": "-1"}, "number.not_whole"),
        ({"count": "1_0"}, "number.not_whole"),
        ({"count": "9" * 5000}, "number.out_of_range"),
        ({"pleased": "6"}, "choice.unknown"),
        ({"points": "101"}, "mark.out_of_range"),
        ({"points": ["80", "dk"]}, "answer.contradiction"),
        ({"words": ["a", "b"]}, "answer.too_many"),
        ({"words": "\ud800"}, "text.not_text"),
        ({"tick": "yes"}, "choice.unknown"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_by_code(posted: dict[str, str | list[str]], code: str) -> None:
    assert fault(**posted).code == code


def test_the_same_choice_posted_twice_is_one_choice() -> None:
    assert read(one=["yes", "yes"])["one"] == "yes"


def test_full_width_digits_are_digits() -> None:
    assert read(count="１２")["count"] == 12


def test_a_line_break_counts_as_one_character_as_the_browser_counts_it() -> None:
    assert read(words="12345\r\n789")["words"] == "12345\r\n789"
    assert read(words="123456\r\n8\r\n")["words"] == "123456\r\n8\r\n"


def test_an_answer_off_the_path_is_dropped_even_when_it_is_nonsense() -> None:
    assert read(one="no", later="yes")["later"] is Missing.NOT_ASKED
    assert read(one="no", later="nonsense")["later"] is Missing.NOT_ASKED
    assert read(one="yes", later="yes")["later"] == "yes"


def test_a_route_may_be_opened_by_dont_know() -> None:
    route = 'show_if = { question = "one", any = ["97"] }'
    sample = Instrument.parse(file_of(yes_no("one", "dont_know = true"), yes_no("two", route)))
    assert sample.read({"one": ["97"], "two": ["no"]}, form="full")["two"] == "no"
    assert sample.read({"one": ["yes"], "two": ["no"]}, form="full")["two"] is Missing.NOT_ASKED


def test_a_chain_of_routes_closes_behind_the_first_closed_door() -> None:
    sample = Instrument.parse(
        file_of(
            yes_no("one"),
            yes_no("two", 'show_if = { question = "one", any = ["yes"] }'),
            yes_no("three", 'show_if = { question = "two", any = ["yes"] }'),
        )
    )
    answers = sample.read({"one": ["no"], "two": ["yes"], "three": ["yes"]}, form="full")
    assert sample.marks(answers) == "01----"


def test_too_young_ends_kindly_before_any_fault_is_named() -> None:
    with pytest.raises(Ineligible) as ended:
        EVERY_KIND.read({"age": ["0"], "count": ["many"]}, form="full")
    assert ended.value.values == {"question": "age"}


def test_a_form_nobody_published_is_not_found() -> None:
    with pytest.raises(NotFound):
        EVERY_KIND.read({}, form="other")


def test_a_question_of_another_form_is_not_asked() -> None:
    two_forms = '[[form]]\ncode = "short"\ntitle = { zh = "短", en = "Short" }\n'
    sample = Instrument.parse(file_of(yes_no("one"), yes_no("two", 'forms = ["full"]'), two_forms))
    answers = sample.read({"one": ["yes"], "two": ["yes"]}, form="short")
    assert answers["two"] is Missing.NOT_ASKED
    assert [question.code for question in sample.form("short").questions] == ["one"]


def test_marks_have_one_character_an_item_and_none_for_cell_and_text() -> None:
    codes = [item.code for item in EVERY_KIND.items]
    assert codes == [
        *("one.yes", "one.no", "some.a", "some.b", "some.c", "some.none"),
        *("pleased", "points", "tick", "grave", "later.yes", "later.no"),
    ]
    assert [item.position for item in EVERY_KIND.items] == list(range(1, 13))
    answers = read(one="no", some=["a", "c"], pleased="5", points="dk", tick="1")
    assert EVERY_KIND.marks(answers) == "01" + "1010" + "5" + "d" + "1" + "0" + "--"


def test_the_cell_is_sorted_text_with_missing_codes() -> None:
    assert EVERY_KIND.cell(read(count="4")) == "age=1;count=4"
    assert EVERY_KIND.cell(read(count="dk")) == "age=1;count=d"
    assert EVERY_KIND.cell(read()) == "age=1;count=r"


def test_a_cell_question_that_was_not_asked_is_left_out() -> None:
    route = 'show_if = { question = "one", any = ["yes"] }'
    sample = Instrument.parse(file_of(yes_no("one"), yes_no("two", route, 'cell = "domain"')))
    assert sample.cell(sample.read({"one": ["no"]}, form="full")) == ""


def test_vetoes_are_named_by_their_code() -> None:
    assert EVERY_KIND.vetoes(read(grave="1")) == ("grave",)
    assert EVERY_KIND.vetoes(read(tick="1")) == ()


def test_canonical_json_has_sorted_keys_no_spaces_and_real_characters() -> None:
    sample = Instrument.parse(
        file_of(question("b", "text", "max_length = 9"), yes_no("a", "dont_know = true"), yes_no("c"))
    )
    answers = sample.read({"b": ["好 <"], "a": ["97"]}, form="full")
    expected = '{"answers":{"a":{"missing":"dont_know"},"b":"好 <","c":{"missing":"refused"}},"form":"full"}'
    assert sample.canonical(answers) == expected.encode()


def test_answers_do_not_show_in_a_repr() -> None:
    assert "secret" not in repr(read(words="secret"))


def test_choices_offered_to_the_page_hold_dont_know_and_refusal_in_both_languages() -> None:
    offered = EVERY_KIND.questions["one"].choices
    assert list(offered) == ["yes", "no", "97", "98"]
    assert offered["97"].zh == "不知道"
    assert offered["98"]["en"] == "No answer"
    assert EVERY_KIND.questions["points"].choices["dk"].en == "Cannot judge"
    assert YES_NO.count("code") == 2
