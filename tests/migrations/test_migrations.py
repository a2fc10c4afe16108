"""The migrations make exactly the tables of the records, and what must never change cannot."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from migrations import current, drift, upgrade
from surveys.records.registrar import Action
from surveys.records.waves import InstrumentVersion
from webapp.db import engine_for

NEVER_CHANGED = {
    "box": ["checkpoint", "figure", "instrument_version", "leaf", "rendition"],
    "registrar": ["action"],
}
NEVER_EDITED = {"box": ["release", "response"], "registrar": ["contact"]}
NOW = datetime(2021, 11, 3, 9, tzinfo=UTC)


def test_the_box_agrees_with_its_records(box_engine: Engine) -> None:
    assert drift(box_engine, "box") == []


def test_the_registrar_agrees_with_its_records(registrar_engine: Engine) -> None:
    assert drift(registrar_engine, "registrar") == []


def test_a_second_upgrade_changes_nothing(box_engine: Engine) -> None:
    upgrade(box_engine, "box")
    assert current(box_engine, "box")


def test_an_empty_store_is_not_current(tmp_path: Path) -> None:
    assert not current(engine_for(f"sqlite:///{tmp_path}/new.db", durable=False), "box")


def test_both_stores_live_in_one_postgresql_database(box_engine: Engine) -> None:
    upgrade(box_engine, "registrar")
    assert drift(box_engine, "box") == drift(box_engine, "registrar") == []


def triggers(engine: Engine) -> set[str]:
    statement = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return set(connection.scalars(text(statement)))


def expected(store: str) -> set[str]:
    never_updated = {f"{table}_never_update" for table in NEVER_CHANGED[store] + NEVER_EDITED[store]}
    return never_updated | {f"{table}_never_delete" for table in NEVER_CHANGED[store]}


def test_the_box_guards_what_was_asked_answered_and_published(box_engine: Engine) -> None:
    assert expected("box") <= triggers(box_engine)


def test_the_registrar_guards_its_logs(registrar_engine: Engine) -> None:
    assert expected("registrar") <= triggers(registrar_engine)


@pytest.fixture
def version(box: Session) -> InstrumentVersion:
    version = InstrumentVersion(code="awareness", version="1", content="code = 1", sha256="00", published_at=NOW)
    box.add(version)
    box.commit()
    return version


def test_a_published_instrument_is_never_edited(box: Session, version: InstrumentVersion) -> None:
    version.content = "code = 2"
    with pytest.raises(IntegrityError, match="never changed"):
        box.commit()


def test_a_published_instrument_is_never_deleted(box: Session, version: InstrumentVersion) -> None:
    box.delete(version)
    with pytest.raises(IntegrityError, match="never changed"):
        box.commit()


def test_a_published_instrument_is_neither_replaced_nor_truncated(box: Session, version: InstrumentVersion) -> None:
    values = "SELECT id, code, version, 'other', sha256, published_at FROM instrument_version"
    replace = {
        "sqlite": f"INSERT OR REPLACE INTO instrument_version {values}",
        "postgresql": "TRUNCATE wave, instrument_version CASCADE",
    }
    with pytest.raises(IntegrityError, match="never changed"):
        box.execute(text(replace[box.get_bind().dialect.name]))


def test_a_line_of_the_action_log_stays(registrar: Session) -> None:
    line = Action(at=NOW, action="wave.open", previous=b"", digest=b"1")
    registrar.add(line)
    registrar.commit()
    line.action = "nothing"
    with pytest.raises(IntegrityError, match="never changed"):
        registrar.commit()


def test_the_command_writes_no_migration_without_a_known_store() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "migrations", "attic", "x"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Stores: box, registrar" in done.stderr
