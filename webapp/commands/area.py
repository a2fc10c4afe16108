"""Areas, their codes and names (地区): list, import."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from surveys.records.areas import Area
from surveys.sampling.area_store import area_change, keep_areas
from surveys.sampling.areas import COLUMNS, areas_of_yubei, read_areas
from webapp.commands._files import csv_bytes
from webapp.commands._opened import noted, opened


@click.group()
def command() -> None:
    """Areas with their codes, how long a code held, and which district came after.

    \b
    minping area import --yubei        the list that comes with Minping (渝北区及30个镇街)
    minping area import areas.csv      your own; minping area template > areas.csv
    """


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--yubei", is_flag=True, help="Yubei and its 30 towns by their statistical codes (渝北区).")
@click.option("--yes", is_flag=True, help="Take it without asking (不再询问).")
def import_(file: Path | None, yubei: bool, yes: bool) -> None:
    """Show what a CSV FILE of areas would change, and take it (导入). Nothing is ever removed."""
    if (file is None) is not yubei:
        raise click.UsageError("Name a file, or say --yubei / 请给出一个文件，或使用 --yubei。")
    areas = areas_of_yubei() if file is None else read_areas(file.read_bytes())
    with opened() as stores:
        with stores.box_reading() as box:
            change = area_change(box, areas)
        for sign, some in (("+", change.added), ("~", change.changed)):
            for area in some:
                click.echo(f"{sign} {area.scheme} {area.code} {area.name_zh}")
        click.echo(
            f"{len(change.added)} new, {len(change.changed)} changed, {change.same} as they are / "
            f"新增 {len(change.added)}，修改 {len(change.changed)}，不变 {change.same}"
        )
        if change.added or change.changed:
            if not yes:
                click.confirm("Take it? / 导入？", abort=True)
            with stores.box_transaction() as box:
                keep_areas(box, areas)
            noted(stores, "area.import", None, added=len(change.added), changed=len(change.changed))
            click.echo("Taken / 已导入")


@command.command("list")
@click.option("--under", default="", help="Only areas directly under this code (上级代码).")
def list_(under: str) -> None:
    """Areas in register order, with the days their codes held (列表)."""
    with opened() as stores, stores.box_reading() as box:
        for area in box.scalars(select(Area).order_by(Area.scheme, Area.parent, Area.position, Area.code)):
            if under in ("", area.parent):
                click.echo(f"{area.scheme}  {area.code}  {area.name['zh']}  {area.name.get('en', '')}  {_days(area)}")


@command.command()
def template() -> None:
    """Print the headings of an area file, to fill in (模板)."""
    click.echo(csv_bytes([[column.headings[0] for column in COLUMNS]]), nl=False)


def _days(area: Area) -> str:
    """The days the code held; a first day that nobody published is left open."""
    begun = area.valid_from.isoformat() if area.valid_from.year > 1 else "…"
    return f"{begun} – {area.valid_to or '…'}  {area.successor_name.get('zh', '')} {area.successor_code}".rstrip()
