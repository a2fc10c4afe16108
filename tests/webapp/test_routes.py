"""Every address names its role or stands on the short public list; nobody comes in another way."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, MetaData, select
from werkzeug.routing import Rule

from tests.webapp.conftest import FORM_TOKEN, SignedIn, token_of
from webapp import auth
from webapp.db import Stores

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUBLIC = Path(__file__).with_name("public_routes.txt")
FILLERS = {"IntegerConverter": 1, "UUIDConverter": UUID(int=7)}
READ_ONLY_EXCEPT = {"login_session": {"seen_at"}}  # noted at most once a minute, see webapp/auth.py


def rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def address(app: Flask, rule: Rule) -> str:
    """An address of this rule that leads nowhere real."""
    given = {name: FILLERS.get(type(kind).__name__, "zz") for name, kind in rule._converters.items()}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **given)  # type: ignore[arg-type]


def test_each_public_view_stands_on_the_short_list_and_nothing_else_does(app: Flask) -> None:
    listed = {line.split()[0] for line in PUBLIC.read_text("utf-8").splitlines() if line and line[0] != "#"}
    doors = {rule.endpoint: auth.door_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint, door in doors.items() if door and door.public} == listed


def test_a_view_without_a_mark_stops_the_start(app: Flask) -> None:
    app.view_functions["bare"] = lambda: "open to all"
    app.url_map.add(Rule("/bare", endpoint="bare"))
    with pytest.raises(RuntimeError, match="/bare"):
        auth.must_be_marked(app)
    assert app.test_client().get("/bare").status_code == 403


def test_who_is_not_signed_in_is_sent_to_the_form_from_every_other_page(app: Flask, client: FlaskClient) -> None:
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            door = auth.door_of(app, rule.endpoint)
            if door and not door.public:
                answer = client.open(address(app, rule), method=method)
                assert answer.status_code == 303, rule
                assert answer.location.startswith("/staff/login"), rule


def test_the_page_asked_for_comes_after_signing_in_but_never_another_site(client: FlaskClient) -> None:
    assert client.get("/staff/log?before=7").location == "/staff/login?next=/staff/log?before%3D7"
    for foreign in ("//evil.example", "https://evil.example", "/\\evil.example", "/\tx", "javascript:x"):
        token = token_of(client)
        data = {"login": "admin.wang", "password": "yangliu heping qiao 27", "csrf_token": token}
        assert client.post("/staff/login", query_string={"next": foreign}, data=data).location == "/staff/"
        client.delete_cookie("minping_login")


def everything(stores: Stores) -> dict[str, list[tuple[object, ...]]]:
    """All rows of both stores, without what a read may note."""
    kept: dict[str, list[tuple[object, ...]]] = {}
    for engine in (stores.box, stores.registrar):
        with engine.connect() as connection:
            kept |= _rows(engine, connection)
    return kept


def _rows(engine: Engine, connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    known = MetaData()
    known.reflect(engine)
    rows = {}
    for table in known.sorted_tables:
        columns = [column for column in table.columns if column.name not in READ_ONLY_EXCEPT.get(table.name, ())]
        rows[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return rows


@pytest.mark.parametrize("who", ["administrator", "assessor", "official", "nobody"])
def test_a_get_never_writes(who: str, app: Flask, stores: Stores, signed_in: SignedIn) -> None:
    browser = signed_in(who)
    before = everything(stores)
    for rule in rules(app, "GET"):
        assert browser.get(address(app, rule)).status_code < 500, rule
    assert everything(stores) == before


def test_a_post_from_another_site_changes_nothing_anywhere(app: Flask, stores: Stores, signed_in: SignedIn) -> None:
    browser = signed_in("administrator")
    before = everything(stores)
    for rule in rules(app, "POST"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = browser.post(address(app, rule), data={"a": "b"}, headers=headers)
            assert 400 <= answer.status_code < 500, (rule, headers, answer.status_code)
    assert everything(stores) == before


def test_each_role_is_refused_what_it_is_not_named_for(app: Flask, signed_in: SignedIn) -> None:
    for who in ("assessor", "official", "nobody"):
        browser = signed_in(who)
        token = token_of(browser, "/staff/me")
        for method in ("GET", "POST"):
            for rule in rules(app, method):
                door = auth.door_of(app, rule.endpoint)
                assert door is not None
                if door.roles and who not in door.roles:
                    answer = browser.open(address(app, rule), method=method, headers={FORM_TOKEN: token})
                    assert answer.status_code == 403, (who, rule)
