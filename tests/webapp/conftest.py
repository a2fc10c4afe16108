"""An application on fresh stores, with one person of each kind who can sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys.records.kinds import Role, WaveState
from surveys.records.staff import Account
from surveys.records.waves import InstrumentVersion, Wave
from webapp import create_app, passwords, people
from webapp.config import Settings
from webapp.db import Stores
from webapp.people import Actor

PASSWORD = "yangliu heping qiao 27"
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
FORM_TOKEN = "X-CSRFToken"


def settings_for(folder: Path, **changed: object) -> Settings:
    """Settings of a test installation; nothing is read from the environment's env file."""
    given: dict[str, object] = {"secret_key": "N0t-a-real-key.only-for-tests:7XqLm2", "data_dir": folder, **changed}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in with PASSWORD."""

    id: int
    login: str


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)  # once: it is slow on purpose


def person(stores: Stores, login: str, *grants: tuple[Role, str]) -> Person:
    """A new account with grants."""
    with stores.registrar_transaction() as registrar:
        account = Account(login=login, name=f"人员 {login}", password_hash=_hash(), created_at=LONG_AGO)
        registrar.add(account)
        registrar.flush()
        for role, organisation in grants:
            people.grant(registrar, Actor(None, LONG_AGO), account, role, organisation)
        return Person(account.id, login)


def organisations(stores: Stores) -> None:
    """Two districts, each with its commissioner and assessor."""
    with stores.registrar_transaction() as registrar:
        kinds = {"yubei": "commissioner", "firm": "assessor", "other": "commissioner", "rival": "assessor"}
        for code, kind in kinds.items():
            people.new_organisation(registrar, Actor(None, LONG_AGO), code, kind, f"机构 {code}", "")


def wave(stores: Stores, code: str, commissioner: str, assessor: str, state: WaveState = WaveState.PLANNED) -> int:
    """A wave of two organisations; gives its id."""
    with stores.box_transaction() as box:
        version = InstrumentVersion(code="test", version=code, content="", sha256="00", published_at=LONG_AGO)
        box.add(version)
        box.flush()
        text = {"zh": f"调查 {code}", "en": f"Survey {code}"}
        kept = Wave(
            code=code, title=text, instrument_version_id=version.id, area_scheme="stat", area_code="500112",
            area_name=text, commissioner=commissioner, commissioner_name=text, assessor=assessor, assessor_name=text,
            opens_at=LONG_AGO, closes_at=LONG_AGO + timedelta(days=30), approval_body="某局", approval_number="1",
            approval_expires=(LONG_AGO + timedelta(days=60)).date(), contact="023", synthetic=code.startswith("demo"),
            log_id=bytes(16), state=state,
        )  # fmt: skip
        box.add(kept)
        box.flush()
        return kept.id


@pytest.fixture
def staffed(stores: Stores) -> dict[str, Person]:
    """One administrator, assessor and official of one district, one assessor of another, one without grants."""
    organisations(stores)
    return {
        "administrator": person(stores, "admin.wang", (Role.ADMINISTRATOR, "yubei"), (Role.ADMINISTRATOR, "firm")),
        "assessor": person(stores, "assessor.li", (Role.ASSESSOR, "firm")),
        "official": person(stores, "official.zhao", (Role.OFFICIAL, "yubei")),
        "rival": person(stores, "rival.qian", (Role.ASSESSOR, "rival"), (Role.ADMINISTRATOR, "rival")),
        "nobody": person(stores, "nobody.sun"),
    }


@pytest.fixture
def app(stores: Stores, staffed: dict[str, Person], tmp_path: Path) -> Flask:
    """The application, with the people of `staffed`."""
    return create_app(settings_for(tmp_path / "data"), stores, immediate=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


def token_of(client: FlaskClient, path: str = "/staff/login") -> str:
    """The form token of a page."""
    page = client.get(path).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> FlaskClient:
    """Sign in through the page."""
    answer = client.post("/staff/login", data={"login": login, "password": password, "csrf_token": token_of(client)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def signed_in(app: Flask, staffed: dict[str, Person]) -> SignedIn:
    """Gives a browser signed in as one of `staffed`."""
    return lambda who: sign_in(app.test_client(), staffed[who].login)


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    """Send a form with the token of the start page."""
    return client.post(path, data={**data, "csrf_token": token_of(client, "/staff/me")})


def account_of(stores: Stores, who: Person) -> Account:
    """The account as it stands now, with its grants."""
    with stores.registrar_reading() as registrar:
        return people.account_by_login(registrar, who.login)
