"""Every code that we refuse with is worded in Chinese and in English, and stored text is never a format string."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from surveys import errors
from surveys.errors import Refusal
from webapp import i18n, logins, passwords
from webapp.errors import status_of
from webapp.words import fill, sentences, word, words_for

ROOT = Path(__file__).parents[2]
KINDS = {
    name
    for module in (errors, logins, passwords)
    for name, thing in vars(module).items()
    if isinstance(thing, type) and issubclass(thing, Refusal)
}


def refused_codes() -> dict[str, Path]:
    """Every literal code that some `Refusal("code", …)` in the product names, and where."""
    found: dict[str, Path] = {}
    for path in [*(ROOT / "surveys").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and node.args:
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                first = node.args[0]
                if name in KINDS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[first.value] = path
    return found


def test_every_refusal_is_worded() -> None:
    assert {code: path.name for code, path in refused_codes().items() if code not in sentences()} == {}


def test_every_sentence_stands_in_both_languages_with_the_same_values() -> None:
    for code, said in sentences().items():
        assert set(said) == {"zh", "en"}, code
        assert all(said.values()), code
        fields = [set(i18n_fields(said[language])) for language in ("zh", "en")]
        assert fields[0] == fields[1], code


def i18n_fields(template: str) -> list[str]:
    return [part.split("}")[0] for part in template.split("{")[1:]]


@pytest.mark.parametrize("hostile", ["{0.__class__}", "{code}", "%(x)s", "{{7*7}}", "{login}"])
def test_values_stand_as_typed_and_are_not_filled_again(hostile: str) -> None:
    assert fill("“{login}” 已占用 {missing}", {"login": hostile}) == f"“{hostile}” 已占用 {{missing}}"


def test_a_refusal_is_said_in_the_language_asked_for() -> None:
    refusal = Refusal("password.length", shortest=15, longest=200)
    assert words_for(refusal, "zh").startswith("密码需要 15 到 200 个字符")
    assert words_for(refusal, "en").startswith("A password needs 15 to 200 characters")


def test_an_unworded_code_is_named_rather_than_swallowed() -> None:
    assert word("no.such", {}, "en") == "This step could not be done (no.such)."


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_stored_text_is_given_in_the_pages_language_or_in_chinese(app: Flask) -> None:
    texts = {"zh": "街道", "en": "Subdistrict"}
    with app.test_request_context("/?lang=en"):
        assert i18n.text_in(texts) == "Subdistrict"
        assert i18n.text_in({"zh": "街道"}) == "街道"
        assert i18n.text_in({}) == ""
    with app.test_request_context("/?lang=fr"):
        assert i18n.text_in(texts) == "街道"


def test_each_kind_of_refusal_has_its_status() -> None:
    expected = {
        errors.NotFound: 404,
        errors.UnknownCode: 404,
        errors.NotAllowed: 403,
        errors.NotYetOpen: 403,
        errors.Closed: 410,
        errors.SpentCode: 410,
        errors.Conflict: 409,
        errors.AnswerInvalid: 422,
        errors.Refusal: 400,
    }
    assert {kind: status_of(kind("x")) for kind in expected} == expected
