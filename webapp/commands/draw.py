"""Draw the sample from a recorded seed (抽样), or verify it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import click

from surveys.errors import NotFound, Refusal
from surveys.records.waves import Wave
from surveys.sampling.draw import ALGORITHM, Draw
from surveys.sampling.store import draw_again, drawn, frame_file, frame_in_force, publish_design, run_draw
from webapp.commands._files import csv_bytes, new_file
from webapp.commands._opened import noted, opened, wave_named
from webapp.db import Stores
from webapp.fieldwork.planning import RESERVE, TAKE, default_design
from webapp.fieldwork.sample import proved
from webapp.stores import clock

HEADINGS = ("stratum", "psu", "town", "dwelling", "order", "reserve", "base_weight")


@click.command()
@click.argument("wave")
@click.option("--seed", help="Text that decides the draw; default: 16 random bytes. Announce how it comes about first.")
@click.option(
    "--psus", multiple=True, metavar="TOWN=N", help="PSUs in one town; default: the rule of docs/sampling.md."
)
@click.option("--only", is_flag=True, help="Draw in the towns named with --psus only (只抽列出的镇街).")
@click.option("--take", default=TAKE, show_default=True, help="Dwellings in each PSU (每网格户数).")
@click.option("--reserve", default=RESERVE, show_default=True, help="Reserve dwellings in each PSU (备用户).")
@click.option("--verify", is_flag=True, help="Run a kept draw again and compare; draws nothing new (验证).")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the sampled dwellings here; - is stdout.")
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def command(
    wave: str,
    seed: str | None,
    psus: tuple[str, ...],
    only: bool,
    take: int,
    reserve: int,
    verify: bool,
    path: Path | None,
    yes: bool,
) -> None:
    """Draw WAVE's sample from its frame, keep it and publish its design. A wave is drawn once.

    \b
    minping draw WAVE --seed "2026-08-31 双色球 …"    draw
    minping draw WAVE --verify --csv sample.csv      prove it, and write the list
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        if verify:
            draw = _verified(stores, kept)
        else:
            draw = _run(
                stores, kept, seed or secrets.token_hex(16), _allocation(stores, kept, psus, only), take, reserve, yes
            )
        if path is not None:
            with new_file(path) as file:
                file.write(csv_bytes([HEADINGS, *_rows(draw)]))


def _verified(stores: Stores, wave: Wave) -> Draw:
    """The kept draw run again; raises Conflict when it comes out differently. A design not yet published is."""
    with stores.registrar_reading() as registrar:
        record = drawn(registrar, wave.id)
        if record is None:
            raise NotFound("draw.none")
        proved(registrar, record)
        draw = draw_again(registrar, wave.id)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)  # a run that was broken off between the stores is completed here
    _show(draw)
    click.echo("The same as kept, and as published in the box / 重抽结果与保存的、已公布的完全一致", err=True)
    return draw


def _run(stores: Stores, wave: Wave, seed: str, allocation: dict[str, int], take: int, reserve: int, yes: bool) -> Draw:
    if not yes:
        psus = sum(allocation.values())
        click.confirm(
            f"Draw {psus} PSUs in {len(allocation)} towns, once and for all? / "
            f"在 {len(allocation)} 个镇街抽 {psus} 个网格，只能抽一次，确认？",
            abort=True,
            err=True,
        )
    with stores.registrar_transaction() as registrar:
        draw = run_draw(registrar, wave, allocation, seed, clock(), take, reserve)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)
    noted(stores, "draw.run", wave, seed=seed, sha256=draw.sha256)
    _show(draw)
    return draw


def _allocation(stores: Stores, wave: Wave, psus: tuple[str, ...], only: bool) -> dict[str, int]:
    """The default allocation with what was asked for instead."""
    asked = dict(_asked(part) for part in psus)
    if only:
        return asked
    with stores.registrar_reading() as registrar:
        frame = frame_in_force(registrar, wave.id)
        if frame is None or drawn(registrar, wave.id) is not None:
            return asked  # run_draw says which of the two it is
        return default_design(frame_file(registrar, frame).counts).psus | asked


def _asked(part: str) -> tuple[str, int]:
    town, _, number = part.partition("=")
    if not (town and number.isascii() and number.isdigit()):
        raise Refusal("command.psus_form", value=part)
    return town, int(number)


def _show(draw: Draw) -> None:
    strata = {psu.stratum for psu in draw.psus}
    facts = {
        "seed 种子": draw.seed,
        "algorithm 算法": ALGORITHM,
        "frame 抽样框 sha256": draw.frame_sha256,
        "draw 抽样 sha256": draw.sha256,
        "strata, PSUs 层、网格": f"{len(strata)}, {len(draw.psus)}",
        "dwellings issued, in reserve 入样户、备用户": f"{len(draw.issued)}, {len(draw.units) - len(draw.issued)}",
    }
    for name, said in facts.items():
        click.echo(f"{name}: {said}", err=True)


def _rows(draw: Draw) -> Iterator[tuple[object, ...]]:
    for unit in draw.units:
        yield tuple(getattr(unit, name) for name in HEADINGS)
