"""Copy both stores into a new folder while they are in use (备份)."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.backups import back_up
from webapp.commands._installation import settings
from webapp.db import Stores
from webapp.stores import clock


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Copy both stores into FOLDER, which must be new or empty, with a manifest of hashes and counts.

    The server may run on. The env file with the secret key is not part of it: keep that one apart.
    """
    chosen = settings()
    stores = Stores.at(chosen.box_url, chosen.registrar_url)
    manifest = back_up(stores, folder, clock(), chosen.postgres_bin)
    stores.dispose()
    for name, kept in manifest["stores"].items():
        click.echo(f"{name}: {kept['file']}  {sum(kept['rows'].values())} rows (行)  sha256 {kept['sha256'][:16]}…")
    click.echo(f"Backed up (已备份): {folder}")
