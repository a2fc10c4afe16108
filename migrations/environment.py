"""What both stores' Alembic environments have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from alembic import context
from sqlalchemy import MetaData

from surveys.records.base import Instant
from surveys.records.box import BoxRecord
from surveys.records.registrar import RegistrarRecord

METADATA: dict[str, MetaData] = {
    "box": BoxRecord.metadata,
    "registrar": RegistrarRecord.metadata,
}


def version_table(store: str) -> str:
    """Each store counts its own migrations, so that both may also live in one PostgreSQL database."""
    return f"{store}_version"


def within(store: str) -> Callable[[str | None, str, Any], bool]:
    """Leaves the other store's tables out of sight, and only those."""
    others = {name for other, metadata in METADATA.items() if other != store for name in metadata.tables}
    others |= {version_table(other) for other in METADATA}

    def included(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or name not in others

    return included


def _rendered(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Our instants are plain DATETIME columns; a migration must not need tomorrow's code."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, Instant) else False


def run(store: str) -> None:
    """Run the migrations asked for on the connection that `migrations.upgrade` opened."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA[store],
        version_table=version_table(store),
        include_name=within(store),
        render_as_batch=True,
        compare_type=True,
        render_item=_rendered,
    )
    with context.begin_transaction():
        context.run_migrations()
