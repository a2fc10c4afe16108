"""The one-way domains a release reports: the district, its towns in register order, town types, and answer groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.drafts import DISTRICT
from surveys.analysis.table import BoolArray
from surveys.analysis.waves.groups import KIND, TOWN, group_codes, group_questions
from surveys.analysis.waves.weights import Sample
from surveys.instrument import Instrument
from surveys.records.areas import Area, as_of
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave

HEADLINE, TOWNS, GROUPS = "headline", "towns", "groups"


@dataclass(frozen=True)
class Town:
    """A town of the wave's area as the release names it."""

    code: str
    kind: str
    name: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Domain:
    """One cell of one one-way table: rows of the sample under a mask."""

    part: str
    domain: str
    code: str
    mask: BoolArray


def towns_of(box: Session, wave: Wave) -> list[Town]:
    """The wave's towns as they were when it closed, in register order; the drawn codes where no area is kept."""
    kept = areas_of(box, wave)
    drawn = set(box.scalars(select(DesignPsu.town).where(DesignPsu.wave_id == wave.id).distinct()))
    found = [Town(area.code, area.kind, area.name) for area in kept if area.code in drawn or not drawn]
    named = {town.code for town in found}
    return found + [Town(code, "", {"zh": code, "en": code}) for code in sorted(drawn - named)]


def areas_of(box: Session, wave: Wave) -> list[Area]:
    """All towns of the wave's area as they stood when it closed (else as they stood last), drawn or not."""
    inside = select(Area).where(Area.scheme == wave.area_scheme, Area.parent == wave.area_code)
    return as_of(box.scalars(inside), wave.closes_at.date())


def domains_of(sample: Sample, instrument: Instrument, towns: list[Town]) -> Iterator[Domain]:
    """Every domain that the plan reports, in print order, the district first."""
    planned = sample.plan.domains
    return (domain for domain in _all_domains(sample, instrument, towns) if domain.domain in planned)


def _all_domains(sample: Sample, instrument: Instrument, towns: list[Town]) -> Iterator[Domain]:
    place = np.array(sample.totals.town, dtype=object)
    yield Domain(HEADLINE, DISTRICT, "", np.ones(len(place), bool))
    for town in towns:
        yield Domain(TOWNS, TOWN, town.code, place == town.code)
    for kind in dict.fromkeys(town.kind for town in towns if town.kind):
        members = [town.code for town in towns if town.kind == kind]
        yield Domain(GROUPS, KIND, kind, np.isin(place.astype(str), members))
    for question in group_questions(instrument):
        for code in group_codes(question):
            yield Domain(GROUPS, question.code, code, sample.columns[question.code] == code)
