"""Let officials see a prepared release (发布), or correct one."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from surveys.errors import NotFound
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.release import release, releases_of
from webapp.commands._opened import noted, opened, wave_named
from webapp.commands._preparing import prepared
from webapp.db import Stores
from webapp.i18n import local_time
from webapp.stores import clock


@click.command()
@click.argument("wave")
@click.argument("number", type=int, required=False)
@click.option(
    "--erratum-of", type=int, metavar="OLD", help="Compute anew and release it as a correction of OLD (更正)."
)
@click.option("--reason", default="", help="Why a correction is needed; it is printed (更正原因).")
@click.option(
    "--by", default="minping release", show_default=True, help="Who decided, as the release names them (发布人)."
)
@click.option("--list", "listing", is_flag=True, help="Only list the wave's releases (列表).")
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def command(
    wave: str, number: int | None, erratum_of: int | None, reason: str, by: str, listing: bool, yes: bool
) -> None:
    """Release what `minping analyse` prepared for WAVE: the latest, or the one with NUMBER.

    A released figure is never changed; what proves wrong is corrected by an erratum, which shows both.
    """
    if (erratum_of is None) is not (reason.strip() == "") or (erratum_of is not None and number is not None):
        raise click.UsageError("--erratum-of and --reason go together, without NUMBER / 更正须同时给出原因，不带编号。")
    with opened() as stores:
        kept = wave_named(stores, wave)
        if listing:
            _list(stores, kept)
            return
        if not yes:
            click.confirm(
                "Officials see it at once, and it is never edited. / 发布后委托单位立即可见，不能修改。",
                abort=True,
            )
        if erratum_of is not None:
            number = prepared(stores, kept, erratum_of, reason)
        with stores.box_transaction() as box:
            chosen = release(box, _chosen(box, kept, number), by, clock())
        noted(stores, "release.release", kept, number=chosen.number, by=by)
    click.echo(f"Released (已发布): {wave} {chosen.number}")


def _chosen(box: Session, wave: Wave, number: int | None) -> Release:
    """The release with this number, or the latest; raises NotFound when there is none."""
    found = next((one for one in releases_of(box, wave) if number in (None, one.number)), None)
    if found is None:
        raise NotFound("command.release_unknown", wave=wave.code, number=number or "—")
    return found


def _list(stores: Stores, wave: Wave) -> None:
    with stores.box_reading() as box:
        for one in releases_of(box, wave):
            when = local_time(one.released_at, wave.time_zone)
            said = f"released 已发布 {when} {one.released_by}" if when else "prepared, not released 未发布"
            click.echo(f"{one.number}  {said}  {one.reason}".rstrip())
