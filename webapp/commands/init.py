"""Lay out a new installation (新建): folder, secrets, empty stores, first administrator."""

from __future__ import annotations

import os
from pathlib import Path

import click

from migrations import current, upgrade
from surveys.errors import Conflict
from webapp import config, installation
from webapp.db import Stores
from webapp.people import Actor
from webapp.stores import clock


@click.command()
@click.option(
    "--env-file", type=click.Path(path_type=Path), help="Where the settings go. Default: DATA-DIR/minping.env."
)
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("var"), show_default=True, help="数据目录")
@click.option("--public-url", default="", help="How residents reach it, https://survey.example.org (公开网址).")
@click.option("--port", default=8000, show_default=True, help="Port on this machine (端口).")
@click.option("--box-url", default="", help="PostgreSQL database of the box; default: a SQLite file.")
@click.option("--registrar-url", default="", help="PostgreSQL database of the registrar; default: a SQLite file.")
@click.option("--admin", default="admin", show_default=True, help="Login of the first administrator (管理员登录名).")
@click.option("--admin-name", default="管理员", show_default=True, help="Their name (姓名).")
@click.option("--commissioner", default="委托单位", show_default=True, help="Name of the commissioning body.")
@click.option("--assessor", default="测评机构", show_default=True, help="Name of the assessing organisation.")
def command(
    env_file: Path | None,
    data_dir: Path,
    public_url: str,
    port: int,
    box_url: str,
    registrar_url: str,
    admin: str,
    admin_name: str,
    commissioner: str,
    assessor: str,
) -> None:
    """Lay out a new, empty installation and print the first administrator's password once.

    Nothing is ever overwritten: where an installation stands, this refuses.
    The demonstration is something else: minping demo.
    """
    path = env_file or Path(os.environ.get("MINPING_ENV_FILE") or data_dir / "minping.env")
    databases = {"MINPING_BOX_URL": box_url, "MINPING_REGISTRAR_URL": registrar_url}
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    stores_here = [data_dir / "box.sqlite3", data_dir / "registrar.sqlite3"]
    for kept in [path, *(stores_here if not (box_url and registrar_url) else [])]:
        if kept.exists():
            raise Conflict("init.exists", path=kept)
    installation.write_env(path, data_dir, public_url, port, {name: url for name, url in databases.items() if url})
    try:
        settings = config.load(path)
        password = _filled(settings, admin, admin_name, commissioner, assessor)
    except BaseException:
        path.unlink()  # so that the next try is a first one
        raise
    _tell(path, settings.public_url, admin, password)


def _filled(settings: config.Settings, admin: str, name: str, commissioner: str, assessor: str) -> str:
    stores = Stores.at(settings.box_url, settings.registrar_url)
    if current(stores.registrar, "registrar"):
        raise Conflict("init.exists", path="MINPING_REGISTRAR_URL")
    upgrade(stores.box, "box")
    upgrade(stores.registrar, "registrar")
    password = installation.first_people(stores, Actor(None, clock()), admin, name, commissioner, assessor)
    stores.dispose()
    return password


def _tell(path: Path, address: str, admin: str, password: str) -> None:
    click.echo(f"Settings (设置): {path}")
    click.echo(f"Sign in at (登录): {address}/staff/login")
    click.echo(f"Login (登录名): {admin}")
    click.echo(f"Password, shown only now (密码，只显示这一次): {password}")
    click.echo(f"Next (下一步): MINPING_ENV_FILE={path} minping serve")
