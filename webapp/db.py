"""The two stores and the only safe way to open them: what could lose an acknowledged answer is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from webapp.config import Analytics

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this machine: Python's own library, in the mode that is safe for any version
    from sqlite3 import dbapi2 as sqlite

SQLITE_VERSION: tuple[int, int, int] = sqlite.sqlite_version_info[:3]  # of the library that answers, not the package
BUSY_SECONDS = 15
PLAIN = Analytics()
SYNCHRONOUS = {"OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3}
# recursive_triggers: without it INSERT OR REPLACE would slip past the triggers that forbid a deletion
PRAGMAS = ("foreign_keys=ON", "recursive_triggers=ON", "trusted_schema=OFF", "secure_delete=ON")
Version = tuple[int, int, int]


class UnsafeStore(RuntimeError):
    """A store that may lose or damage what it acknowledged; the program does not start on it."""


@dataclass(frozen=True)
class SqliteMode:
    """How one SQLite file is written: `journal` WAL or DELETE, `synchronous` FULL, EXTRA or (tests only) OFF."""

    journal: str
    synchronous: str


def wal_is_safe(version: Version) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2, mended also in the 3.50 and 3.44 lines)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def safe_mode(version: Version) -> SqliteMode:
    """The fastest mode that survives a power cut with this SQLite; measured, see docs/adr."""
    return SqliteMode("WAL", "FULL") if wal_is_safe(version) else SqliteMode("DELETE", "EXTRA")


def engine_for(url: str | URL, durable: bool = True) -> Engine:
    """An engine whose every connection was checked to be durable; raises UnsafeStore, at the latest on connecting.

    `durable=False` gives up the syncs (tests only). Transactions write unless the
    execution option `reading` is set: see `Stores`.
    """
    address = make_url(url)
    opened = {"sqlite": _sqlite_engine, "postgresql": _postgresql_engine}.get(address.get_backend_name())
    if opened is None:
        raise UnsafeStore(f"A store is SQLite or PostgreSQL, not {address.get_backend_name()}.")
    return opened(address, durable)


def _sqlite_engine(address: URL, durable: bool) -> Engine:
    _refuse_second_build()
    if not address.database or address.database == ":memory:":
        raise UnsafeStore("A store in memory is lost with the process; name a file.")
    mode = safe_mode(SQLITE_VERSION)
    if not durable:
        mode = SqliteMode(mode.journal, "OFF")
    engine = create_engine(address, module=sqlite, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def opened(connection: Any, _record: object) -> None:
        open_sqlite(connection, mode)

    event.listen(engine, "begin", begin_sqlite)
    return engine


def _refuse_second_build() -> None:
    """Both wheels install the same import name, and the older SQLite may answer."""
    try:
        distribution("pysqlite3-binary")
    except PackageNotFoundError:
        return
    raise UnsafeStore(
        "pysqlite3-binary is installed and brings an unsafe SQLite: uninstall it, then reinstall pysqlite3."
    )


def open_sqlite(connection: Any, mode: SqliteMode) -> None:
    """Put one DBAPI connection into `mode`; raises UnsafeStore when the file did not take it."""
    connection.isolation_level = None  # BEGIN is ours (begin_sqlite): the driver would leave SELECT outside
    cursor = connection.cursor()
    for pragma in (*PRAGMAS, f"synchronous={mode.synchronous}"):
        cursor.execute(f"PRAGMA {pragma}")
    journal = cursor.execute(f"PRAGMA journal_mode={mode.journal}").fetchone()[0]
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    foreign_keys = cursor.execute("PRAGMA foreign_keys").fetchone()[0]
    cursor.close()
    in_force = (journal.upper(), synchronous, foreign_keys)
    if in_force != (mode.journal, SYNCHRONOUS[mode.synchronous], 1):
        raise UnsafeStore(f"SQLite did not take {mode}; in force: {in_force}. Is the file on a local disk?")


def begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when a transaction may write: it waits its turn instead of failing half-way."""
    reading = bool(connection.get_execution_options().get("reading"))
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql_engine(address: URL, durable: bool) -> Engine:
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, pool_pre_ping=True, connect_args={"options": "-c timezone=UTC"})
    if durable:
        event.listen(engine, "connect", check_postgresql)
    return engine


def check_postgresql(connection: Any, _record: object) -> None:
    """Raises UnsafeStore unless a commit on this DBAPI connection means that the disk has it."""
    settings = ("fsync", "full_page_writes", "synchronous_commit")
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute("SELECT current_setting(%s)", (setting,))
            if cursor.fetchone()[0] == "off":
                raise UnsafeStore(f"PostgreSQL runs with {setting}=off; turn it on.")
    connection.rollback()


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Commit when the block ends, roll back when it raises; records stay readable afterwards."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One unchanging view of a store, in which every write is refused; takes no lock that a writer waits for (WAL)."""
    options: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    with Session(engine.execution_options(**options), expire_on_commit=False) as session:
        yield session


@dataclass(frozen=True)
class Stores:
    """The box (what was answered) and the registrar (who was asked). No transaction ever spans both.

    `analytics` says how the box's answers are added up.
    """

    box: Engine
    registrar: Engine
    analytics: Analytics = PLAIN

    @classmethod
    def at(
        cls, box_url: str | URL, registrar_url: str | URL, durable: bool = True, analytics: Analytics = PLAIN
    ) -> Stores:
        """Open both and connect once, so that an unsafe store stops the start; raises UnsafeStore."""
        stores = cls(engine_for(box_url, durable), engine_for(registrar_url, durable), analytics)
        for engine in (stores.box, stores.registrar):
            engine.connect().close()
        stores.dispose()
        return stores

    def box_transaction(self) -> AbstractContextManager[Session]:
        return transaction(self.box)

    def registrar_transaction(self) -> AbstractContextManager[Session]:
        return transaction(self.registrar)

    def box_reading(self) -> AbstractContextManager[Session]:
        return reading(self.box)

    def registrar_reading(self) -> AbstractContextManager[Session]:
        return reading(self.registrar)

    def dispose(self) -> None:
        """Close pooled connections: before a fork, and at the end."""
        self.box.dispose()
        self.registrar.dispose()
