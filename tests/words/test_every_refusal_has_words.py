"""Whatever the code refuses with is worded in both languages, and nothing is worded that no code says."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from tests.words.raised import begun_with, not_estimable, raised, said_with
from webapp.words import FIELD, FOLDER, fill, sentences, word
from webapp.work import JOB_KINDS

LANGUAGES = ("zh", "en")
ALWAYS = frozenset({"code"})  # `word` gives it to every sentence
NOTING = ("record_action", "noted", "_note", "_pdf", "_decided", "let_in")
REPORTING = ("progress", "report")
SPOKEN_OF = ("action.", "step.", "command.step.", "job.kind.")  # words that are no refusal


def actions() -> frozenset[str]:
    """The actions that the log can hold, those with a changing end apart."""
    return frozenset(f"action.{action}" for action in said_with(*NOTING))


def steps() -> frozenset[str]:
    """The steps that a job or a command can be at, those with a number apart."""
    return frozenset(f"{prefix}{step}" for prefix in ("step.", "command.step.") for step in said_with(*REPORTING))


def kinds_of_jobs() -> frozenset[str]:
    """Those of the house; tests register kinds of their own, which nobody reads."""
    return frozenset(f"job.kind.{kind}" for kind in JOB_KINDS if not kind.startswith("test-"))


def test_every_refusal_has_a_sentence() -> None:
    assert [one for one in raised() if one.code not in sentences()] == []


def test_every_sentence_stands_in_chinese_and_english_and_in_nothing_else() -> None:
    assert {code: said for code, said in sentences().items() if set(said) != set(LANGUAGES)} == {}
    assert [code for code, said in sentences().items() if not all(said[lang].strip() for lang in LANGUAGES)] == []


def test_a_sentence_names_only_values_that_are_given_to_it() -> None:
    known = sentences()
    lacking = {
        (one.code, lang, one.place): names
        for one in raised()
        for lang in LANGUAGES
        if (names := set(FIELD.findall(known.get(one.code, {}).get(lang, ""))) - one.values - ALWAYS)
    }
    assert lacking == {}


def test_both_languages_name_the_same_values() -> None:
    fields = {code: [set(FIELD.findall(said[lang])) for lang in LANGUAGES] for code, said in sentences().items()}
    assert {code: names for code, names in fields.items() if names[0] != names[1]} == {}


def test_no_sentence_is_left_over() -> None:
    used = {one.code for one in raised()} | actions() | steps() | kinds_of_jobs()
    heads = tuple(f"action.{head}" for head in begun_with(*NOTING))
    heads += tuple(f"command.step.{head}" for head in begun_with(*REPORTING))
    assert sorted(code for code in sentences() if code not in used and not code.startswith(heads)) == []


def test_every_action_and_every_kind_of_job_has_words() -> None:
    assert sorted((actions() | kinds_of_jobs()) - set(sentences())) == []


def test_chinese_sentences_are_in_chinese_and_english_ones_are_not() -> None:
    def has_chinese(text: str) -> bool:
        return any("\u4e00" <= sign <= "\u9fff" for sign in text)

    plain = {code: said for code, said in sentences().items() if FIELD.sub("", said["en"]).strip()}
    assert [code for code, said in plain.items() if not has_chinese(said["zh"]) or has_chinese(said["en"])] == []


def test_a_refusal_ends_as_a_sentence() -> None:
    spoken = {code: said for code, said in sentences().items() if not code.startswith(SPOKEN_OF)}
    assert [code for code, said in spoken.items() if not said["zh"].endswith(("。", "}"))] == []
    assert [code for code, said in spoken.items() if not said["en"].endswith((".", "}"))] == []


def test_a_figure_that_cannot_be_estimated_has_its_reason() -> None:
    words = tomllib.loads(resources.files("surveys.reporting").joinpath("words.toml").read_text("utf-8"))
    reasons = words["reason"]
    assert {code: reasons.get(code) for code in not_estimable() if set(reasons.get(code, {})) != set(LANGUAGES)} == {}


def test_every_file_says_what_it_is_about() -> None:
    assert [path.name for path in FOLDER.glob("*.toml") if not path.read_text("utf-8").startswith("# ")] == []


@pytest.mark.parametrize(("lang", "said"), [("zh", "甲、乙"), ("en", "甲, 乙")])
def test_a_list_is_shown_as_a_list(lang: str, said: str) -> None:
    assert said in word("margin.empty_cell", {"margin": "town", "categories": ["甲", "乙"]}, lang)


def test_totals_and_fractions_are_shown_as_people_write_them() -> None:
    assert fill("{sums}", {"sums": {"town": 1200.0, "age*sex": 0.123456}}, "; ") == "town 1200; age*sex 0.1235"


def test_what_was_typed_is_never_a_format_string() -> None:
    assert fill("“{value}”", {"value": "{code} %(x)s {0}"}) == "“{code} %(x)s {0}”"
