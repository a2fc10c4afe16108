"""Bring both stores' tables up to date (升级数据库); harmless when they are."""

from __future__ import annotations

import click

from migrations import current, upgrade
from webapp.commands._installation import stores


@click.command()
def command() -> None:
    """Bring both stores' tables up to date. Make a backup first: minping backup DIR."""
    opened = stores()
    for name, engine in (("box", opened.box), ("registrar", opened.registrar)):
        before = current(engine, name)  # type: ignore[arg-type]
        upgrade(engine, name)  # type: ignore[arg-type]
        click.echo(f"{name}: {'was up to date' if before else 'upgraded'} / {'无需升级' if before else '已升级'}")
    opened.dispose()
