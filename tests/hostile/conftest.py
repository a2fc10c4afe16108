"""The application with an assessor's and an administrator's browser. Both databases are asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.records.kinds import Role
from tests.fieldwork import samples
from tests.webapp.conftest import person, settings_for, sign_in
from webapp import create_app
from webapp.db import Stores


@pytest.fixture
def app(stores: Stores, tmp_path: Path) -> Flask:
    """The application with its whole request path; jobs run inside the request."""
    samples.staffed(stores)
    person(stores, "admin.wang", (Role.ADMINISTRATOR, "firm"), (Role.ADMINISTRATOR, "yubei"))
    return create_app(settings_for(tmp_path / "data"), stores, immediate=True)


@pytest.fixture
def assessor(app: Flask) -> FlaskClient:
    """A browser in which the assessor signed in."""
    return sign_in(app.test_client(), "assessor.li")


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    """A browser in which the administrator signed in."""
    return sign_in(app.test_client(), "admin.wang")


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """A browser in which nobody signed in."""
    return app.test_client()
