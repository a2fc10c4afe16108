"""What anybody may read: right answers once the wave has closed, and what happens to the answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from surveys.catalog import catalog_content
from surveys.collection.waves import close_wave, wave_by_code
from surveys.instrument import Instrument
from tests.respond.samples import Field, field
from webapp.db import Stores

AWARENESS = Instrument.parse(catalog_content("legal-awareness"))
KEYED = [question for question in AWARENESS.questions.values() if question.key]


def test_right_answers_stay_secret_while_the_wave_is_open(client: FlaskClient, printed: Field) -> None:
    page = client.get(f"/answers/{printed.wave}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "正确答案还没有公布" in page.text
    assert not any(question.law and question.law.explanation.zh in page.text for question in KEYED)


def test_right_answers_with_their_law_appear_when_it_closes(
    client: FlaskClient, printed: Field, stores: Stores
) -> None:
    with stores.box_transaction() as box:
        close_wave(box, wave_by_code(box, printed.wave))
    for language, address in (("zh", ""), ("en", "?lang=en")):
        page = client.get(f"/answers/{printed.wave}{address}").text
        assert page.count("<article") == len(KEYED) == 20
        assert "模拟数据" in page or language == "en"
        for question in KEYED:
            shown = [question.text, *(question.choices[code] for code in question.key or ())]
            if question.law:
                shown += [question.law.text, question.law.explanation]
            assert [text[language] for text in shown if _escaped(text[language]) not in page] == []


def test_they_appear_at_the_closing_time_too(client: FlaskClient, stores: Stores) -> None:
    past = field(stores, closes_at=datetime.now(UTC) - timedelta(minutes=1))
    assert "<article" in client.get(f"/answers/{past.wave}").text


def test_an_instrument_without_keys_says_so(client: FlaskClient, printed: Field, stores: Stores) -> None:
    with stores.box_transaction() as box:
        close_wave(box, wave_by_code(box, printed.evaluation))
    assert "没有知识题" in client.get(f"/answers/{printed.evaluation}").text


def test_the_privacy_page_says_what_we_cannot_promise(client: FlaskClient, printed: Field) -> None:
    page = client.get(f"/about/{printed.wave}")
    assert page.headers["Cache-Control"] == "public, max-age=300"
    said = ["备份", "保密的，不是匿名的", "封存", "统计局", "模拟〔2021〕1号", "023-0000-0000", "模拟数据"]
    assert [words for words in said if words not in page.text] == []


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")
