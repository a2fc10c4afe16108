"""Write a release's Word, Excel and CSV files (导出)."""

from __future__ import annotations

from pathlib import Path

import click

from surveys.errors import NotFound
from surveys.records.kinds import Audience
from surveys.reporting.release import released, renditions
from webapp.commands._files import new_file
from webapp.commands._opened import opened, wave_named


@click.command()
@click.argument("wave")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--number", type=int, help="Which release; default: the latest (发布编号).")
@click.option("--format", "formats", multiple=True, help="word, excel, csv …; may be repeated; default: all (格式).")
@click.option("--audience", type=click.Choice([one.value for one in Audience]), default="official", show_default=True)
def command(wave: str, folder: Path, number: int | None, formats: tuple[str, ...], audience: str) -> None:
    """Write the files of WAVE's release into FOLDER, byte for byte as everybody downloads them.

    A file that stands there already is never overwritten.
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        with stores.box_reading() as box:
            files = renditions(box, released(box, kept, number), Audience(audience))
            chosen = [file for file in files if not formats or file.format in formats]
            if unknown := set(formats) - {file.format for file in files}:
                raise NotFound(
                    "command.format_unknown",
                    formats=", ".join(sorted(unknown)),
                    known=", ".join(f.format for f in files),
                )
            folder.mkdir(parents=True, exist_ok=True)
            for file in chosen:
                with new_file(folder / file.filename) as written:
                    written.write(file.content)
                click.echo(f"{folder / file.filename}  sha256 {file.sha256}")
