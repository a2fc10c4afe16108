"""Sampling frames (抽样框): check a file, import it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from surveys.errors import FileRefused
from surveys.records.areas import Area
from surveys.records.waves import Wave
from surveys.sampling.frame import FrameChange, FrameFile
from surveys.sampling.frame_file import read_frame
from surveys.sampling.frame_file import template as empty_frame
from surveys.sampling.store import frame_change, keep_frame
from webapp.commands._opened import noted, opened, wave_named
from webapp.db import Stores
from webapp.fieldwork.places import towns_of
from webapp.stores import clock
from webapp.words import words_for_fault

SHOWN = 20  # faults and changes; the rest are counted
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.group()
def command() -> None:
    """Sampling frames: every block of dwellings in the wave's area, one row each.

    \b
    minping frame template > frame.csv     fill it in (填好模板)
    minping frame check WAVE frame.csv     every fault with its place and how to mend it (检查)
    minping frame import WAVE frame.csv    take it (导入)
    """


@command.command()
def template() -> None:
    """Print a CSV file with headings and two example rows (模板)."""
    click.echo(empty_frame(), nl=False)


@command.command()
@click.argument("wave")
@FILE
@click.option("--all", "everything", is_flag=True, help="Show every fault, not the first 20 only (列出全部).")
def check(wave: str, file: Path, everything: bool) -> None:
    """Read FILE and say what is wrong with it, or what it would change; nothing is kept (只检查)."""
    with opened() as stores:
        _read(stores, wave_named(stores, wave), file, everything)
    click.echo("Nothing was kept / 没有导入")


@command.command("import")
@click.argument("wave")
@FILE
@click.option("--yes", is_flag=True, help="Take it without asking (不再询问).")
def import_(wave: str, file: Path, yes: bool) -> None:
    """Read FILE, show what would change, and take it as the wave's frame (导入).

    The frame in force stays in the store; after the draw none can be taken.
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        frame, change = _read(stores, kept, file, everything=False)
        if change.nothing:
            return
        if not yes:
            click.confirm("Take it? / 导入？", abort=True)
        with stores.registrar_transaction() as registrar:
            keep_frame(registrar, kept, kept.assessor, frame, file.name, clock())
        noted(stores, "frame.import", kept, sha256=frame.sha256, psus=len(frame.rows))
    click.echo(f"Taken / 已导入: sha256 {frame.sha256}")


def _read(stores: Stores, wave: Wave, file: Path, everything: bool) -> tuple[FrameFile, FrameChange]:
    """The frame in a file with what it would change, both shown; its faults are shown before it is refused."""
    with stores.box_reading() as box:
        towns = towns_of(box, wave)
    try:
        frame = read_frame(file.read_bytes(), towns)
    except FileRefused as refusal:
        _show_faults(refusal, len(refusal.faults) if everything else SHOWN)
        count = len(refusal.faults)
        said = f"{count} places to mend; nothing was imported / 有 {count} 处需要修改，没有导入。"
        raise click.ClickException(said) from None
    with stores.registrar_reading() as registrar:
        change = frame_change(registrar, wave.id, frame)
    _show_counts(frame, towns, change)
    return frame, change


def _show_faults(refusal: FileRefused, shown: int) -> None:
    table = Table("row 行", "column 列", "value 内容", "mend 怎样修改", show_lines=True)
    for fault in refusal.faults[:shown]:
        mend = f"{words_for_fault(fault, 'zh')}\n{words_for_fault(fault, 'en')}"
        cells = (str(fault.row or ""), fault.column, fault.value, mend)
        table.add_row(*(cell.replace("[", "\\[") for cell in cells))  # what stands in a file is no markup
    Console(width=None if Console().is_terminal else 140).print(table)


def _show_counts(frame: FrameFile, towns: dict[str, Area], change: FrameChange) -> None:
    click.echo("town 镇街   PSUs 网格   dwellings 户数")
    for town, count in sorted(frame.counts.items()):
        click.echo(f"{town} {towns[town].name['zh']}  {count.psus}  {count.dwellings}")
    dwellings = sum(row.dwellings for row in frame.rows)
    missing = [f"{town} {area.name['zh']}" for town, area in towns.items() if town not in frame.counts]
    click.echo(f"{len(frame.rows)} PSUs, {dwellings} dwellings / 共 {len(frame.rows)} 个网格，{dwellings} 户")
    if missing:
        click.echo(f"Towns without a row / 没有列入的镇街: {'、'.join(missing)}")
    if change.nothing:
        click.echo("The same as the frame in force / 与现用抽样框相同")
        return
    added, removed, changed = (len(rows) for rows in (change.added, change.removed, change.changed))
    click.echo(
        f"would change: {added} added, {removed} removed, {changed} changed{', order' if change.reordered else ''} / "
        f"将变更：新增 {added}，删除 {removed}，修改 {changed}{'，顺序' if change.reordered else ''}"
    )
    for old, new in change.changed[:SHOWN]:
        click.echo(f"~ {new.psu}: {old.dwellings} → {new.dwellings} {new.name}")
