"""Stores for tests: the real migrations run once a store and database, and every test gets a copy of its own.

`box` and `registrar` are Sessions, `stores` a pair of engines; each test that takes one runs on SQLite and on
PostgreSQL. A test of something that no database can change may say
`@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from migrations import Store, upgrade
from tests import postgres
from webapp.db import Stores, engine_for

pytest_plugins = ["tests.chromium"]
DATABASES = ["sqlite", "postgresql"]

# No test is timed; a change is judged by the same examples every time, a developer's run looks for new ones.
settings.register_profile(
    "house", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


def migrated(url: URL | str, store: Store) -> None:
    """Bring an empty database to the newest tables."""
    engine = engine_for(url, durable=False)
    upgrade(engine, store)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Store], Path]:
    """The path of a migrated SQLite file for one store, made on first use."""
    folder = tmp_path_factory.mktemp("templates")

    def template(store: Store) -> Path:
        path = folder / f"{store}.db"
        if not path.exists():
            migrated(f"sqlite:///{path}", store)
        return path

    return template


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[postgres.Databases]:
    """One PostgreSQL server for all tests of this process."""
    with postgres.databases() as databases:
        yield databases


@pytest.fixture(scope="session")
def postgres_template(postgres_databases: postgres.Databases) -> Iterator[Callable[[Store], URL]]:
    """The address of a migrated PostgreSQL database for one store, made on first use."""
    made: dict[Store, URL] = {}

    def template(store: Store) -> URL:
        if store not in made:
            made[store] = postgres_databases.create()
            migrated(made[store], store)
        return made[store]

    yield template
    for url in made.values():
        postgres_databases.drop(url)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database this test runs on."""
    return str(request.param)


Fresh = Callable[[Store], URL]


@pytest.fixture
def fresh(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Gives the address of a migrated, empty store of this test's own; PostgreSQL starts only when asked for."""
    copies = {"sqlite": _sqlite_copies, "postgresql": _postgres_copies}[database]
    with copies(request, tmp_path) as copy:
        yield copy


@contextmanager
def _sqlite_copies(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    template: Callable[[Store], Path] = request.getfixturevalue("sqlite_template")

    def copy(store: Store) -> URL:
        path = tmp_path / f"{store}.db"
        shutil.copyfile(template(store), path)
        return make_url(f"sqlite:///{path}")

    yield copy


@contextmanager
def _postgres_copies(request: pytest.FixtureRequest, _tmp_path: Path) -> Iterator[Fresh]:
    template: Callable[[Store], URL] = request.getfixturevalue("postgres_template")
    databases: postgres.Databases = request.getfixturevalue("postgres_databases")
    made: list[URL] = []

    def copy(store: Store) -> URL:
        made.append(databases.create(template(store)))
        return made[-1]

    yield copy
    for url in made:
        databases.drop(url)


@pytest.fixture
def box_engine(fresh: Fresh) -> Iterator[Engine]:
    """A migrated, empty box."""
    engine = engine_for(fresh("box"), durable=False)
    yield engine
    engine.dispose()


@pytest.fixture
def registrar_engine(fresh: Fresh) -> Iterator[Engine]:
    """A migrated, empty registrar."""
    engine = engine_for(fresh("registrar"), durable=False)
    yield engine
    engine.dispose()


@pytest.fixture
def stores(box_engine: Engine, registrar_engine: Engine) -> Stores:
    """Both stores, for what opens its own transactions: pages, jobs, commands."""
    return Stores(box_engine, registrar_engine)


@pytest.fixture
def box(box_engine: Engine) -> Iterator[Session]:
    """A Session on an empty box; nothing of it is committed unless the test does."""
    with Session(box_engine) as session:
        yield session


@pytest.fixture
def registrar(registrar_engine: Engine) -> Iterator[Session]:
    """A Session on an empty registrar; nothing of it is committed unless the test does."""
    with Session(registrar_engine) as session:
        yield session
