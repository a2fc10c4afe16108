"""Signing in, staying signed in and signing out, through the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.conftest import PASSWORD, Person, SignedIn, account_of, post, settings_for, sign_in, token_of
from webapp import create_app, logins
from webapp.db import Stores
from webapp.people import Actor, disable

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def tries(app: Flask, login: str, password: str) -> tuple[int, str]:
    browser = app.test_client()
    answer = browser.post("/staff/login", data={"login": login, "password": password, "csrf_token": token_of(browser)})
    return answer.status_code, answer.get_data(as_text=True).split('role="alert">')[-1].split("</div>")[0]


def test_ten_wrong_passwords_lock_the_login_for_a_new_server_too(app: Flask, stores: Stores, tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(10):
            assert tries(app, "admin.wang", "wrong wrong wrong")[0] == 403
            clock.shift(timedelta(seconds=70))
        restarted = create_app(settings_for(tmp_path / "again"), stores)
        status, said = tries(restarted, "admin.wang", PASSWORD)
        assert status == 429
        assert "秒后再试" in said
        clock.shift(timedelta(minutes=15))
        assert tries(restarted, "admin.wang", PASSWORD)[0] == 303


def test_unknown_login_wrong_password_and_disabled_account_look_alike(
    app: Flask, stores: Stores, staffed: dict[str, Person]
) -> None:
    with stores.registrar_transaction() as registrar:
        disable(registrar, Actor(None, NOON), registrar.merge(account_of(stores, staffed["official"])))
    known = tries(app, "assessor.li", "wrong wrong wrong")
    assert known[0] == 403
    assert tries(app, "nobody.at.all", "wrong wrong wrong") == known
    assert tries(app, staffed["official"].login, PASSWORD) == known


def old_cookie(browser: FlaskClient) -> str:
    kept = browser.get_cookie("minping_login")
    assert kept is not None
    return kept.value


def test_the_cookie_of_a_signed_out_browser_is_worth_nothing(app: Flask, signed_in: SignedIn) -> None:
    browser = signed_in("assessor")
    cookie = old_cookie(browser)
    assert post(browser, "/staff/logout").location == "/staff/login"
    thief = app.test_client()
    thief.set_cookie("minping_login", cookie)
    assert thief.get("/staff/").status_code == 303


def test_a_new_password_ends_every_other_session_and_renews_this_one(app: Flask, signed_in: SignedIn) -> None:
    elsewhere, here = signed_in("assessor"), signed_in("assessor")
    cookie, fresh = old_cookie(here), "chuntian li de hua kaile"
    answer = post(here, "/staff/me/password", present=PASSWORD, new=fresh, again=fresh)
    assert answer.location == "/staff/me"
    assert elsewhere.get("/staff/").status_code == 303
    assert here.get("/staff/").status_code == 200
    assert old_cookie(here) != cookie
    sign_in(app.test_client(), "assessor.li", fresh)


def test_a_wrong_present_password_changes_nothing(signed_in: SignedIn) -> None:
    here = signed_in("assessor")
    fresh = "chuntian li de hua kaile"
    assert post(here, "/staff/me/password", present="wrong", new=fresh, again=fresh).status_code == 422
    assert post(here, "/staff/me/password", present=PASSWORD, new=fresh, again="other").status_code == 422
    assert post(here, "/staff/me/password", present=PASSWORD, new="short", again="short").status_code == 422
    assert here.get("/staff/").status_code == 200


def test_one_can_end_ones_own_other_session_and_nobody_elses(signed_in: SignedIn) -> None:
    elsewhere, here, other = signed_in("assessor"), signed_in("assessor"), signed_in("official")
    handle = logins.fingerprint(old_cookie(elsewhere)).hex()[:16]
    assert post(other, f"/staff/me/sessions/{handle}/revoke").status_code == 404
    assert post(here, f"/staff/me/sessions/{handle}/revoke").status_code == 303
    assert elsewhere.get("/staff/").status_code == 303


@pytest.fixture
def demonstration(stores: Stores, staffed: dict[str, Person], tmp_path: Path) -> Flask:
    return create_app(settings_for(tmp_path / "demo", demo=True, trusted_hosts="localhost,survey.example.org"), stores)


@pytest.mark.parametrize(
    "request_from",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.77"}},
        {"headers": {"X-Forwarded-For": "203.0.113.77"}},
        {"headers": {"Host": "survey.example.org"}},
        {"headers": {"Host": "localhost", "X-Forwarded-Proto": "https"}},  # as our own nginx passes a forged name on
    ],
)
def test_a_demonstration_is_entered_from_this_machine_only(
    demonstration: Flask, request_from: dict[str, object]
) -> None:
    browser = sign_in(demonstration.test_client(), "admin.wang")
    assert "「模拟数据」" in browser.get("/staff/").get_data(as_text=True)
    assert browser.get("/staff/", **request_from).status_code == 303
    stranger = demonstration.test_client()
    page = stranger.get("/staff/login", **request_from).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"login": "admin.wang", "password": PASSWORD, "csrf_token": token}
    assert stranger.post("/staff/login", data=data, **request_from).status_code == 403


def test_behind_a_proxy_of_ours_nobody_enters_with_a_demonstration_login(
    stores: Stores, staffed: dict[str, Person], tmp_path: Path
) -> None:
    behind = create_app(settings_for(tmp_path / "demo", demo=True, proxies=1), stores)
    assert tries(behind, "admin.wang", PASSWORD)[0] == 403
