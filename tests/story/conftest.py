"""The demonstration for tests that only read it: one copy a process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.story.demonstration import demonstration_copy, stores_in
from webapp.db import Stores


@dataclass(frozen=True)
class Demonstration:
    """A copy of the loaded demonstration: its folder, which holds box.db and registrar.db, and its stores."""

    folder: Path
    stores: Stores


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Loaded once for all processes of this run; takes about a minute the first time."""
    folder = demonstration_copy(tmp_path_factory)
    stores = stores_in(folder)
    yield Demonstration(folder, stores)
    stores.dispose()
