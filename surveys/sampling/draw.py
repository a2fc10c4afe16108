"""The draw: PSUs by systematic PPS in each stratum, then dwellings, all from one recorded seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from fractions import Fraction

from surveys.errors import Refusal
from surveys.sampling.frame import FrameFile, FramePsu
from surveys.sampling.pps import every_nth, inclusion_probabilities, systematic
from surveys.sampling.uniforms import ONE, Uniforms

ALGORITHM = "minping-draw/1"


@dataclass(frozen=True, slots=True)
class DrawnPsu:
    """One PSU in the sample.

    `base_weight` is 1 / (inclusion_probability * take / dwellings). A certainty PSU is its own stratum, whose
    households are the PSUs: there psus_drawn counts its issued dwellings, and stratum_dwellings its listed ones.
    """

    stratum: str
    psu: str
    town: str
    dwellings: int
    stratum_dwellings: int
    psus_drawn: int
    inclusion_probability: float
    take: int
    base_weight: float
    certainty: bool


@dataclass(frozen=True, slots=True)
class SampledUnit:
    """A sampled dwelling by its number (from 1) on the PSU's list. `order` counts the issued ones of a PSU
    along the list, and the reserve ones in the only order in which they may be used."""

    stratum: str
    psu: str
    town: str
    dwelling: int
    order: int
    reserve: bool
    base_weight: float


@dataclass(frozen=True)
class Draw:
    """A complete sample with all that is needed to draw it again; `sha256` covers every part."""

    seed: str
    frame_sha256: str
    allocation: dict[str, int]
    take: int
    reserve: int
    psus: tuple[DrawnPsu, ...]
    units: tuple[SampledUnit, ...]
    algorithm: str = ALGORITHM
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(_canonical(self)).hexdigest())

    @property
    def issued(self) -> tuple[SampledUnit, ...]:
        """The units that are invited; the others wait in reserve."""
        return tuple(unit for unit in self.units if not unit.reserve)


def draw_sample(frame: FrameFile, allocation: Mapping[str, int], seed: str, take: int = 20, reserve: int = 10) -> Draw:
    """Draw `allocation[town]` PSUs in each town and `take` dwellings in each PSU, with `reserve` more for later.

    The same frame, allocation, sizes and seed give the same draw on every machine. Raises Refusal for a town
    the frame does not hold, more PSUs than it lists, no seed, a fraction where a count belongs, or a take below 1.
    Source: docs/sampling.md#the-draw.
    """
    _check(frame, allocation, seed, take, reserve)
    uniforms = Uniforms(seed, f"{ALGORITHM}\n{frame.sha256}")
    listed: dict[str, list[FramePsu]] = {}
    for row in frame.rows:
        listed.setdefault(row.town, []).append(row)
    psus = [psu for town in sorted(allocation) for psu in _town(listed[town], allocation[town], take, uniforms)]
    units = [unit for psu in psus for unit in _units(psu, reserve, uniforms)]
    kept = {town: allocation[town] for town in sorted(allocation)}
    return Draw(seed, frame.sha256, kept, take, reserve, tuple(psus), tuple(units))


def verify_draw(frame: FrameFile, draw: Draw) -> tuple[str, ...]:
    """Draw again, and name what differs: "frame", "algorithm", "psus", "units", "sha256"; nothing when it is proved."""
    if draw.algorithm != ALGORITHM:
        return ("algorithm",)
    if draw.frame_sha256 != frame.sha256:
        return ("frame",)
    again = draw_sample(frame, draw.allocation, draw.seed, draw.take, draw.reserve)
    return tuple(part for part in ("psus", "units", "sha256") if getattr(again, part) != getattr(draw, part))


def _check(frame: FrameFile, allocation: Mapping[str, int], seed: str, take: int, reserve: int) -> None:
    if not seed.strip():
        raise Refusal("draw.no_seed")
    for number in (take, reserve, *allocation.values()):
        if not float(number).is_integer():
            raise Refusal("draw.not_whole", draws=number)
    if take < 1 or reserve < 0:
        raise Refusal("draw.take_too_small", take=take, reserve=reserve)
    for town, psus in allocation.items():
        listed = frame.counts[town].psus if town in frame.counts else 0
        if not 1 <= psus <= listed:
            raise Refusal("draw.allocation_impossible", town=town, psus=psus, listed=listed)


def _town(listed: list[FramePsu], draws: int, take: int, uniforms: Uniforms) -> Iterable[DrawnPsu]:
    town = listed[0].town
    chances = inclusion_probabilities([psu.dwellings for psu in listed], draws)
    certain = [psu for psu, chance in zip(listed, chances, strict=True) if chance == 1]
    others = [psu for psu, chance in zip(listed, chances, strict=True) if chance < 1]
    sizes, left = [psu.dwellings for psu in others], draws - len(certain)
    for psu in certain:
        yield _certainty(psu, take)
    start = Fraction(uniforms("psus", town), ONE)
    for place in systematic(sizes, left, start) if left else ():
        yield _drawn(others[place], sum(sizes), left, take)


def _certainty(psu: FramePsu, take: int) -> DrawnPsu:
    taken = min(take, psu.dwellings)
    weight = float(Fraction(psu.dwellings, taken))
    return DrawnPsu(
        f"{psu.town}/{psu.psu}", psu.psu, psu.town, psu.dwellings, psu.dwellings, taken, 1.0, taken, weight, True
    )


def _drawn(psu: FramePsu, total: int, draws: int, take: int) -> DrawnPsu:
    taken = min(take, psu.dwellings)
    chance = Fraction(draws * psu.dwellings, total)
    weight = float(psu.dwellings / (chance * taken))
    return DrawnPsu(psu.town, psu.psu, psu.town, psu.dwellings, total, draws, float(chance), taken, weight, False)


def _units(psu: DrawnPsu, reserve: int, uniforms: Uniforms) -> Iterable[SampledUnit]:
    issued = every_nth(psu.dwellings, psu.take, Fraction(uniforms("dwellings", psu.psu), ONE))
    left = [dwelling for dwelling in range(1, psu.dwellings + 1) if dwelling not in set(issued)]
    waiting = sorted(left, key=lambda dwelling: (uniforms("reserve", psu.psu, str(dwelling)), dwelling))
    for order, dwelling in enumerate(issued, start=1):
        yield SampledUnit(psu.stratum, psu.psu, psu.town, dwelling, order, False, psu.base_weight)
    for order, dwelling in enumerate(waiting[:reserve], start=1):
        yield SampledUnit(psu.stratum, psu.psu, psu.town, dwelling, order, True, psu.base_weight)


def _canonical(draw: Draw) -> bytes:
    head = [draw.algorithm, draw.seed, draw.frame_sha256, draw.allocation, draw.take, draw.reserve]
    body = [head, [astuple(psu) for psu in draw.psus], [astuple(unit) for unit in draw.units]]
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
