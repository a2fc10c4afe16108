"""What commands about waves begin with: migrated stores, the wave that was named, a line in the action log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from migrations import current
from surveys.errors import NotFound
from surveys.records.waves import Wave
from webapp.action_log import record_action
from webapp.commands._installation import stores
from webapp.db import Stores
from webapp.stores import clock

NOT_MIGRATED = "The stores are not up to date: run `minping migrate` / 请先运行 minping migrate。"


@contextmanager
def opened() -> Iterator[Stores]:
    """The installation's stores, closed at the end; a ClickException when they lack a migration."""
    found = stores()
    try:
        if not (current(found.box, "box") and current(found.registrar, "registrar")):
            raise click.ClickException(NOT_MIGRATED)
        yield found
    finally:
        found.dispose()


def wave_named(stores: Stores, code: str) -> Wave:
    """The wave with its instrument version at hand; raises NotFound."""
    with stores.box_reading() as box:
        wave = box.scalar(select(Wave).where(Wave.code == code).options(joinedload(Wave.instrument_version)))
    if wave is None:
        raise NotFound("command.wave_unknown", wave=code)
    return wave


def noted(stores: Stores, action: str, wave: Wave | None, **details: object) -> None:
    """A line in the action log, by nobody's account: the command line."""
    with stores.registrar_transaction() as registrar:
        record_action(registrar, None, action, wave.id if wave else None, clock(), **details)
