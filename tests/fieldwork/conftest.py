"""The application with an assessor's wave. What pages do is the same on both databases; `both` tests ask for two."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.collection.sealed import KeyPair
from surveys.records.waves import Wave
from tests.fieldwork import samples
from tests.webapp.conftest import settings_for
from webapp import create_app
from webapp.db import Stores


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.fixture
def app(stores: Stores, tmp_path: Path) -> Flask:
    """The application with its whole request path; jobs run inside the request."""
    samples.staffed(stores)
    return create_app(settings_for(tmp_path / "data"), stores, immediate=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The assessor's browser."""
    return samples.assessor(app.test_client())


@pytest.fixture
def planned(app: Flask, stores: Stores) -> tuple[Wave, KeyPair]:
    """A planned wave of the assessor with its keys."""
    return samples.a_wave(stores)
