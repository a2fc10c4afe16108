"""Serve the pages and run the jobs (启动服务), on this machine only unless --host says otherwise."""

from __future__ import annotations

import sys

import click

from migrations import current
from webapp.commands._installation import settings
from webapp.config import LOOPBACK
from webapp.db import Stores
from webapp.serving import Pair, gunicorn_command, worker_command


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; nginx stands in front.")
@click.option("--worker/--no-worker", default=True, help="Also run the worker for jobs (后台任务).")
def command(host: str, worker: bool) -> None:
    """Serve the web with gunicorn, and one worker beside it, until Ctrl-C or SIGTERM stops both gracefully.

    The port is PORT (default 8000). A demonstration listens on loopback only.
    """
    chosen = settings()
    if chosen.demo and host not in LOOPBACK:
        raise click.ClickException("The demonstration listens on loopback only / 演示只能在本机使用。")
    stores = Stores.at(chosen.box_url, chosen.registrar_url)
    ready = current(stores.box, "box") and current(stores.registrar, "registrar")
    stores.dispose()
    if not ready:
        raise click.ClickException("The stores are not up to date: run `minping migrate` / 请先运行 minping migrate。")
    click.echo(f"Minping 民评: http://{host}:{chosen.port}/  staff (工作台) http://{host}:{chosen.port}/staff/")
    sys.exit(Pair(gunicorn_command(chosen, host), worker_command() if worker else None).run())
