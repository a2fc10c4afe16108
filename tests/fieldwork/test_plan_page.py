"""The page of the analysis plan: lodged before the opening with every fault named, read-only with its hash after."""

from __future__ import annotations

import hashlib

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.collection.sealed import KeyPair
from surveys.records.staff import Action
from surveys.records.waves import Wave
from tests.fieldwork.samples import CODE, assessor, said_in, send
from webapp.db import Stores

PAGE = f"/waves/{CODE}/plan"
Planned = tuple[Wave, KeyPair]


def template(client: FlaskClient) -> bytes:
    return client.get(f"{PAGE}/template.toml").get_data()


def actions(stores: Stores) -> list[Action]:
    with stores.registrar_reading() as registrar:
        return list(registrar.scalars(select(Action).where(Action.action == "plan.lodge")))


def test_before_a_plan_is_lodged_the_page_shows_the_default_and_says_so(client: FlaskClient, planned: Planned) -> None:
    page = client.get(PAGE).get_data(as_text=True)
    assert "还没有登记方案" in page
    assert "awareness_rate" in page
    assert 'type="file"' in page
    assert "还没有登记分析方案" in client.get(f"/waves/{CODE}/").get_data(as_text=True)


def test_the_template_is_lodged_shown_with_its_hash_and_logged(
    client: FlaskClient, stores: Stores, planned: Planned
) -> None:
    assert send(client, PAGE, file=(template(client), "plan.toml")).status_code == 303
    kept = client.get(f"{PAGE}.toml")
    sha256 = hashlib.sha256(kept.get_data()).hexdigest()
    page = client.get(PAGE).get_data(as_text=True)
    assert sha256 in page
    assert "登记时间" in page
    assert "还没有登记方案" not in page
    assert [line.details for line in actions(stores)] == [{"sha256": sha256}]
    assert "还没有登记分析方案" not in client.get(f"/waves/{CODE}/").get_data(as_text=True)
    assert send(client, PAGE, file=(kept.get_data(), "again.toml")).status_code == 303


def test_a_plan_with_faults_is_refused_with_all_of_them_and_nothing_is_kept(
    client: FlaskClient, stores: Stores, planned: Planned
) -> None:
    bad = template(client).replace(b'rule = "fail"', b'rule = "guess"').replace(b'each = "edu"', b'each = "<b>"')
    answer = send(client, PAGE, file=(bad.replace(b"level = 0.05", b"level = 7"), "plan.toml"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for place in ("lonely.rule", "guess", "comparison[education].each", "&lt;b&gt;", "family[towns].level"):
        assert place in page
    assert "文件没有登记" in page
    with stores.box_reading() as box:
        assert box.scalars(select(Wave)).one().plan == {"expected_response": 0.5}
    assert actions(stores) == []


def test_after_the_opening_the_plan_is_read_only(client: FlaskClient, stores: Stores, planned: Planned) -> None:
    content = template(client)
    send(client, PAGE, file=(content, "plan.toml"))
    before = client.get(f"{PAGE}.toml").get_data()
    assert send(client, f"/waves/{CODE}/open").status_code == 303
    page = client.get(PAGE).get_data(as_text=True)
    assert 'type="file"' not in page
    assert hashlib.sha256(before).hexdigest() in page
    answer = send(client, PAGE, file=(content.replace(b"0.05", b"0.10"), "plan.toml"))
    assert answer.status_code == 409
    assert "不能再登记或更换" in said_in(answer)
    assert client.get(f"{PAGE}.toml").get_data() == before


def test_no_file_and_a_file_that_is_no_text_are_refused_in_words(client: FlaskClient, planned: Planned) -> None:
    assert send(client, PAGE).status_code == 422
    assert "UTF-8" in send(client, PAGE, file=(b"\xff\xfe\x00", "plan.toml")).get_data(as_text=True)


@pytest.mark.parametrize("path", ["", ".toml", "/template.toml"])
def test_another_firm_sees_nothing_of_the_plan(client: FlaskClient, planned: Planned, path: str) -> None:
    rival = assessor(client.application.test_client(), "rival.qian")
    assert rival.get(PAGE + path).status_code == 404
    assert send(rival, PAGE, file=(b"x", "plan.toml")).status_code == 404
