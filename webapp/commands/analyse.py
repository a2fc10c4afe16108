"""Compute a closed wave's figures and prepare a release (分析)."""

from __future__ import annotations

import click

from webapp.commands._opened import opened, wave_named
from webapp.commands._preparing import prepared


@click.command()
@click.argument("wave")
@click.option("--erratum-of", type=int, metavar="NUMBER", help="Prepare a correction of this release (更正).")
@click.option("--reason", default="", help="Why a correction is needed; it is printed (更正原因).")
def command(wave: str, erratum_of: int | None, reason: str) -> None:
    """Weigh, estimate and pass WAVE's figures through the disclosure gate. Nobody outside sees them yet.

    Each run prepares a new release with a number of its own. Next: minping release WAVE.
    """
    _with_reason(erratum_of, reason)
    with opened() as stores:
        number = prepared(stores, wave_named(stores, wave), erratum_of, reason)
    click.echo(f"Prepared, not yet released (已生成，尚未发布): {wave} {number}")
    click.echo(f"Next (下一步): minping release {wave} {number}")


def _with_reason(erratum_of: int | None, reason: str) -> None:
    if (erratum_of is None) is not (reason.strip() == ""):
        raise click.UsageError("--erratum-of and --reason go together / 更正须同时给出 --erratum-of 和 --reason。")
