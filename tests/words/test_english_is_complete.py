"""Every page speaks English too: nothing said is missing from the catalogue, and the server reads what is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from tests.words.spoken import CHINESE, catalogue, compiled, messages, said, templates, unwrapped
from webapp.i18n import LOCALES, install

FIELD = re.compile(r"%\(\w+\)[sd]|%%")
OUR_NAME = "民评"  # stands beside Minping


def test_everything_said_has_its_english() -> None:
    english = {str(message.id) for message in messages() if message.string and not message.fuzzy}
    assert sorted(said() - english) == []


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    assert sorted({str(message.id) for message in messages()} - said()) == []
    assert list(catalogue().obsolete) == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert compiled() == {str(message.id): message.string for message in messages()}


def test_english_keeps_every_value_and_invents_none() -> None:
    lost = {
        str(message.id): message.string
        for message in messages()
        if set(FIELD.findall(str(message.id))) != set(FIELD.findall(str(message.string)))
    }
    assert lost == {}


def test_english_is_without_chinese() -> None:
    strange = {str(message.id): message.string for message in messages()}
    assert {zh: en for zh, en in strange.items() if CHINESE.search(str(en).replace(OUR_NAME, ""))} == {}


@pytest.mark.parametrize("template", templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_says_nothing_in_chinese_alone(template: Path) -> None:
    assert unwrapped(template.read_text(encoding="utf-8")) == []


def test_chinese_outside_gettext_is_noticed() -> None:
    assert unwrapped('<p title="提示">{{ _("好") }}</p>') == ['<p title="提示">']
    assert unwrapped('{% set words = "好" %}<button>{{ "保存" }}</button>') == ["好", "保存"]
    assert unwrapped('<a lang="zh-CN">中文</a> <b>「模拟数据」</b>') == []


def test_the_server_finds_the_catalogue_by_the_language_of_the_page() -> None:
    app = Flask(__name__)
    install(app)
    with app.test_request_context():
        with force_locale(LOCALES["en"]):
            assert gettext("提交") == "Send"
        with force_locale(LOCALES["zh"]):
            assert gettext("提交") == "提交"
