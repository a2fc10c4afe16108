"""Codes that open nothing: a kind page, and nothing learnt by trying."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import update

from surveys.collection.codes import AccessCode
from surveys.collection.sealing import seal_phase
from surveys.collection.waves import wave_by_code
from surveys.records.kinds import WaveState
from surveys.records.passes import Pass
from tests.collection.samples import answers
from tests.respond.samples import Field, field
from webapp.db import Stores


def test_unknown_void_and_spent_codes_look_alike(client: FlaskClient, printed: Field, stores: Stores) -> None:
    spent, void, _ = printed.codes
    client.post(f"/s/{spent}", data=answers())
    with stores.box_transaction() as box:
        fingerprint = AccessCode.parse(void).fingerprint("box")
        box.execute(update(Pass).where(Pass.fingerprint == fingerprint).values(void=True))
    pages = [client.get(f"/s/{code}") for code in (AccessCode.random().printed, spent, void)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert "这个代码现在不能用" in pages[0].text
    assert pages[0].headers["Cache-Control"] == "no-store"


def test_after_sealing_a_resend_is_told_the_same(client: FlaskClient, printed: Field, stores: Stores) -> None:
    client.post(f"/s/{printed.codes[0]}", data=answers())
    with stores.box_transaction() as box:
        seal_phase(box, wave_by_code(box, printed.wave))
    page = client.post(f"/s/{printed.codes[0]}", data=answers())
    assert page.status_code == 404
    assert "如果您家已经答过" in page.text


def test_a_mistyped_address_gets_the_same_page(client: FlaskClient, printed: Field) -> None:
    assert "这个代码现在不能用" in client.get("/s/ABCD").text
    assert client.post("/s/ABCD", data=answers()).status_code == 404


def test_before_the_day_the_page_says_when(client: FlaskClient, stores: Stores) -> None:
    opens = datetime.now(UTC) + timedelta(days=3)
    early = field(stores, opens_at=opens)
    for page in (client.get(f"/s/{early.codes[0]}"), client.post(f"/s/{early.codes[0]}", data=answers())):
        assert page.status_code == 403
        assert "还没有开始" in page.text
        assert f"{opens.astimezone(ZoneInfo('Asia/Shanghai')).day}日" in page.text
        assert "模拟数据" in page.text


def test_a_wave_opened_later_than_planned_names_no_day_that_has_gone(client: FlaskClient, stores: Stores) -> None:
    late = field(stores)
    with stores.box_transaction() as box:
        wave_by_code(box, late.wave).state = WaveState.PLANNED
    page = client.get(f"/s/{late.codes[0]}")
    assert page.status_code == 403
    assert "请过几天再来" in page.text
    assert "答题从" not in page.text


def test_after_the_day_the_page_thanks_and_leads_to_the_answers(client: FlaskClient, stores: Stores) -> None:
    past = field(stores, closes_at=datetime.now(UTC) - timedelta(hours=1))
    open_link = client.get(f"/o/{past.poster}").headers["Location"]
    for page in (
        client.get(f"/s/{past.codes[0]}"),
        client.post(f"/s/{past.codes[0]}", data=answers()),
        client.get(open_link),
        client.post(open_link, data=answers()),
    ):
        assert page.status_code == 410
        assert "这次测评已经结束" in page.text
        assert f'href="/answers/{past.wave}"' in page.text


def test_a_poster_or_a_visit_that_is_not_ours_is_told_so(client: FlaskClient, printed: Field) -> None:
    for address in ("/o/nonsense", f"/o/{printed.poster}/not-a-nonce", "/about/nothing", "/answers/nothing"):
        page = client.get(address)
        assert page.status_code == 404
        assert "没有找到这一页" in page.text
