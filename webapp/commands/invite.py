"""Issue access codes and print the letters, once (邀请函)."""

from __future__ import annotations

from pathlib import Path

import click

from surveys.collection.issue import units_to_issue
from surveys.errors import Refusal
from webapp.commands._files import STDOUT, new_file
from webapp.commands._installation import settings
from webapp.commands._opened import noted, opened, wave_named
from webapp.db import Stores
from webapp.fieldwork.places import towns_of
from webapp.issuing import issue_codes
from webapp.printing import addresses, letters_of, must_be_reachable, must_print, printed

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
@click.option("--town", default="", help="Only the dwellings of this town's code (镇街代码); default: all.")
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def command(wave: str, path: Path, town: str, yes: bool) -> None:
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
            units = [unit for unit in units_to_issue(registrar, kept.id) if town in ("", unit.town)]
        if not units:
            raise Refusal("command.nothing_to_issue", wave=wave)
        if not yes:
            click.confirm(f"{ONCE[0]}\n{ONCE[1]}\n{len(units)} letters / {len(units)} 封", abort=True, err=True)
        must_print(kept, chosen.public_url)
        places = _places(stores, kept.id, wave)
        with new_file(path) as file:
            codes = issue_codes(stores, kept, town)
            noted(stores, "invitations.issue", kept, letters=len(codes), town=town)
            given = [(one.unit, one.invitation) for one in codes]
            file.write(printed(kept, letters_of(given, places, chosen.public_url)))
    click.echo(f"{len(codes)} letters / {len(codes)} 封: {'stdout' if path == STDOUT else path}", err=True)
    click.echo("\n".join(ONCE), err=True)


def _places(stores: Stores, wave_id: int, code: str) -> dict[str, tuple[str, str]]:
    with stores.box_reading() as box:
        towns = towns_of(box, wave_named(stores, code))
    with stores.registrar_reading() as registrar:
        return addresses(registrar, wave_id, towns)
