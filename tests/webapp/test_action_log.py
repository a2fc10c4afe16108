"""The action log is a chain: what was altered, removed or put in is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from surveys.records.staff import Action
from webapp.action_log import record_action, verify_chain

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def lines(registrar: Session, count: int = 5) -> list[Action]:
    made = [record_action(registrar, 1, "login", None, NOON + timedelta(hours=hour), n=hour) for hour in range(count)]
    registrar.commit()
    return made


def test_a_digest_covers_the_line_and_the_digest_before(registrar: Session) -> None:
    first, second = lines(registrar, 2)
    said = [2, "2026-11-23T05:00:00+00:00", 1, "login", None, {"n": 1}]
    assert first.previous == bytes(32)
    assert second.digest == sha256(first.digest + json.dumps(said, separators=(",", ":")).encode()).digest()
    assert verify_chain(registrar) is None


def test_the_database_refuses_to_change_or_delete_a_line(registrar: Session) -> None:
    lines(registrar)
    for statement in ("UPDATE action SET action = 'x'", "DELETE FROM action"):
        with pytest.raises((IntegrityError, DatabaseError)):
            registrar.execute(text(statement))
        registrar.rollback()


def disarmed(engine: Engine, registrar: Session) -> None:
    """What somebody with the database's own power could do first."""
    off = {"sqlite": "DROP TRIGGER", "postgresql": "DROP TRIGGER"}[engine.dialect.name]
    names = ["action_never_update", "action_never_delete"]
    on = " ON action" if engine.dialect.name == "postgresql" else ""
    for name in names:
        registrar.execute(text(f"{off} {name}{on}"))


@pytest.mark.parametrize(
    ("statement", "found_at"),
    [
        ("UPDATE action SET action = 'logout' WHERE sequence = 3", 3),
        ("UPDATE action SET account_id = NULL WHERE sequence = 1", 1),
        ("DELETE FROM action WHERE sequence = 2", 2),
        ("UPDATE action SET details = '{\"n\": 9}' WHERE sequence = 5", 5),
    ],
)
def test_a_line_changed_behind_our_back_is_found(
    registrar: Session, registrar_engine: Engine, statement: str, found_at: int
) -> None:
    lines(registrar)
    disarmed(registrar_engine, registrar)
    registrar.execute(text(statement.replace(":", "\\:")))
    registrar.expire_all()
    assert verify_chain(registrar) == found_at
