"""The surveys that come with Minping."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest

from surveys.catalog import catalog_codes, catalog_content
from surveys.errors import Ineligible
from surveys.instrument import Instrument, Missing, Question, Text

CODES = catalog_codes()
AWARENESS = Instrument.parse(catalog_content("legal-awareness"))
CASES = Instrument.parse(catalog_content("enforcement-evaluation"))
ITEMS = [question for question in AWARENESS.questions.values() if question.key is not None]
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_two_surveys_are_found_by_their_code() -> None:
    assert CODES == ("enforcement-evaluation", "legal-awareness")
    assert [Instrument.parse(catalog_content(code)).code for code in CODES] == list(CODES)


def test_a_survey_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        catalog_content("../../etc/passwd")


@pytest.mark.parametrize("code", CODES)
def test_the_fingerprint_is_that_of_the_exact_text(code: str) -> None:
    content = catalog_content(code)
    assert Instrument.parse(content).sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert Instrument.parse(content).sha256 == Instrument.parse(content).sha256
    assert Instrument.parse(content + "\n").sha256 != Instrument.parse(content).sha256
    assert Instrument.parse(content).content == content


def wordings(instrument: Instrument) -> list[Text]:
    texts = [instrument.title, *instrument.topics.values()]
    for question in instrument.questions.values():
        texts += [question.text, *question.choices.values()]
        texts += [question.help] if question.help is not None else []
    for indicator in instrument.indicators.values():
        texts += [indicator.title, indicator.definition]
    return texts


@pytest.mark.parametrize("code", CODES)
def test_english_is_english_and_trimmed(code: str) -> None:
    for text in wordings(Instrument.parse(catalog_content(code))):
        assert not CHINESE.search(text.en)
        assert (text.zh, text.en) == (text.zh.strip(), text.en.strip())


@pytest.mark.parametrize("code", CODES)
def test_every_definition_names_numerator_denominator_and_threshold(code: str) -> None:
    for indicator in Instrument.parse(catalog_content(code)).indicators.values():
        zh, en = indicator.definition.zh, indicator.definition.en
        assert "分子" in zh
        assert "分母" in zh
        assert "umerator" in en
        assert "enominator" in en
        if indicator.threshold is not None:
            assert str(indicator.threshold) in zh
            assert str(indicator.threshold) in en
        for grade in indicator.grades:
            assert str(grade.lowest) in zh
            assert grade.title.zh in zh
        if indicator.least > 1:
            assert f"少于 {indicator.least} 项" in zh


def test_there_are_twenty_items_of_weight_one_with_dont_know() -> None:
    assert len(ITEMS) == 20
    assert {question.weight for question in ITEMS} == {1}
    assert all(question.missing_codes == {"97": Missing.DONT_KNOW} for question in ITEMS)
    assert all(3 <= len(question.substantive) <= 4 for question in ITEMS)


@pytest.mark.parametrize("question", ITEMS, ids=lambda question: question.code)
def test_every_item_has_one_right_choice_and_its_law_in_both_languages(question: Question) -> None:
    assert question.key is not None
    assert question.law is not None
    assert len(question.key) == 1
    assert question.key <= set(question.substantive)
    assert question.topic in AWARENESS.topics
    for text in (question.law.text, question.law.explanation, question.law.article):
        assert text is None or (CHINESE.search(text.zh) and text.en.strip())
    assert re.fullmatch("《.*》|《.*》；.*《.*》", question.law.text.zh)
    if question.law.article is not None:
        assert "条" in question.law.article.zh
        assert "Article" in question.law.article.en


def test_laws_whose_articles_moved_are_cited_without_a_number() -> None:
    moved = {"《中华人民共和国治安管理处罚法》", "《中华人民共和国行政复议法》"}
    cited = {q.law.text.zh: q.law.article for q in ITEMS if q.law is not None and q.law.text.zh in moved}
    assert cited == dict.fromkeys(moved)


def test_no_place_and_no_length_gives_the_right_answer_away() -> None:
    places = Counter(question.substantive.index(min(question.key or ())) for question in ITEMS)
    assert max(places.values()) <= 8  # of 20, with three choices mostly
    longest = 0
    for question in ITEMS:
        lengths = {code: len(question.choices[code].zh) for code in question.substantive}
        right = lengths.pop(min(question.key or ()))
        longest += right > max(lengths.values())
    assert longest <= 6


def test_questions_are_short_in_chinese() -> None:
    assert max(len(question.text.zh) for question in ITEMS) <= 25


def test_only_age_must_be_answered() -> None:
    assert [code for code, question in AWARENESS.questions.items() if question.required] == ["age"]


def test_seven_age_bands_and_a_kind_end_below_fifteen() -> None:
    assert AWARENESS.questions["age"].substantive == ("0", "1", "2", "3", "4", "5", "6", "7")
    with pytest.raises(Ineligible):
        AWARENESS.read({"age": ["0"]}, form="resident")


def test_the_cell_of_each_form() -> None:
    posted = {"age": ["3"], "sex": ["1"], "edu": ["2"], "k": ["2"], "town": ["500112016"]}
    assert AWARENESS.cell(AWARENESS.read(posted, form="resident")) == "age=3;edu=2;k=2;sex=1"
    assert AWARENESS.cell(AWARENESS.read(posted, form="open")) == "age=3;edu=2;k=2;sex=1;town=500112016"
    assert AWARENESS.cell(AWARENESS.read({"age": ["7"]}, form="resident")) == "age=7;edu=r;k=r;sex=r"


def test_satisfaction_keeps_the_codes_of_the_definition() -> None:
    for code in ("sat_publicity", "sat_enforcement"):
        assert list(AWARENESS.questions[code].choices) == ["1", "2", "3", "4", "5", "97", "98"]


def test_a_right_answer_to_everything_scores_a_hundred() -> None:
    posted = {question.code: list(question.key or ()) for question in ITEMS}
    scores = AWARENESS.scores(AWARENESS.read({"age": ["4"], **posted}, form="resident"))
    assert scores == {
        "complete": 1,
        "awareness_rate": 1,
        "awareness_rate_refused_out": 1,
        "knowledge_score": 100,
        "reach": 0,
    }


def test_a_panel_member_who_withdraws_is_asked_nothing_more() -> None:
    answers = CASES.read({"recused": ["yes"], "body": ["100"], "veto_law": ["1"]}, form="panel")
    assert CASES.marks(answers) == "01" + "-" * (len(CASES.items) - 2)
    assert CASES.scores(answers) == {}
    assert CASES.vetoes(answers) == ()


MARKS = ("body", "facts", "procedure", "basis", "discretion", "conduct", "efficiency")


def test_a_panel_member_gives_seven_marks_and_names_vetoes() -> None:
    posted = {code: [str(80 + place)] for place, code in enumerate(MARKS)}
    answers = CASES.read({"recused": ["no"], **posted, "veto_facts": ["1"]}, form="panel")
    scores = CASES.scores(answers)
    assert scores["case_score"] == 83  # 80 to 86
    assert scores["mark_conduct"] == 85
    assert "parties_score" not in scores
    assert CASES.vetoes(answers) == ("veto_facts",)


def test_nine_vetoes_and_four_groups_of_equal_weight() -> None:
    assert sum(question.type.is_veto for question in CASES.questions.values()) == 9
    assert [group.weight for group in CASES.indicators["case_score"].groups.values()] == [1, 1, 1, 1]
    assert [grade.lowest for grade in CASES.indicators["case_score"].grades] == [90, 80, 60, 0]


def test_a_partys_answers_are_a_score_of_their_own() -> None:
    posted = {"p_conduct": ["90"], "p_efficiency": ["60"], "p_rights": ["partly"], "body": ["100"]}
    scores = CASES.scores(CASES.read(posted, form="party"))
    assert scores == {"parties_score": pytest.approx((90 + 60 + 50) / 3)}


def test_recusal_is_the_only_thing_a_panel_member_must_answer() -> None:
    assert [code for code, question in CASES.questions.items() if question.required] == ["recused"]
