"""The stores open only in a safe mode, and their transactions keep or undo everything."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests import postgres
from webapp import db
from webapp.db import SqliteMode, Stores, UnsafeStore, engine_for, reading, safe_mode, transaction


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), SqliteMode("DELETE", "EXTRA")),
        ((3, 44, 5), SqliteMode("DELETE", "EXTRA")),
        ((3, 44, 6), SqliteMode("WAL", "FULL")),
        ((3, 45, 0), SqliteMode("DELETE", "EXTRA")),
        ((3, 50, 6), SqliteMode("DELETE", "EXTRA")),
        ((3, 50, 7), SqliteMode("WAL", "FULL")),
        ((3, 51, 0), SqliteMode("DELETE", "EXTRA")),
        ((3, 51, 2), SqliteMode("DELETE", "EXTRA")),
        ((3, 51, 3), SqliteMode("WAL", "FULL")),
        ((3, 53, 4), SqliteMode("WAL", "FULL")),
    ],
)
def test_wal_is_taken_only_where_its_bug_is_mended(version: tuple[int, int, int], mode: SqliteMode) -> None:
    assert safe_mode(version) == mode


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_a_sqlite_store_is_durable_and_strict(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/box.db")
    mode = safe_mode(db.SQLITE_VERSION)
    assert str(pragma(engine, "journal_mode")).upper() == mode.journal
    assert pragma(engine, "synchronous") == db.SYNCHRONOUS[mode.synchronous]
    assert pragma(engine, "busy_timeout") == db.BUSY_SECONDS * 1000
    assert [pragma(engine, name) for name in ("foreign_keys", "secure_delete", "trusted_schema")] == [1, 1, 0]


def test_pythons_own_sqlite_takes_the_mode_of_its_version(tmp_path: Path) -> None:
    mode = safe_mode(sqlite3.sqlite_version_info[:3])
    connection = sqlite3.connect(tmp_path / "box.db")
    db.open_sqlite(connection, mode)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0].upper() == mode.journal
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == db.SYNCHRONOUS[mode.synchronous]


def test_a_file_that_does_not_take_the_mode_is_refused() -> None:
    with pytest.raises(UnsafeStore, match="did not take"):
        db.open_sqlite(sqlite3.connect(":memory:"), SqliteMode("WAL", "FULL"))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/box"])
def test_a_store_that_cannot_last_is_refused(url: str) -> None:
    with pytest.raises(UnsafeStore):
        engine_for(url)


def test_a_postgresql_that_does_not_sync_is_refused() -> None:
    with postgres.running(fsync=False) as server, pytest.raises(UnsafeStore, match="fsync=off"):
        Stores.at(server.url, server.url)


def test_a_postgresql_that_syncs_is_accepted_and_counts_in_utc() -> None:
    with postgres.running(fsync=True) as server:
        stores = Stores.at(server.url, server.url)
        with stores.box_reading() as box:
            assert box.scalar(text("SHOW timezone")) == "UTC"
        stores.dispose()


def note(session: Session, word: str) -> None:
    session.execute(text("INSERT INTO note VALUES (:word)"), {"word": word})


def notes(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(text("SELECT word FROM note ORDER BY word")))


@pytest.fixture
def engine(box_engine: Engine) -> Engine:
    with transaction(box_engine) as session:
        session.execute(text("CREATE TABLE note (word VARCHAR(20) PRIMARY KEY)"))
    return box_engine


def test_a_transaction_keeps_all_or_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        note(session, "kept")
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.execute(text("INSERT INTO note VALUES ('lost'), ('kept')"))
    assert notes(engine) == ["kept"]


def test_a_reading_transaction_cannot_write_and_harms_no_later_one(engine: Engine) -> None:
    with pytest.raises(DBAPIError), reading(engine) as session:
        note(session, "refused")
    with transaction(engine) as session:
        note(session, "kept")
    assert notes(engine) == ["kept"]


def test_a_reader_sees_one_state_while_others_write(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM note")) == 0
        with transaction(engine) as writer:
            note(writer, "later")
        assert session.scalar(text("SELECT count(*) FROM note")) == 0
    assert notes(engine) == ["later"]


def test_writers_wait_for_each_other_and_none_is_lost(engine: Engine) -> None:
    def write(name: str) -> None:
        for number in range(10):
            with transaction(engine) as session:
                session.scalar(text("SELECT count(*) FROM note"))
                note(session, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes(engine)) == 40


def test_a_writer_that_waited_in_vain_leaves_a_working_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    engine = engine_for(f"sqlite:///{tmp_path}/box.db", durable=False)
    with transaction(engine) as session:
        session.execute(text("CREATE TABLE note (word VARCHAR(20) PRIMARY KEY)"))
    with transaction(engine) as holder:
        note(holder, "first")
        with pytest.raises(OperationalError, match="locked"), transaction(engine) as late:
            note(late, "second")
    with transaction(engine) as session:
        note(session, "third")
    assert notes(engine) == ["first", "third"]
