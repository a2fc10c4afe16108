"""Evaluators' pages: their own cases, recusal first, confidential."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.collection.waves import wave_by_code
from surveys.records.kinds import Channel
from surveys.records.responses import Arrival
from tests.respond.samples import Field, evaluator_of, field
from tests.respond.test_sending import receipt_in
from webapp.db import Stores

MARKS = {name: "85" for name in ("body", "facts", "procedure", "basis", "discretion", "conduct")}
EVALUATED = {"recused": "no", "efficiency": "dk", "veto_facts": "1", **MARKS}


def test_an_evaluators_letter_leads_to_the_cases(client: FlaskClient, printed: Field) -> None:
    onward = client.get(f"/s/{printed.evaluator}?size=big")
    assert (onward.status_code, onward.headers["Location"]) == (303, f"/e/{printed.evaluator}?size=big")


def test_the_list_shows_what_is_done_and_what_is_not(client: FlaskClient, printed: Field) -> None:
    client.post(f"/e/{printed.evaluator}/C-001", data=EVALUATED)
    page = client.get(f"/e/{printed.evaluator}")
    assert page.headers["Cache-Control"] == "no-store"
    assert "一共 2 件，已经评议 1 件" in page.text
    assert f'href="/e/{printed.evaluator}/C-002"' in page.text
    assert f'href="/e/{printed.evaluator}/C-001"' not in page.text
    assert "保密的，不是匿名的" in page.text
    assert "模拟数据" in page.text


def test_recusal_comes_first_and_closes_the_rest(client: FlaskClient, printed: Field, stores: Stores) -> None:
    page = client.get(f"/e/{printed.evaluator}/C-001").text
    assert re.findall(r'<fieldset id="q-(\w+)"', page)[0] == "recused"
    assert page.count('inputmode="numeric"') == 7
    assert len(re.findall(r'name="veto_\w+"', page)) == 9
    assert "如果第 1 题选了“没有，可以评议”，请回答。" in page
    assert client.post(f"/e/{printed.evaluator}/C-001", data={"recused": "yes", "body": "oops"}).status_code == 200
    with stores.box_reading() as box:
        assert box.scalars(select(Arrival)).one().subject == "C-001"


def test_a_wrong_mark_is_said_beside_it(client: FlaskClient, printed: Field) -> None:
    page = client.post(f"/e/{printed.evaluator}/C-001", data=EVALUATED | {"body": "101", "facts": "八十"})
    assert page.status_code == 422
    assert "分数是 0 到 100，现在是 101" in page.text
    assert "请填 0 到 100 的整数" in page.text
    assert 'value="八十"' in page.text


def test_a_second_sending_brings_the_same_receipt(client: FlaskClient, printed: Field, stores: Stores) -> None:
    pages = [client.post(f"/e/{printed.evaluator}/C-001", data=EVALUATED) for _ in range(2)]
    assert receipt_in(pages[0].text) == receipt_in(pages[1].text)
    assert pages[0].headers["Cache-Control"] == "no-store"
    with stores.box_reading() as box:
        kept = box.scalars(select(Arrival)).one()
    assert (kept.channel, kept.rater, kept.subject) == (Channel.PANEL, "r1", "C-001")


def test_nobody_evaluates_another_evaluators_case(client: FlaskClient, printed: Field, stores: Stores) -> None:
    with stores.box_transaction() as box:
        other = evaluator_of(box, wave_by_code(box, printed.evaluation), ["C-003"]).printed
    for address in (f"/e/{printed.evaluator}/C-003", f"/e/{other}/C-001", f"/e/{printed.codes[0]}"):
        assert client.get(address).status_code == 404
    assert client.post(f"/e/{other}/C-001", data=EVALUATED).status_code == 404


def test_a_party_gets_the_short_form_and_no_rater(client: FlaskClient, printed: Field, stores: Stores) -> None:
    with stores.box_transaction() as box:
        party = evaluator_of(box, wave_by_code(box, printed.evaluation), ["C-001"], Channel.PARTY).printed
    page = client.get(f"/e/{party}/C-001").text
    assert re.findall(r'<fieldset id="q-(\w+)"', page)[0] == "p_conduct"
    assert "不影响您的案件" in page
    assert client.post(f"/e/{party}/C-001", data={"p_conduct": "90", "p_satisfaction": "2"}).status_code == 200
    with stores.box_reading() as box:
        assert box.scalars(select(Arrival)).one().rater == ""


def test_a_post_from_another_site_is_refused_here_too(client: FlaskClient, printed: Field) -> None:
    sent = {"Sec-Fetch-Site": "cross-site"}
    page = client.post(f"/e/{printed.evaluator}/C-001", data=EVALUATED, headers=sent)
    assert page.status_code == 403
    assert 'value="85"' in page.text


def test_a_closed_evaluation_says_so(client: FlaskClient, stores: Stores) -> None:
    past = field(stores, closes_at=datetime.now(UTC) - timedelta(minutes=1))
    for address in (f"/e/{past.evaluator}", f"/e/{past.evaluator}/C-001"):
        page = client.get(address)
        assert page.status_code == 410
        assert "/answers/" not in page.text


def test_no_page_calls_an_evaluator_anonymous(client: FlaskClient, printed: Field) -> None:
    for address in (f"/e/{printed.evaluator}", f"/e/{printed.evaluator}/C-001"):
        page = client.get(address).text
        assert page.count("匿名") == page.count("不是匿名")
