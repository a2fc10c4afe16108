"""The demonstration as an installation: its settings, its folder, and building it whole or not at all."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrations import current, upgrade
from surveys.errors import Conflict, NotAllowed, Refusal
from webapp import config, installation
from webapp.config import LOOPBACK, Settings
from webapp.db import Stores
from webapp.demonstration.standing import is_loaded

ENV, PLACE, LOADING, LOCK = "demo.env", "demo", "demo.loading", "demo.lock"


def demo_settings(folder: Path) -> Settings:
    """The demonstration's settings; its env file is made on the first start, readable by its owner alone.

    Raises NotAllowed when the environment would have it reached from elsewhere, or kept in other stores than its own.
    """
    path, place = folder.absolute() / ENV, folder.absolute() / PLACE
    if not path.exists():
        installation.write_env(path, place, "", 8000, {"MINPING_DEMO": "1"})
    settings = config.load(path)
    if settings.public_host not in LOOPBACK:
        raise NotAllowed("command.demo_loopback", address=settings.public_url)
    if not settings.demo or (settings.box_url, settings.registrar_url) != addresses(place):
        raise NotAllowed("command.demo_elsewhere", path=place)
    return settings


def addresses(place: Path) -> tuple[str, str]:
    """The database addresses of box and registrar in a folder."""
    box, registrar = (f"sqlite:///{place.absolute() / name}.sqlite3" for name in ("box", "registrar"))
    return box, registrar


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps a second demonstration out of the folder; raises Conflict when one is being loaded or served."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / LOCK, "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("command.demo_running", path=folder) from None
        yield


def standing(folder: Path, reset: bool = False) -> Stores:
    """The loaded demonstration's stores. One that was broken off is built anew; with `reset` a whole one too.

    It is built beside its place and moved there when it is whole, by a process of its own: what computes is heavy,
    and this process may go on to serve. Raises Refusal when that fails; its words stand on standard error.
    """
    place, loading = folder / PLACE, folder / LOADING
    shutil.rmtree(loading, ignore_errors=True)
    if place.exists() and not reset:
        stores = migrated(place)
        if is_loaded(stores):
            return stores
        stores.dispose()
    if subprocess.run([sys.executable, "-m", "webapp.demonstration", str(loading)], check=False).returncode != 0:
        raise Refusal("command.demo_not_loaded")
    shutil.rmtree(place, ignore_errors=True)
    loading.rename(place)
    return migrated(place)


def migrated(place: Path) -> Stores:
    """The stores in a folder with every table up to date."""
    stores = Stores.at(*addresses(place))
    if not current(stores.box, "box"):
        upgrade(stores.box, "box")
    if not current(stores.registrar, "registrar"):
        upgrade(stores.registrar, "registrar")
    return stores
