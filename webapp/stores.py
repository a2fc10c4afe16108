"""The running application's two stores, one transaction at a time, and the time that is passed to what we know."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import Stores

STORE_FAULTS = (OperationalError, InternalError, InterfaceError)  # away, full, or read-only: nothing was acknowledged
STORES = "minping.stores"
SETTINGS = "minping.settings"


def keep(app: Flask, settings: Settings, stores: Stores) -> None:
    """Bind stores and settings to an application."""
    app.extensions[SETTINGS] = settings
    app.extensions[STORES] = stores


def current_stores() -> Stores:
    """The stores of the running application."""
    return cast(Stores, current_app.extensions[STORES])


def current_settings() -> Settings:
    """The settings of the running application."""
    return cast(Settings, current_app.extensions[SETTINGS])


def clock() -> datetime:
    """Now, aware, in UTC: the one place where the web looks at the clock."""
    return datetime.now(UTC)


def box_transaction() -> AbstractContextManager[Session]:
    """Write to the box; committed when the block ends, undone when it raises."""
    return current_stores().box_transaction()


def registrar_transaction() -> AbstractContextManager[Session]:
    """Write to the registrar; committed when the block ends, undone when it raises."""
    return current_stores().registrar_transaction()


def box_reading() -> AbstractContextManager[Session]:
    """Read the box; writes are refused."""
    return current_stores().box_reading()


def registrar_reading() -> AbstractContextManager[Session]:
    """Read the registrar; writes are refused."""
    return current_stores().registrar_reading()
