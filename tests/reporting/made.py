"""Waves made by hand for tests: answers with chosen marks and scores, cases with chosen evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from benchmarks.invented import catalog, keep_wave
from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.instrument import Instrument
from surveys.records.evaluations import DrawnCase, VetoConfirmation
from surveys.records.kinds import Channel, Mode
from surveys.records.passes import DesignPsu
from surveys.records.releases import Figure
from surveys.records.responses import Response
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition

AWARENESS = Instrument.parse(catalog("legal_awareness"))
EVALUATION = Instrument.parse(catalog("enforcement_evaluation"))
FIELDWORK = FieldworkCounts(200, 20)
PSUS = [f"{town}/{number}" for town in "abc" for number in range(1, 7)]
HOSTILE = ('=HYPERLINK("http://evil","执法一队")', "+1+cmd|' /C calc'!A0", "@SUM(1)", "<b>二队</b>&amp;{n}", "－3 队")


@dataclass(frozen=True)
class Said:
    """One resident's answer: where, with which weight, cell, scores and marks by item."""

    psu: str
    scores: Mapping[str, float] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    cell: str = "age=3;edu=2;k=1;sex=1"
    weight: float = 1.0
    channel: Channel = Channel.INVITED
    complete: bool = True
    stratum: str = ""  # where it is not the town
    at: str = ""  # the town, where the PSU does not say it

    @property
    def town(self) -> str:
        return self.at or self.psu.partition("/")[0]


def survey(box: Session, psus: Iterable[str], answers: Iterable[Said], plan: dict[str, Any] | None = None) -> Wave:
    """A closed awareness wave; each PSU is "town/number", its town is its stratum."""
    wave = keep_wave(box, AWARENESS.content, "made", plan)
    drawn = list(psus)
    for psu in drawn:
        town = psu.partition("/")[0]
        box.add(
            DesignPsu(
                wave_id=wave.id,
                stratum=town,
                psu=psu,
                town=town,
                dwellings=100,
                stratum_dwellings=1000,
                psus_drawn=sum(one.startswith(f"{town}/") for one in drawn),
                inclusion_probability=0.1,
                take=20,
                base_weight=50.0,
            )
        )
    box.add_all(_response(wave, said) for said in answers)
    box.flush()
    return wave


def _response(wave: Wave, said: Said) -> Response:
    opened = said.channel is Channel.OPEN
    return Response(
        id=uuid4(),
        wave_id=wave.id,
        instrument_version_id=wave.instrument_version_id,
        form="open" if opened else "resident",
        mode=Mode.SELF,
        channel=said.channel,
        phase=0,
        stratum="" if opened else said.stratum or said.town,
        psu="" if opened else said.psu,
        town=said.town,
        base_weight=said.weight,
        cell=said.cell,
        marks="".join(said.marks.get(item.code, "-") for item in AWARENESS.items),
        scores={"complete": float(said.complete), **said.scores},
        answers=b"{}",
        receipt_id=bytes(16),
        commitment_key=bytes(32),
    )


def answers() -> list[Said]:
    """Six PSUs a town, twenty people each; two in three are aware, in a pattern that differs by PSU."""
    return [
        Said(
            psu,
            {
                "awareness_rate": float((place + person) % 3 > 0),
                "knowledge_score": 60.0 + (place * person) % 7,
                "reach": 1.0,
            },
            {"k01": "1d0r"[person % 4], "sat_publicity": "12345dr2"[(person + place) % 8]},
            cell=f"age={1 + person % 7};edu={1 + person % 4};k={1 + person % 3};sex={1 + person % 2}",
        )
        for place, psu in enumerate(PSUS)
        for person in range(20)
    ]


def cases(box: Session, bodies: Iterable[str], register: int = 400) -> Wave:
    """A closed case-evaluation wave; case c1, c2 … belongs to the body in that place."""
    wave = keep_wave(box, EVALUATION.content, "cases")
    for position, body in enumerate(bodies, start=1):
        box.add(
            DrawnCase(
                wave_id=wave.id,
                code=f"c{position}",
                body=body,
                kind="行政处罚",
                closed_on=date(2021, 6, 1),
                position=position,
                register_size=register,
            )
        )
    box.flush()
    return wave


def evaluated(box: Session, wave: Wave, case: str, rater: str, score: float | None) -> None:
    """One evaluation: of a panel member "group-01", or of a party (rater "")."""
    name = "case_score" if rater else "parties_score"
    box.add(
        Response(
            id=uuid4(),
            wave_id=wave.id,
            instrument_version_id=wave.instrument_version_id,
            form="panel" if rater else "party",
            mode=Mode.SELF,
            channel=Channel.PANEL if rater else Channel.PARTY,
            phase=0,
            stratum="",
            psu="",
            town="",
            base_weight=1.0,
            subject=case,
            rater=rater,
            cell="",
            marks="-" * len(EVALUATION.items),
            scores={} if score is None else {name: score},
            answers=b"{}",
            receipt_id=bytes(16),
            commitment_key=bytes(32),
        )
    )
    box.flush()


def confirmed(box: Session, wave: Wave, case: str, item: str, *assessors: str) -> None:
    """A veto item confirmed by these assessors."""
    box.add_all(VetoConfirmation(wave_id=wave.id, case_code=case, item=item, assessor=who) for who in assessors)
    box.flush()


def printed(read: Edition) -> list[Figure]:
    """The figures that the written report prints one by one; the workbook and the CSV hold them all."""
    main = read.headline.indicator if read.headline else ""
    by_domain = [figure for part in ("towns", "groups") for figure in read.part(part, main)]
    return by_domain + [
        figure for part in ("headline", "items", "choices", "satisfaction") for figure in read.part(part)
    ]
