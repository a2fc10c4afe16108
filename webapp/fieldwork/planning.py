"""A design before it is drawn: how many PSUs a town, and what precision to expect of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

from surveys.errors import Refusal
from surveys.records.areas import Area
from surveys.records.waves import Wave
from surveys.sampling.allocation import psus_per_town
from surveys.sampling.frame import TownCount
from surveys.sampling.planner import PlannedDesign, half_width, kish, sample_size, stratum_half_width

TAKE, RESERVE = 20, 10
RESPONSE = 0.5  # answers a letter, where the plan of the wave says nothing
SHARES = (0.8, 0.9)
MOST = 10_000
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Design:
    """What the form asks for; `faults` maps a field to why it cannot be."""

    psus: dict[str, int]
    take: int
    reserve: int
    faults: dict[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True)
class TownPlan:
    """One town: what is listed, what is drawn, half-widths at each of SHARES under the design and by plain SRS."""

    code: str
    area: Area | None
    listed: TownCount
    psus: int
    answers: int
    halves: tuple[float, ...]
    simple: tuple[float, ...]


@dataclass(frozen=True)
class DistrictPlan:
    """All towns together; `needed` and `usual` are the answers for ±5 points at p = .9 in one unit."""

    psus: int
    letters: int
    answers: int
    halves: tuple[float, ...]
    simple: tuple[float, ...]
    needed: int
    usual: int


def default_design(counts: Mapping[str, TownCount]) -> Design:
    """The default rule of docs/sampling.md#allocation."""
    sizes = {town: count.dwellings for town, count in counts.items()}
    listed = {town: count.psus for town, count in counts.items()}
    return Design(psus_per_town(sizes, listed), TAKE, RESERVE)


def typed_design(typed: Typed, counts: Mapping[str, TownCount]) -> Design:
    """The design in a form; what cannot be read or drawn is named, and the default stands in for it."""
    default, faults = default_design(counts), dict[str, Refusal]()
    psus = {
        town: _whole(typed, f"psus-{town}", 1, count.psus, default.psus[town], faults) for town, count in counts.items()
    }
    take = _whole(typed, "take", 1, 200, TAKE, faults)
    reserve = _whole(typed, "reserve", 0, 200, RESERVE, faults)
    return Design(psus, take, reserve, faults)


def town_plans(
    design: Design, counts: Mapping[str, TownCount], towns: Mapping[str, Area], wave: Wave
) -> list[TownPlan]:
    """Each town's plan, in register order."""
    order = [town for town in towns if town in counts] + [town for town in counts if town not in towns]
    return [_town(town, towns.get(town), counts[town], design, _planned(design, wave)) for town in order]


def district_plan(plans: list[TownPlan], design: Design, wave: Wave) -> DistrictPlan:
    """The whole area: unequal weights between towns cost precision, which the towns themselves do not see."""
    planned, counts = _planned(design, wave), [plan.answers for plan in plans]
    between = kish(counts, [plan.listed.dwellings / plan.answers for plan in plans])
    whole = PlannedDesign(planned.icc, planned.per_psu, planned.kish * between)
    psus, answers = sum(plan.psus for plan in plans), sum(counts)
    df = max(1, psus - len(plans))
    size = sample_size(0.9, 0.05, planned)
    return DistrictPlan(
        psus=psus,
        letters=psus * design.take,
        answers=answers,
        halves=tuple(half_width(p, answers, df, whole) for p in SHARES),
        simple=tuple(_simple_half(p, answers) for p in SHARES),
        needed=size.design,
        usual=size.simple,
    )


def _planned(design: Design, wave: Wave) -> PlannedDesign:
    return PlannedDesign(per_psu=max(1.0, design.take * float(wave.plan.get("expected_response", RESPONSE))))


def _town(code: str, area: Area | None, listed: TownCount, design: Design, planned: PlannedDesign) -> TownPlan:
    psus = design.psus[code]
    answers = max(1, round(psus * planned.per_psu))
    halves = tuple(stratum_half_width(p, psus, planned) for p in SHARES) if psus > 1 else ()
    return TownPlan(code, area, listed, psus, answers, halves, tuple(_simple_half(p, answers) for p in SHARES))


def _simple_half(p: float, n: int) -> float:
    return NormalDist().inv_cdf(0.975) * math.sqrt(p * (1 - p) / n)


def _whole(typed: Typed, name: str, least: int, most: int, otherwise: int, faults: dict[str, Refusal]) -> int:
    text = typed.get(name, "").strip()
    if text.isascii() and text.isdigit() and least <= int(text[:6]) <= most:
        return int(text[:6])
    faults[name] = Refusal("draw.whole", least=least, most=most, value=text)
    return otherwise
