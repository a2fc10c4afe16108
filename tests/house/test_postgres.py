"""The PostgreSQL of the tests is a server like any other: it recovers, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import postgres


def test_what_was_committed_outlives_a_kill() -> None:
    with postgres.running(fsync=True) as server:
        engine = create_engine(server.url, pool_pre_ping=True)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept AS SELECT 1 AS one"))
        server.kill()
        server.start()
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT one FROM kept")) == 1
        engine.dispose()


def test_a_server_leaves_no_folder_and_no_process() -> None:
    with postgres.running() as server:
        folder, pid = server.folder, server.pid
        assert Path(f"/proc/{pid}").exists()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_another_server_is_used_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.running() as server:
        monkeypatch.setenv("TEST_POSTGRES_URL", server.url.set(drivername="postgresql").render_as_string())
        with postgres.databases() as databases:
            made = databases.create()
            assert made.host == server.url.host
            assert made.query == server.url.query
            databases.drop(made)
