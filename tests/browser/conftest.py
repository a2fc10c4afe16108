"""The application at a real address, for the browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import Served, serving
from webapp.db import Stores


@pytest.fixture
def database() -> str:
    """What a browser sees is the same on both databases: one is enough."""
    return "sqlite"


@pytest.fixture
def served(stores: Stores, tmp_path: Path) -> Iterator[Served]:
    """The application on empty stores, at `served.url`."""
    with serving(stores, tmp_path / "var") as running:
        yield running
