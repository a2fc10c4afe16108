"""From totals to a weighted sample: person weights, raking to the population, the design with its silent PSUs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, IntArray, Labels, Table
from surveys.analysis.totals.live import HOUSEHOLD, Totals, is_certain
from surveys.analysis.waves.calibrated import Uncalibrated, calibrated
from surveys.analysis.waves.cells import answers_of, column, people
from surveys.analysis.waves.plan import AnalysisPlan
from surveys.analysis.waves.population import Known, Laid, known_margins, lay, refuse_differing
from surveys.analysis.weighting.calibration import Calibration, kish_deff
from surveys.analysis.weighting.diagnostics import MarginCell, margin_check
from surveys.instrument import Instrument
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave

Place = tuple[str, str]  # stratum, PSU


@dataclass(frozen=True, eq=False)
class Sample:
    """Completes of the invited sample: their totals, person weights by row, table, design and calibration.

    `facts` is what the notes print about design and weights. `columns` holds each cell question's answers by row.
    """

    plan: AnalysisPlan

    totals: Totals
    person: FloatArray
    table: Table
    design: Design
    calibration: Calibration | None
    columns: dict[str, Labels]
    facts: dict[str, Any]

    @cached_property
    def estimator(self) -> Estimator | None:
        """One for all figures of the sample; None when nobody answered."""
        if not len(self.table.w):
            return None
        return Estimator(self.table, self.design, self.calibration, assumed_icc=self.plan.assumed_icc)


def sample_of(box: Session, wave: Wave, instrument: Instrument, completes: Totals, plan: AnalysisPlan) -> Sample:
    """Weigh the completes of a wave as its plan says.

    Raises AnalysisRefused: design.unknown_psu when an answer lies in a PSU that was never drawn,
    analysis_plan.margin_missing when the plan names a margin that is not kept, analysis.totals_differ when the margins
    sum to different populations. Other totals that cannot be met leave the base weights, and `facts` says which.
    """
    psus = _in_order(_psus(box, wave.id), plan.order)
    cells = [answers_of(cell) for cell in completes.cell]
    codes = [question.code for question in instrument.questions.values() if question.cell is not None]
    columns = {code: column(cells, code) for code in codes}
    asked = [q.code for q in instrument.questions.values() if q.cell == "weight"]
    given = columns[asked[0]] if asked else np.array(["1"] * len(cells), dtype=object)
    person, missing = people(given, completes.town, completes.count)
    table, design = _placed(completes, person, psus, plan.lonely)
    known = _planned(known_margins(box, wave.id), plan)
    refuse_differing(known)
    margins = [lay(margin, completes.town, cells, completes.count, plan.joins_empty_cells) for margin in known]
    outcome = calibrated(table, margins, plan)
    calibration = None if isinstance(outcome, Uncalibrated) else outcome
    facts = {
        "design": _design_facts(psus, completes, design),
        "weights": _weight_facts(table, margins, outcome, plan)
        | {"people_missing": round(float(completes.count[missing].sum())) if asked else 0},
    }
    return Sample(plan, completes, person, table, design, calibration, columns, facts)


def _psus(box: Session, wave_id: int) -> list[DesignPsu]:
    drawn = select(DesignPsu).where(DesignPsu.wave_id == wave_id).order_by(DesignPsu.stratum, DesignPsu.psu)
    return list(box.scalars(drawn))


def _in_order(psus: list[DesignPsu], strata: Sequence[str]) -> list[DesignPsu]:
    """The strata that the plan names first, in its order, then the others as they stand in the register."""
    place = {stratum: number for number, stratum in enumerate(strata)}
    return sorted(psus, key=lambda psu: place.get(psu.stratum, len(place)))


def _planned(known: Sequence[Known], plan: AnalysisPlan) -> list[Known]:
    """The margins that the plan names, or all of them."""
    if plan.margins is None:
        return list(known)
    if missing := sorted(set(plan.margins) - {margin.name for margin in known}):
        raise AnalysisRefused("analysis_plan.margin_missing", margins=missing)
    return [margin for margin in known if margin.name in plan.margins]


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
    table: Table, margins: Sequence[Laid], outcome: Calibration | Uncalibrated, plan: AnalysisPlan
) -> dict[str, Any]:
    facts: dict[str, Any] = {"planned": plan.method, "bounds": list(plan.bounds)}
    if isinstance(outcome, Uncalibrated):
        facts |= {"method": "base", "reason": outcome.code, "reason_values": dict(outcome.values), "margins": []}
        return facts | {"kish_deff": kish_deff(table) if (table.w > 0).any() else None}
    smallest, largest = outcome.factor_range
    return facts | {
        "method": outcome.method,
        "reason": "",
        "margins": [_margin_facts(laid, table, outcome) for laid in margins],
        "smallest": smallest,
        "largest": largest,
        "level": float(outcome.lift),
        "gap": float(outcome.gap),
        "iterations": outcome.iterations,
        "kish_deff": outcome.kish_deff,
    }


def _margin_facts(laid: Laid, table: Table, calibration: Calibration) -> dict[str, Any]:
    """What the notes print about a margin; cells that hold too few, or were joined, are one line without a name."""
    check = margin_check(table, calibration.g, laid.margin).shown(apart=[into for _, into in laid.joined])
    before, after = check.largest_gaps
    return {
        "name": check.name,
        "cells": len(laid.totals),
        "total": check.total,
        "source": check.source,
        "dated": laid.known.dated.isoformat(),
        "synthetic": laid.known.synthetic,
        "filled": laid.filled,
        "joined": len(laid.joined),  # their names would say in which towns nobody answered
        "gap_before": before,
        "gap_after": after,
        "shares": [_share_facts(cell) for cell in check.cells],
    }


def _share_facts(cell: MarginCell) -> dict[str, Any]:
    """Shares in per cent, to two decimals; several cells together go by no name."""
    shares = {"before": cell.before, "after": cell.after, "population": cell.population}
    category = str(cell.categories[0]) if len(cell.categories) == 1 else ""
    return {"category": category} | {name: round(100 * share, 2) for name, share in shares.items()}
