"""Planning a wave: every fault beside its field, nothing typed lost, the private key shown once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.errors import NotAllowed
from surveys.records.staff import Action
from surveys.records.waves import Wave
from tests.fieldwork.samples import CODE, a_wave, assessor, send
from webapp.db import Stores
from webapp.fieldwork import keyfile

GOOD = {
    "title_zh": "普法测评",
    "title_en": "Legal awareness",
    "code": "yb-27",
    "instrument": "legal-awareness 2021.1",
    "area": "stats 500112",
    "commissioner": "yubei",
    "assessor": "firm",
    "opens_at": "2030-09-01T08:00",
    "closes_at": "2030-10-01T18:00",
    "approval_body": "统计局",
    "approval_number": "1号",
    "approval_expires": "2030-12-31",
    "contact": "023",
    "booklets": "4",
    "expected_response": "54",
}


def test_a_newcomer_is_told_what_a_wave_is(client: FlaskClient) -> None:
    page = client.get("/waves/").get_data(as_text=True)
    assert "还没有调查批次" in page
    assert 'href="/waves/new"' in page


def test_a_wave_is_planned_in_local_time_with_its_instrument_published(client: FlaskClient, stores: Stores) -> None:
    answer = send(client, "/waves/new", **GOOD)
    assert answer.status_code == 200
    with stores.box_reading() as box:
        wave = box.scalars(select(Wave)).one()
        assert wave.opens_at.isoformat() == "2030-09-01T00:00:00+00:00"
        assert wave.instrument_version.code == "legal-awareness"
        assert wave.commissioner_name == {"zh": "机构 yubei", "en": "机构 yubei"}
        assert wave.plan == {"expected_response": 0.54}
    with stores.registrar_reading() as registrar:
        assert "wave.new" in registrar.scalars(select(Action.action)).all()


def test_the_private_key_is_on_that_page_and_nowhere_else(client: FlaskClient, stores: Stores) -> None:
    answer = send(client, "/waves/new", **GOOD)
    page = answer.get_data(as_text=True)
    private = re.search(r"minping-key-1 yb-27 ([0-9a-f]{64})", page)
    assert private is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'download="minping-yb-27.key"' in page
    with stores.box_reading() as box:
        kept = box.scalars(select(Wave)).one().assessor_key
    assert len(kept) == 32
    assert kept.hex() != private[1]
    assert private[1] not in client.get("/waves/yb-27/").get_data(as_text=True)


def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    bad = {
        "title_zh": "<b>测评</b>",
        "code": "Bad Code",
        "opens_at": "morgen",
        "closes_at": "",
        "commissioner": "nobody",
    }
    answer = send(client, "/waves/new", **bad, booklets="many", expected_response="200")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    at_fault = set(re.findall(r'class="fault-beside" id="([a-z_]+)-fault"', page))
    assert at_fault == {*GOOD} - {"title_zh"}
    assert "&lt;b&gt;测评&lt;/b&gt;" in page
    assert 'value="morgen"' in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"closes_at": "2030-08-01T08:00"}, "closes_at"),
        ({"approval_expires": "2030-09-30"}, "approval_expires"),
        ({"opens_at": "2019-01-01T00:00", "closes_at": "2020-01-01T00:00"}, "closes_at"),
        ({"instrument": "legal-awareness 1999"}, "instrument"),
        ({"area": "stats 1"}, "area"),
        ({"commissioner": "firm"}, "commissioner"),
        ({"assessor": "rival"}, "assessor"),
        ({"code": "new"}, "code"),
    ],
)
def test_one_wrong_field_is_the_only_one_marked(client: FlaskClient, changed: dict[str, str], field: str) -> None:
    page = send(client, "/waves/new", **{**GOOD, **changed}).get_data(as_text=True)
    assert re.findall(r'class="fault-beside" id="([a-z_]+)-fault"', page) == [field]


def test_a_code_is_taken_once(client: FlaskClient) -> None:
    assert send(client, "/waves/new", **GOOD).status_code == 200
    again = send(client, "/waves/new", **GOOD)
    assert again.status_code == 409
    assert 'id="code-fault"' in again.get_data(as_text=True)


def test_anothers_wave_does_not_exist(app: Flask, stores: Stores) -> None:
    a_wave(stores)
    rival = assessor(app.test_client(), "rival.qian")
    official = assessor(app.test_client(), "official.zhao")
    for page in (
        "",
        "frame",
        "margins",
        "draw",
        "invitations",
        "posters",
        "progress",
        "close",
        "analysis",
        "analysis/1",
    ):
        assert rival.get(f"/waves/{CODE}/{page}").status_code == 404
        assert official.get(f"/waves/{CODE}/{page}").status_code == 403
    assert send(rival, f"/waves/{CODE}/close", confirm=CODE).status_code == 404
    assert CODE not in rival.get("/waves/").get_data(as_text=True)


def test_the_overview_names_the_next_step(client: FlaskClient, stores: Stores) -> None:
    a_wave(stores)
    page = client.get(f"/waves/{CODE}/").get_data(as_text=True)
    assert "下一步：抽样框" in page
    assert "「模拟数据」" in page
    assert client.get(f"/waves/{CODE}").status_code == 308


def test_a_lost_key_is_replaced_while_no_letter_is_out(client: FlaskClient, stores: Stores) -> None:
    wave, pair = a_wave(stores)
    page = send(client, f"/waves/{CODE}/key").get_data(as_text=True)
    assert "minping-key-1" in page
    with stores.box_reading() as box:
        assert box.get_one(Wave, wave.id).assessor_key != pair.public


def test_a_key_file_is_read_back_and_anothers_is_refused() -> None:
    private = bytes(range(32))
    text = keyfile.written("yb-27", private)
    assert keyfile.read(b"\xef\xbb\xbf" + text.encode() + b"\r\n", "yb-27") == private
    with pytest.raises(NotAllowed, match=r"key\.other_wave"):
        keyfile.read(text.encode(), "yb-28")
    for wrong in (b"", b"\xff\xfe\x00", text[:-5].encode(), b"x" * 10_000):
        with pytest.raises(NotAllowed, match=r"key\.file"):
            keyfile.read(wrong, "yb-27")
