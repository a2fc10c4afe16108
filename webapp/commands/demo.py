"""Load the demonstration (演示), and serve it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from surveys.errors import Conflict
from surveys.records.kinds import Role
from webapp.commands import serve as serving
from webapp.config import Settings
from webapp.db import Stores
from webapp.demonstration.building import ENV, alone, demo_settings, standing
from webapp.demonstration.cast import sign_in_of
from webapp.demonstration.standing import fresh_code, live_poster

HOST = "127.0.0.1"
NONE_LEFT = "— (all used: minping demo --reset / 已用完)"


@click.command()
@click.option("--serve", is_flag=True, help="Serve it afterwards, on this machine only (随后启动服务).")
@click.option("--reset", is_flag=True, help="Throw the loaded demonstration away and load it anew (重新生成).")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Where its settings and stores are kept (数据目录).",
)
@click.pass_context
def command(ctx: click.Context, serve: bool, reset: bool, folder: Path) -> None:
    """Load the demonstration, unless it is loaded: an invented sample, answers, cases and reports.

    Everything in it is synthetic and says so (模拟数据). The port is PORT (default 8000).

    \b
    minping demo --serve                load it once, then serve it
    PORT=8080 minping demo --serve      on another port
    """
    with alone(folder):
        settings = demo_settings(folder)
        if serve:
            _must_be_free(settings.port)
        stores = standing(folder, reset)
        click.echo("The demonstration is loaded / 演示数据已就绪（模拟数据）")
        if not serve:
            stores.dispose()
            click.echo("Next (下一步): minping demo --serve")
            return
        _tell(stores, settings)
        stores.dispose()
        os.environ["MINPING_ENV_FILE"] = str((folder / ENV).absolute())
        ctx.invoke(serving.command, host=HOST, worker=True)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise Conflict("command.port_taken", port=port, next=port + 1) from None


def _tell(stores: Stores, settings: Settings) -> None:
    """Three addresses with their sign-ins, which work on this machine only."""
    home, code = f"http://{HOST}:{settings.port}", fresh_code(stores)
    assessor, official = sign_in_of(Role.ASSESSOR), sign_in_of(Role.OFFICIAL)
    lines = [
        "",
        "1 Resident 居民",
        f"  open link 公开链接     {home}/o/{live_poster(stores)}",
        f"  access code 访问码     {f'{code.printed}   {home}/s/{code.symbols}' if code else NONE_LEFT}",
        "2 Assessor 测评人员",
        f"  {home}/staff/login   {assessor.login}   {assessor.password}",
        "3 Official 委托单位人员",
        f"  {home}/staff/login   {official.login}   {official.password}",
        "",
        "Sign-ins work on this machine only; Ctrl-C stops. / 账号只能在本机登录；按 Ctrl-C 停止。",
        "",
    ]
    click.echo("\n".join(lines))
