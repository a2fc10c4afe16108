"""Run the jobs alone (后台任务), where web and worker are services of their own; one an installation."""

from __future__ import annotations

import click

from webapp.commands._installation import settings
from webapp.jobs import work


@click.command()
def command() -> None:
    """Run waiting jobs one after the other until SIGTERM. `minping serve` starts one by itself."""
    work(settings())
