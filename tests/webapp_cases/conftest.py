"""The running application with two assessors, a rival firm's and an official, and a wave that evaluates cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.records.kinds import Role
from surveys.records.waves import Wave
from tests.cases.samples import case_wave
from webapp import create_app, people
from webapp.config import Settings
from webapp.db import Stores
from webapp.people import Actor

PASSWORD = "yangliu heping qiao 27"
PEOPLE = {
    "assessor.li": (Role.ASSESSOR, "firm"),
    "assessor.wu": (Role.ASSESSOR, "firm"),
    "rival.qian": (Role.ASSESSOR, "rival"),
    "official.zhao": (Role.OFFICIAL, "bureau"),
}
SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def database() -> str:
    """What the pages do is the same on both databases: one is enough."""
    return "sqlite"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given: dict[str, Any] = {"secret_key": "kF4vQ8xN2mK7wL5pR9zY4bD6hF1cG0sA", "data_dir": tmp_path / "data"}
    return Settings(_env_file=None, **given)


@pytest.fixture
def app(stores: Stores, settings: Settings) -> Flask:
    """The application with its people."""
    now = datetime.now(UTC)
    with stores.registrar_transaction() as registrar:
        for code, kind in (("bureau", "commissioner"), ("firm", "assessor"), ("rival", "assessor")):
            people.new_organisation(registrar, Actor(None, now), code, kind, f"机构 {code}", "")
        for login, (role, organisation) in PEOPLE.items():
            account = people.new_account(registrar, Actor(None, now), login, f"人员 {login}", PASSWORD)
            people.grant(registrar, Actor(None, now), account, role, organisation)
    return create_app(settings, stores, immediate=True)


@pytest.fixture
def wave(stores: Stores) -> Wave:
    """A wave of synthetic cases that runs today."""
    return case_wave(stores, **today())


def today() -> dict[str, Any]:
    now = datetime.now(UTC)
    days = {"opens_at": now - timedelta(days=2), "closes_at": now + timedelta(days=20)}
    return days | {"approval_expires": date.today() + timedelta(days=60)}


def token_of(client: FlaskClient, path: str) -> str:
    """The form token of a page."""
    return client.get(path).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """Gives a browser in which somebody of PEOPLE is signed in."""

    def browser(login: str) -> FlaskClient:
        client = app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf_token": token_of(client, "/staff/login")}
        assert client.post("/staff/login", data=form).status_code == 303
        return client

    return browser


@pytest.fixture
def client(signed_in: SignedIn) -> FlaskClient:
    """The first assessor's browser."""
    return signed_in("assessor.li")


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    """Send a form with its token."""
    return client.post(path, data={**form, "csrf_token": token_of(client, "/staff/me")})
