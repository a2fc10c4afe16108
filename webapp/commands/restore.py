"""Put a backup into both stores (恢复), checked before and after."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.action_log import record_action
from webapp.backups import restore
from webapp.commands._installation import settings
from webapp.db import Stores
from webapp.stores import clock


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Replace stores that hold data (替换已有数据). Back them up first.")
def command(folder: Path, replace: bool) -> None:
    """Put the backup in FOLDER into both stores. Stop the server first.

    Stores that hold data are refused without --replace. Afterwards run `minping migrate`.
    """
    chosen = settings()
    stores = Stores.at(chosen.box_url, chosen.registrar_url)
    manifest = restore(stores, folder, replace, chosen.postgres_bin)
    with stores.registrar_transaction() as registrar:
        record_action(registrar, None, "restore", None, clock(), made_at=manifest["made_at"])
    stores.dispose()
    click.echo(f"Restored and counted (已恢复并核对): {manifest['made_at']}")
    click.echo("Next (下一步): minping migrate, then minping serve")
