"""The demonstration, loaded once for all test processes of a run, and copies of it to work on."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrations import upgrade
from webapp.db import Stores, engine_for
from webapp.demonstration.load import load

NAMES = ("box", "registrar")


def demonstration_copy(factory: pytest.TempPathFactory) -> Path:
    """A folder of one's own with the loaded demonstration's two SQLite files, box.db and registrar.db.

    Whoever comes first loads it (about a minute); processes of the same run that come meanwhile wait for it.
    """
    shared = _shared_by_workers(factory) / "demonstration"
    with open(f"{shared}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            _loaded(shared.with_suffix(".loading")).rename(shared)
    return Path(shutil.copytree(shared, factory.mktemp("demonstration") / "stores"))


def stores_in(folder: Path) -> Stores:
    """The two stores of such a folder."""
    box, registrar = (f"sqlite:///{folder / name}.db" for name in NAMES)
    return Stores.at(box, registrar, durable=False)


def _loaded(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in NAMES:
        engine = engine_for(f"sqlite:///{folder / name}.db", durable=False)
        upgrade(engine, "box" if name == "box" else "registrar")
        engine.dispose()
    stores = stores_in(folder)
    load(stores, datetime.now(UTC), lambda _step, _done, _total: None)
    stores.dispose()
    return folder


def _shared_by_workers(factory: pytest.TempPathFactory) -> Path:
    """A folder of this run alone: xdist gives each worker its own inside it."""
    mine = factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
