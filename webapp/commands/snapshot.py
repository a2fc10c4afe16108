"""Write a closed wave's answers as Parquet files for analysis (快照)."""

from __future__ import annotations

from time import monotonic
from typing import Any

import click

from surveys.analysis.totals.engines import engine_named, room
from surveys.analysis.totals.manifest import origin_of
from surveys.analysis.totals.source import snapshot_folder
from surveys.collection.publish import instrument_of
from webapp.commands._installation import settings
from webapp.commands._opened import noted, opened, wave_named
from webapp.commands._progress import bars


@click.command()
@click.argument("wave")
@click.option(
    "--parts",
    type=click.IntRange(1, 9999),
    default=1,
    show_default=True,
    help="Into how many files at least; each is one task for Dask (至少分成几个文件).",
)
@click.option("--check", is_flag=True, help="Write nothing; check the one that stands (只核对).")
def command(wave: str, parts: int, check: bool) -> None:
    """Copy WAVE's sealed answers into Parquet files in the data folder, with a manifest of row counts and hashes.

    The engines duckdb and dask (MINPING_ENGINE) read them; `minping analyse` makes them itself when there are none.
    One row an answer in the order of random ids: no access code, no id, no time. A file that was changed, lost or
    added is named and refused. An older snapshot of the wave is replaced. Only for a closed wave.

    \b
    把已结束批次的答卷另存为 Parquet 文件，供 duckdb、dask 引擎计算；不含访问码、编号和时间。
    """
    engine_named("duckdb")
    folder = snapshot_folder(settings().data_dir.absolute(), wave)
    started = monotonic()
    with opened() as stores:
        kept = wave_named(stores, wave)
        instrument = instrument_of(kept)
        if check:
            with stores.box_reading() as box:
                found = room("snapshot").open_snapshot(folder, origin_of(box, kept, instrument))
            found.check_parts()
        else:
            with stores.box_reading() as box, bars() as report:
                found = room("writing").write_snapshot(
                    box, kept, instrument, folder, lambda done, total: report("snapshot", done, total), parts
                )
            noted(stores, "snapshot.write", kept, parts=len(found.manifest.parts), sha256=found.manifest.sha256)
    _say(found, monotonic() - started, "Checked (核对无误)" if check else "Written (已写入)")


def _say(snapshot: Any, seconds: float, done: str) -> None:
    manifest = snapshot.manifest
    for part in manifest.parts:
        click.echo(f"{part.name}  {part.rows} answers (份)")
    if manifest.mark:
        click.echo(manifest.mark)
    click.echo(f"{done}: {snapshot.folder}  {manifest.origin.rows} answers (份)  {seconds:.1f} s")
    click.echo(f"sha256 {manifest.sha256}")
