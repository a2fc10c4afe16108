"""The demonstration as an installation: its settings, its folder, and building it whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from migrations import upgrade
from surveys.collection.codes import AccessCode
from surveys.errors import Conflict, NotAllowed
from surveys.records.waves import Wave
from webapp import config, installation
from webapp.config import LOOPBACK, Settings
from webapp.db import Stores
from webapp.demonstration.load import LIVE, is_loaded, load
from webapp.demonstration.survey import Progress
from webapp.fieldwork import keyfile
from webapp.issuing import issue_codes

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
    own = Settings(_env_file=None, secret_key=settings.secret_key, data_dir=place, box_url="", registrar_url="")
    if not settings.demo or (settings.box_url, settings.registrar_url) != (own.box_url, own.registrar_url):
        raise NotAllowed("command.demo_elsewhere", path=place)
    return settings


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


def standing(folder: Path, now: datetime, progress: Progress, reset: bool = False) -> Stores:
    """The loaded demonstration's stores. One that was broken off is built anew; `reset` throws it away first.

    It is built beside its place and moved there when it is whole.
    """
    place, loading = folder / PLACE, folder / LOADING
    for old in (loading, *([place] if reset else [])):
        shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        stores = _migrated(place)
        if is_loaded(stores):
            return stores
        stores.dispose()
        shutil.rmtree(place)
    _build(loading, now, progress)
    loading.rename(place)
    return _migrated(place)


def fresh_code(stores: Stores) -> AccessCode | None:
    """An access code of the wave that is open now, never used; None when its sample is used up."""
    with stores.box_reading() as box:
        live = select(Wave).where(Wave.code == LIVE).options(joinedload(Wave.instrument_version))
        wave = box.scalars(live).one()
    return next((one.invitation for one in issue_codes(stores, wave, most=1)), None)


def _build(loading: Path, now: datetime, progress: Progress) -> None:
    loading.mkdir(parents=True, mode=0o700)
    stores = _migrated(loading)
    for code, private in load(stores, now, progress).items():
        handle = os.open(loading / keyfile.file_name(code), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(keyfile.written(code, private))
    stores.dispose()


def _migrated(place: Path) -> Stores:
    folder = place.absolute()
    stores = Stores.at(f"sqlite:///{folder / 'box.sqlite3'}", f"sqlite:///{folder / 'registrar.sqlite3'}")
    upgrade(stores.box, "box")
    upgrade(stores.registrar, "registrar")
    return stores
