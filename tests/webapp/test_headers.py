"""Security headers on every answer, cookies that stay where they belong, and forms that only we can send."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.conftest import FORM_TOKEN, PASSWORD, Person, SignedIn, settings_for, token_of
from webapp import create_app
from webapp.db import Stores

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HTTPS = "https://survey.example.org"


@pytest.fixture
def behind_nginx(stores: Stores, staffed: dict[str, Person], tmp_path: Path) -> FlaskClient:
    """A browser that reaches us over HTTPS, through a proxy that says so."""
    app = create_app(settings_for(tmp_path / "https", public_url=HTTPS, proxies=1), stores)
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/staff/login", "/staff/", "/nothing", "/healthz", "/static/staff.css", "/static/none"]
)
def test_every_answer_forbids_foreign_and_inline_content(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_staff_pages_are_never_stored(signed_in: SignedIn) -> None:
    assert signed_in("assessor").get("/staff/").headers["Cache-Control"] == "no-store"


def test_static_files_live_a_year_under_an_address_that_changes_with_them(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = app.url_for("static", filename="staff.css")
    assert "?v=" in address
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]


def test_over_https_the_login_cookie_is_bound_to_the_host(behind_nginx: FlaskClient) -> None:
    proxied = {"X-Forwarded-Proto": "https", "Host": "survey.example.org"}
    page = behind_nginx.get("/staff/login", headers=proxied, base_url=HTTPS)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    data = {"login": "admin.wang", "password": PASSWORD, "csrf_token": token}
    headers = {**proxied, "Referer": HTTPS + "/staff/login", "Origin": HTTPS}
    answer = behind_nginx.post("/staff/login", data=data, headers=headers, base_url=HTTPS)
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    login = next(cookie for cookie in cookies if cookie.startswith("__Host-minping="))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in login
    assert all("Secure" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    assert "Domain" not in login


def test_a_host_name_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    answer = client.get("/staff/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


def test_a_form_without_its_token_is_refused_kindly(signed_in: SignedIn) -> None:
    browser = signed_in("assessor")
    answer = browser.post("/staff/me/language", data={"language": "en"})
    assert answer.status_code == 400
    assert "请返回上一页" in answer.get_data(as_text=True)


def test_htmx_sends_the_token_of_the_page_in_a_header(signed_in: SignedIn) -> None:
    browser = signed_in("assessor")
    page = browser.get("/staff/me").get_data(as_text=True)
    token = page.split('"X-CSRFToken": "')[1].split('"')[0]
    sent = {"HX-Request": "true", FORM_TOKEN: token}
    assert browser.post("/staff/me/language", data={"language": "en"}, headers=sent).status_code == 303
    assert 'lang="en"' in browser.get("/staff/").get_data(as_text=True)


def test_the_token_of_the_signed_out_form_dies_with_signing_in(client: FlaskClient) -> None:
    token = token_of(client)
    data = {"login": "assessor.li", "password": PASSWORD, "csrf_token": token}
    assert client.post("/staff/login", data=data).status_code == 303
    assert client.post("/staff/me/language", data={"language": "en", "csrf_token": token}).status_code == 400


def test_residents_addresses_carry_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/nothing", "/healthz", "/static/staff.css"):
        assert "Set-Cookie" not in client.get(path).headers
