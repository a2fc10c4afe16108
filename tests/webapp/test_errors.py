"""What a failure looks like: a sentence and a number, never a stack trace, and nothing of a message in a log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule

from surveys import errors
from tests.webapp.conftest import SignedIn, post
from webapp.auth import public

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MARKER = "MARKER-7QK4-203.0.113.77"


@pytest.fixture
def raising(app: Flask) -> FlaskClient:
    """A browser for views that fail in every way: /fail/<kind>."""

    @public
    def fail(kind: str) -> str:
        marker = MARKER  # so that no source line in a traceback holds it
        kinds: dict[str, Exception] = {
            "broken": RuntimeError(marker),
            "busy": OperationalError(marker, {"answer": marker}, Exception(marker)),
            "closed": errors.Closed("login.needed"),
        }
        raise kinds[kind]

    app.view_functions["fail"] = fail
    app.url_map.add(Rule("/fail/<kind>", endpoint="fail"))
    return app.test_client()


def logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> str:
    return (tmp_path / "data" / "access.log").read_text("utf-8") + caplog.text


def test_a_broken_page_gives_a_number_and_logs_the_place_only(
    raising: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = raising.get(f"/fail/broken?code={MARKER}", headers={"Referer": f"http://localhost/{MARKER}"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "这一步是否完成尚不确定" in page
    assert "Traceback" not in page
    assert "RuntimeError" in caplog.text
    assert MARKER not in page + logged(tmp_path, caplog)


def test_a_busy_store_says_that_nothing_was_acknowledged_and_when_to_try_again(
    raising: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = raising.get("/fail/busy")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "没有确认收到" in answer.get_data(as_text=True)
    assert MARKER not in logged(tmp_path, caplog)


def test_a_refusal_that_no_view_words_is_a_page(raising: FlaskClient) -> None:
    answer = raising.get("/fail/closed?lang=en")
    assert answer.status_code == 410
    assert "Please sign in first." in answer.get_data(as_text=True)


def test_residents_are_logged_by_route_status_and_rough_duration_only(raising: FlaskClient, tmp_path: Path) -> None:
    raising.get(f"/fail/closed?x={MARKER}", headers={"X-Forwarded-For": "203.0.113.77"})
    lines = [json.loads(line) for line in (tmp_path / "data" / "access.log").read_text("utf-8").splitlines()]
    assert lines[-1] == {"route": "/fail/<kind>", "method": "GET", "status": 410, "took": "<0.1s"}


def test_an_unknown_address_is_logged_without_its_path(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get(f"/{MARKER}").status_code == 404
    assert MARKER not in (tmp_path / "data" / "access.log").read_text("utf-8")


def test_staff_are_logged_with_time_account_and_the_number_they_see(signed_in: SignedIn, tmp_path: Path) -> None:
    answer = signed_in("assessor").get("/staff/")
    line = json.loads((tmp_path / "data" / "access.log").read_text("utf-8").splitlines()[-1])
    assert line["request"] == answer.headers["X-Request-ID"]
    assert line["account"] == 2
    assert line["at"].endswith("+00:00")


def test_a_method_that_an_address_does_not_take(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_body_beyond_the_limit_is_refused_in_words(signed_in: SignedIn) -> None:
    answer = signed_in("assessor").post("/staff/me/language", data={"language": "z" * (11 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "上限 10 MB" in answer.get_data(as_text=True)


def test_htmx_gets_the_sentence_alone(signed_in: SignedIn) -> None:
    answer = signed_in("assessor").get("/staff/accounts", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.get_data(as_text=True).startswith("您的账号没有")


def test_a_language_is_kept_with_the_account(signed_in: SignedIn) -> None:
    browser = signed_in("official")
    assert post(browser, "/staff/me/language", language="en").status_code == 303
    assert '<html lang="en">' in browser.get("/staff/").get_data(as_text=True)
    assert post(browser, "/staff/me/language", language="tlh").status_code == 303
    assert '<html lang="en">' in browser.get("/staff/").get_data(as_text=True)


def test_what_fails_outside_a_view_is_logged_without_address_and_message(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marker = MARKER

    def breaks(_: object) -> NoReturn:
        raise RuntimeError(marker)

    app.error_handler_spec["respond"][None] = {errors.Refusal: breaks}  # the page that says what is wrong fails itself
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get(f"/s/{MARKER}").status_code == 500
    app.after_request_funcs[None].append(breaks)
    assert app.test_client().get(f"/s/{MARKER}").status_code == 500
    assert caplog.text.count("RuntimeError") > 1
    assert MARKER not in logged(tmp_path, caplog)
