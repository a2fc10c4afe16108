"""The history of both stores' tables: `upgrade` brings a store up to date, `drift` says where it does not agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from migrations.environment import METADATA, version_table, within

Store = Literal["box", "registrar"]


def configured(store: Store) -> Config:
    """Alembic's configuration for one store; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / store))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    return config


def upgrade(engine: Engine, store: Store) -> None:
    """Run every migration the store has not had yet, in one transaction; harmless when there is none."""
    config = configured(store)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(engine: Engine, store: Store) -> bool:
    """Whether the store has had every migration; the web does not start on one that has not."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": version_table(store)})
        return context.get_current_revision() == ScriptDirectory.from_config(configured(store)).get_current_head()


def drift(engine: Engine, store: Store) -> list[Any]:
    """What the records say and the tables do not, as Alembic's operations; empty when they agree."""
    with engine.connect() as connection:
        options = {
            "version_table": version_table(store),
            "include_name": within(store),
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA[store]))


def revise(engine: Engine, store: Store, title: str) -> None:
    """Write the next numbered migration from what `drift` finds; read it before you commit it."""
    config = configured(store)
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=title, autogenerate=True, rev_id=f"{number:04d}")
