"""SQLite stores are copied page by page with SQLite's own backup, while they are in use."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from surveys.errors import Refusal
from webapp.backups.counts import counted
from webapp.db import engine_for, reading


class Sqlite:
    """One file in, one file out."""

    SUFFIX = ".sqlite3"

    def dump(self, engine: Engine, file: Path, tools: Path | None) -> dict[str, int]:
        """Copy the store into a new file and count what is in the copy."""
        source, copy = _opened(engine, engine.url.database), _opened(engine, file)
        with closing(source), closing(copy):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # the copy stands alone, without -wal and -shm beside it
            _must_be_whole(copy, file)
        opened = engine_for(f"sqlite:///{file}", durable=False)
        with reading(opened) as session:
            found = counted(session)
        opened.dispose()
        with closing(_opened(engine, file)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        return found

    def load(self, engine: Engine, file: Path, tools: Path | None) -> None:
        """Replace the store's content in one transaction of SQLite's."""
        engine.dispose()
        source, target = _opened(engine, file), _opened(engine, engine.url.database)
        with closing(source), closing(target):
            _must_be_whole(source, file)
            source.backup(target)
            _must_be_whole(target, file)


def _opened(engine: Engine, path: object) -> Any:
    """A plain connection by the very SQLite that the engine uses."""
    module: Any = engine.dialect.dbapi
    return module.connect(str(path))


def _must_be_whole(connection: Any, file: Path) -> None:
    if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise Refusal("backup.damaged", file=file.name)
