"""Backups of both stores with a manifest, and restores that check every byte and count before they count as done.

Whoever holds backups of both stores of an open wave could link people and answers (docs/operations.md):
keep them apart and not longer than needed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine

from surveys.errors import Conflict, NotFound, Refusal
from webapp.backups.counts import counted
from webapp.backups.postgres import Postgres
from webapp.backups.sqlite import Sqlite
from webapp.db import Stores, reading

MANIFEST = "manifest.json"
STORES = ("box", "registrar")


class Copier(Protocol):
    """How one kind of database is copied out and in."""

    SUFFIX: str

    def dump(self, engine: Engine, file: Path, tools: Path | None) -> dict[str, int]: ...

    def load(self, engine: Engine, file: Path, tools: Path | None) -> None: ...


COPIERS: dict[str, Copier] = {"sqlite": Sqlite(), "postgresql": Postgres()}


def back_up(stores: Stores, folder: Path, now: datetime, tools: Path | None = None) -> dict[str, Any]:
    """Copy both stores into a new folder while they are in use; gives the manifest that was written.

    `tools` is the folder of pg_dump when it is not on PATH. Raises Conflict when the folder holds anything.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("backup.target_not_empty", path=folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = {name: _copied(name, getattr(stores, name), folder, tools) for name in STORES}
    manifest = {"format": 1, "made_at": now.isoformat(timespec="seconds"), "stores": kept}
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    path.chmod(0o600)
    return manifest


def _copied(name: str, engine: Engine, folder: Path, tools: Path | None) -> dict[str, Any]:
    copier = COPIERS[engine.dialect.name]
    file = folder / f"{name}{copier.SUFFIX}"
    counts = copier.dump(engine, file, tools)
    file.chmod(0o600)
    return {"file": file.name, "kind": engine.dialect.name, "sha256": _sha256(file), "rows": counts}


def restore(stores: Stores, folder: Path, replace: bool = False, tools: Path | None = None) -> dict[str, Any]:
    """Put a backup into both stores, which must be empty unless `replace`; gives its manifest.

    Everything is checked before the first store is touched. Raises NotFound without a manifest,
    Refusal for a damaged or foreign backup, Conflict for a store with data or with other counts afterwards.
    """
    manifest = checked(folder)
    for name in STORES:
        engine, kind = getattr(stores, name), manifest["stores"][name]["kind"]
        if kind != engine.dialect.name:
            raise Refusal("backup.other_kind", kept=kind, configured=engine.dialect.name)
        if not replace and any(counts(engine).values()):
            raise Conflict("backup.store_not_empty", store=name)
    for name in STORES:
        _restored(name, getattr(stores, name), folder, manifest["stores"][name], tools)
    return manifest


def _restored(name: str, engine: Engine, folder: Path, kept: dict[str, Any], tools: Path | None) -> None:
    """Restore one store and compare its counts."""
    COPIERS[engine.dialect.name].load(engine, folder / Path(kept["file"]).name, tools)
    found = counts(engine)
    rows = kept["rows"]
    different = sorted(name for name in found.keys() | rows.keys() if found.get(name) != rows.get(name))
    if different:
        raise Conflict("backup.counts_differ", store=name, tables=", ".join(different))


def checked(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are all there, byte for byte."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound("backup.no_manifest", path=folder)
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for name in STORES:
        kept = manifest["stores"][name]
        file = folder / Path(kept["file"]).name
        if not file.is_file() or _sha256(file) != kept["sha256"]:
            raise Refusal("backup.damaged", file=kept["file"])
    return manifest


def counts(engine: Engine) -> dict[str, int]:
    """Rows in every table of a store."""
    with reading(engine) as session:
        return counted(session)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
