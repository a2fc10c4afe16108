"""The running application on a store of its own. What the pages do is the same on both databases: one is enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.respond.samples import Field, field
from webapp import create_app
from webapp.config import Settings
from webapp.db import Stores


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.fixture
def app(stores: Stores, tmp_path: Path) -> Flask:
    """The application with its whole request path."""
    settings = Settings(secret_key="tJ3vQ8xN2mK7wL5pR9zY4bD6hF1cG0sA", data_dir=tmp_path / "var")
    return create_app(settings, stores, immediate=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A phone."""
    return app.test_client()


@pytest.fixture
def printed(stores: Stores) -> Field:
    """What the letters and posters of two open waves say."""
    return field(stores)
