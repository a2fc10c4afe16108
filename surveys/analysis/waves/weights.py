"""From totals to a weighted sample: person weights, raking to the population, the design with its silent PSUs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.design import Design
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, IntArray, Labels, Table
from surveys.analysis.totals.live import HOUSEHOLD, Totals, is_certain
from surveys.analysis.waves.cells import answers_of, column, people
from surveys.analysis.waves.population import Laid, known_margins, lay
from surveys.analysis.weighting.calibration import Calibration, calibrate, kish_deff
from surveys.instrument import Instrument
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave

BOUNDS = (0.3, 3.0)
MOST_JOINS = 25

Place = tuple[str, str]  # stratum, PSU


@dataclass(frozen=True, eq=False)
class Sample:
    """Completes of the invited sample: their totals, person weights by row, table, design and calibration.

    `facts` is what the notes print about design and weights. `columns` holds each cell question's answers by row.
    """

    totals: Totals
    person: FloatArray
    table: Table
    design: Design
    calibration: Calibration | None
    columns: dict[str, Labels]
    facts: dict[str, Any]


def sample_of(box: Session, wave: Wave, instrument: Instrument, completes: Totals) -> Sample:
    """Weigh the completes of a wave.

    Raises AnalysisRefused design.unknown_psu when an answer lies in a PSU that was never drawn.
    """
    psus = _psus(box, wave.id)
    cells = [answers_of(cell) for cell in completes.cell]
    codes = [question.code for question in instrument.questions.values() if question.cell is not None]
    columns = {code: column(cells, code) for code in codes}
    asked = [q.code for q in instrument.questions.values() if q.cell == "weight"]
    given = columns[asked[0]] if asked else np.array(["1"] * len(cells), dtype=object)
    person, missing = people(given, completes.town, completes.count)
    table, design = _placed(completes, person, psus, str(wave.plan.get("lonely", "fail")))
    margins = [lay(known, completes.town, cells, completes.count) for known in known_margins(box, wave.id)]
    calibration, refusal = _calibrated(table, margins)
    facts = {
        "design": _design_facts(psus, completes, design),
        "weights": _weight_facts(table, margins, calibration, refusal)
        | {"people_missing": round(float(completes.count[missing].sum())) if asked else 0},
    }
    return Sample(completes, person, table, design, calibration, columns, facts)


def _psus(box: Session, wave_id: int) -> list[DesignPsu]:
    drawn = select(DesignPsu).where(DesignPsu.wave_id == wave_id).order_by(DesignPsu.stratum, DesignPsu.psu)
    return list(box.scalars(drawn))


def _placed(completes: Totals, person: FloatArray, psus: Sequence[DesignPsu], lonely: str) -> tuple[Table, Design]:
    """The table over the strata of the draw; a silent PSU is counted in the design."""
    strata = tuple(dict.fromkeys(psu.stratum for psu in psus))
    stratum = {code: place for place, code in enumerate(strata)}
    places = list(zip(completes.stratum, completes.psu, strict=True))
    number = _numbered(psus, places)
    if strange := sorted({place for place in places if place not in number}):
        raise AnalysisRefused("design.unknown_psu", psus=[psu for _, psu in strange[:5]], count=len(strange))
    weight = completes.base_weight * person
    table = Table(
        strata=strata,
        stratum=np.array([stratum[code] for code in completes.stratum], dtype=np.int64),
        psu=np.array([number[place] for place in places], dtype=np.int64),
        count=completes.count * (weight > 0),
        w=weight * completes.count,
        ww=weight**2 * completes.count,
    )
    return table, Design(_drawn(psus, set(places)), lonely=lonely)


def _numbered(psus: Sequence[DesignPsu], places: Sequence[Place]) -> dict[Place, int]:
    """A number for every PSU that may answer: those drawn, and the households of a certainty PSU."""
    drawn = [(psu.stratum, psu.psu) for psu in psus if not is_certain(psu)]
    sure = {psu.stratum: psu.psu + HOUSEHOLD for psu in psus if is_certain(psu)}
    households = sorted({place for place in places if place[0] in sure and place[1].startswith(sure[place[0]])})
    return {place: number for number, place in enumerate(drawn + households)}


def _drawn(psus: Sequence[DesignPsu], answering: set[Place]) -> IntArray:
    """PSUs drawn in each stratum, in the order of the strata; in a certainty PSU the dwellings issued.

    Where its reserve was used more households may have answered than were issued at first: then these.
    """
    answered = Counter(stratum for stratum, _ in answering)
    drawn: Counter[str] = Counter()
    for psu in psus:
        drawn[psu.stratum] += max(psu.psus_drawn, answered[psu.stratum]) if is_certain(psu) else 1
    return np.array(list(drawn.values()), dtype=np.int64)


def _calibrated(table: Table, margins: Sequence[Laid]) -> tuple[Calibration | None, str]:
    """Rake within the bounds; where that cannot be, join the category that stands in the way, and try again."""
    if not margins or not (table.w > 0).any():
        return None, "no_margins" if not margins else "no_answers"
    for _ in range(MOST_JOINS):
        try:
            return calibrate(table, [laid.margin for laid in margins], "raking", BOUNDS, level=True), ""
        except AnalysisRefused as refusal:
            cell = refusal.values.get("cell")
            if refusal.code != "calibration.not_converged" or not isinstance(cell, tuple):
                return None, refusal.code
            if not next(laid for laid in margins if laid.known.name == cell[0]).join(str(cell[1])):
                return None, refusal.code
    return None, "calibration.not_converged"


def _design_facts(psus: Sequence[DesignPsu], completes: Totals, design: Design) -> dict[str, Any]:
    sure = {psu.stratum for psu in psus if is_certain(psu)}
    places = zip(completes.stratum, completes.psu, strict=True)
    answering = len({(stratum, "" if stratum in sure else psu) for stratum, psu in places})
    return {
        "towns": len({psu.town for psu in psus}),
        "strata": len({psu.stratum for psu in psus}),
        "certain": len(sure),
        "psus_drawn": len(psus),
        "psus_answering": answering,
        "take": sorted({psu.take for psu in psus}),
        "dwellings_issued": sum(psu.take for psu in psus),
        "lonely": design.lonely,
        "lonely_strata": int(design.lonely_strata.sum()),
    }


def _weight_facts(
    table: Table, margins: Sequence[Laid], calibration: Calibration | None, refusal: str
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "method": calibration.method if calibration else "base",
        "bounds": list(BOUNDS),
        "reason": refusal,
        "margins": [_margin_facts(laid) for laid in margins] if calibration else [],
        "kish_deff": None,
    }
    if calibration:
        smallest, largest = calibration.factor_range
        facts |= {"smallest": smallest, "largest": largest, "level": float(calibration.level)}
        facts |= {"gap": float(calibration.gap)}
        facts |= {"iterations": calibration.iterations, "kish_deff": calibration.kish_deff}
    elif (table.w > 0).any():
        facts["kish_deff"] = kish_deff(table)
    return facts


def _margin_facts(laid: Laid) -> dict[str, Any]:
    return {
        "name": laid.known.name,
        "cells": len(laid.totals),
        "total": sum(laid.totals.values()),
        "source": laid.known.source,
        "dated": laid.known.dated.isoformat(),
        "synthetic": laid.known.synthetic,
        "filled": laid.filled,
        "joined": len(laid.joined),  # their names would say in which towns nobody answered
    }
