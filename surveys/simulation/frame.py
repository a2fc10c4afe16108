"""An invented frame of the 30 towns: communities, blocks of 100 to 160 dwellings, a few collective dwellings."""

from __future__ import annotations

import random
from collections.abc import Iterator

from surveys.sampling.allocation import proportional, whole
from surveys.sampling.areas import towns_of_yubei
from surveys.sampling.frame import FrameFile, FramePsu
from surveys.simulation.population import HOUSEHOLDS, town_margins

LEAST, MIDDLE, MOST = 100, 130, 160
COMMUNITY = 14
PEOPLE_15 = 2.32  # census: 1,863,674 people aged 15 and over in 803,029 households
COLLECTIVE_EVERY = 600


def synthetic_frame(seed: str) -> FrameFile:
    """About 6,200 PSUs with 803,029 dwellings, at least 24 PSUs a town; every code and name says that it is invented.

    About one PSU in 600 is a collective dwelling (集体居所), whose rooms are the dwellings.
    """
    names = {area.code: area.name_zh for area in towns_of_yubei()}
    margins = town_margins()
    totals = [cell.total for cell in margins]
    dwellings = whole(proportional(totals, HOUSEHOLDS), [HOUSEHOLDS] * len(totals))
    chance = random.Random(seed)
    rows: list[FramePsu] = []
    for cell, listed in zip(margins, dwellings, strict=True):
        rows += _town(cell.key, names[cell.key], listed, chance)
    return FrameFile(tuple(rows))


def _town(town: str, name: str, dwellings: int, chance: random.Random) -> Iterator[FramePsu]:
    sizes = _sizes(dwellings, chance)
    for place, size in enumerate(sizes):
        community, block = place // COMMUNITY + 1, place % COMMUNITY + 1
        collective = chance.random() < 1 / COLLECTIVE_EVERY
        yield FramePsu(
            town=town,
            community=f"模拟·{name}第{community}社区",
            psu=f"S{town}-{community:03d}-{block:02d}",
            name=f"模拟·{name}第{community}社区第{block}{'集体居所' if collective else '网格'}",
            kind="collective" if collective else "block",
            dwellings=size,
            residents_15=round(size * PEOPLE_15),
            order=place + 1,
        )


def _sizes(dwellings: int, chance: random.Random) -> list[int]:
    """Block sizes between LEAST and MOST that sum to the dwellings of the town."""
    sizes = [MIDDLE] * round(dwellings / MIDDLE)
    sizes = [LEAST + int(chance.random() * (MOST - LEAST + 1)) for _ in sizes]
    step = 1 if dwellings > sum(sizes) else -1
    while sum(sizes) != dwellings:
        place = int(chance.random() * len(sizes))
        if LEAST <= sizes[place] + step <= MOST:
            sizes[place] += step
    return sizes
