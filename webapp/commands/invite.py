"""Issue access codes and print the letters, once (邀请函)."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.commands._files import STDOUT, new_file
from webapp.commands._installation import settings
from webapp.commands._opened import noted, opened, wave_named
from webapp.fieldwork.letters import by_town, new_letters
from webapp.printing import must_be_reachable

ONCE = (
    "访问码只在这份文件里，别处没有，不能再打印一次。请现在打印；寄出后删除文件。",
    "The access codes are in this file and nowhere else; it cannot be printed a second time. "
    "Print it now, and delete it once the letters are out.",
)


@click.command()
@click.argument("wave")
@click.option(
    "--out", "path", type=click.Path(path_type=Path), required=True, help="PDF to write; - is stdout, for a printer."
)
@click.option("--town", help="Only the dwellings of this town's code (镇街代码); default: all.")
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def command(wave: str, path: Path, town: str | None, yes: bool) -> None:
    """Issue codes to WAVE's sampled dwellings that have none, and print their letters as one PDF.

    This cannot be repeated: a code is known in plain only while its letter is printed. A lost letter
    is replaced on the wave's page, with the wave's key file.

    \b
    minping invite yubei-2026 --town 500112002 --out letters.pdf
    minping invite yubei-2026 --out - | lp          no file at all (直接打印)
    """
    chosen = settings()
    with opened() as stores:
        kept = wave_named(stores, wave)
        must_be_reachable(chosen, kept)
        with stores.registrar_reading() as registrar:
            left = sum(one.left for one in by_town(registrar, kept.id).values() if town in (None, one.town))
        if not yes:
            click.confirm(f"{ONCE[0]}\n{ONCE[1]}\n{left} letters / {left} 封", abort=True, err=True)
        with new_file(path) as file:
            count, pdf = new_letters(stores, chosen, kept, town)
            file.write(pdf)
        noted(stores, "letters.issue", kept, town=town or "", letters=count)
    click.echo(f"{count} letters / {count} 封: {'stdout' if path == STDOUT else path}", err=True)
    click.echo("\n".join(ONCE), err=True)
