"""The running application with officials and assessors of two districts, and a released survey."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from migrations import Store
from surveys.records.kinds import Role
from surveys.records.staff import Account
from surveys.records.waves import Wave
from tests.results import samples
from webapp import create_app, passwords, people
from webapp.config import Settings
from webapp.db import Stores, engine_for
from webapp.people import Actor

PASSWORD = "yangliu heping qiao 27"
PEOPLE = {
    "official": (Role.OFFICIAL, "bureau", ""),
    "local": (Role.OFFICIAL, "bureau", samples.HERE),
    "assessor": (Role.ASSESSOR, "assessor", ""),
    "neighbour": (Role.OFFICIAL, "elsewhere", ""),
    "administrator": (Role.ADMINISTRATOR, "bureau", ""),
}
SignedIn = Callable[[str], FlaskClient]
Keeping = Callable[[Callable[[Session], Wave]], Wave]


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)  # once: it is slow on purpose


@pytest.fixture
def database() -> str:
    """What the pages do is the same on both databases: one is enough."""
    return "sqlite"


@pytest.fixture
def app(stores: Stores, tmp_path: Path) -> Flask:
    """The application with its people."""
    actor = Actor(None, datetime.now(UTC))
    with stores.registrar_transaction() as registrar:
        for code, kind in (("bureau", "commissioner"), ("assessor", "assessor"), ("elsewhere", "commissioner")):
            people.new_organisation(registrar, actor, code, kind, f"机构 {code}", "")
        for login, (role, organisation, area) in PEOPLE.items():
            account = Account(login=login, name=f"人员 {login}", password_hash=_hash(), created_at=actor.now)
            registrar.add(account)
            registrar.flush()
            people.grant(registrar, actor, account, role, organisation, area=area)
    settings = Settings(secret_key="kF4vQ8xN2mK7wL5pR9zY4bD6hF1cG0sA", data_dir=tmp_path / "data")
    return create_app(settings, stores, immediate=True)


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """Gives a browser in which somebody of PEOPLE is signed in."""

    def enter(login: str) -> FlaskClient:
        client = app.test_client()
        token = client.get("/staff/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        given = {"login": login, "password": PASSWORD, "csrf_token": token}
        assert client.post("/staff/login", data=given).status_code == 303
        return client

    return enter


@pytest.fixture
def keep(stores: Stores) -> Keeping:
    """Fill the box with one of the samples, for good."""

    def kept(filling: Callable[[Session], Wave]) -> Wave:
        with stores.box_transaction() as box:
            return filling(box)

    return kept


@pytest.fixture(scope="session")
def filled_box(sqlite_template: Callable[[Store], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box with the released survey, computed once."""
    path = tmp_path_factory.mktemp("results") / "box.db"
    shutil.copyfile(sqlite_template("box"), path)
    engine = engine_for(f"sqlite:///{path}", durable=False)
    with Session(engine) as box, box.begin():
        samples.whole(box)
    engine.dispose()
    return path


@pytest.fixture
def released(stores: Stores, filled_box: Path) -> Wave:
    """The survey, released, with the case evaluation beside it."""
    with closing(sqlite3.connect(filled_box)) as full, closing(sqlite3.connect(stores.box.url.database or "")) as mine:
        full.backup(mine)
    with stores.box_reading() as box:
        return box.scalars(select(Wave).where(Wave.code == "made")).one()
