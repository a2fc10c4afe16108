"""Write the next migration after a record changed: `python -m migrations box "what changed"`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from migrations import revise, upgrade
from migrations.environment import METADATA


def main() -> None:
    """Compare the records with a fresh store that had every migration, and write down the difference."""
    match sys.argv[1:]:
        case [("box" | "registrar") as store, title]:
            with TemporaryDirectory() as folder:
                engine = create_engine(f"sqlite:///{Path(folder) / store}.db")
                upgrade(engine, store)
                revise(engine, store, title)
                engine.dispose()
        case _:
            raise SystemExit(f"{__doc__} Stores: {', '.join(METADATA)}.")


if __name__ == "__main__":
    main()
