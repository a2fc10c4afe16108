"""A synthetic wave with its sample, and answers to it, for tests of collection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from surveys.catalog import catalog_content
from surveys.collection.codes import AccessCode
from surveys.collection.issue import (
    UnitCodes,
    begin_issuing,
    make_codes,
    settle,
    sweep_orphans,
    units_to_issue,
    write_invitations,
    write_passes,
)
from surveys.collection.plan import WavePlan
from surveys.collection.publish import publish
from surveys.collection.waves import new_wave, open_wave
from surveys.records.frames import DrawRecord, Frame, Unit
from surveys.records.kinds import Channel, PassKind
from surveys.records.passes import Pass, Slot
from surveys.records.staff import Organisation
from surveys.records.waves import Wave
from webapp.db import Stores

PLANNED_AT = datetime(2021, 8, 1, tzinfo=UTC)
OPENS = datetime(2021, 9, 1, tzinfo=UTC)
NOW = datetime(2021, 9, 10, 8, 30, tzinfo=UTC)
CLOSES = datetime(2021, 10, 1, tzinfo=UTC)
TOWN = "500112002"
OTHER_TOWN = "500112004"


def wave_plan(**changes: Any) -> WavePlan:
    said: dict[str, Any] = {
        "code": "yubei-2021",
        "title": {"zh": "模拟数据：普法测评", "en": "Synthetic data: legal awareness"},
        "instrument_code": "legal-awareness",
        "instrument_version": "2021.1",
        "area_scheme": "stats-2021",
        "area_code": "500112",
        "area_name": {"zh": "渝北区", "en": "Yubei"},
        "commissioner": "bureau",
        "commissioner_name": {"zh": "司法局", "en": "Bureau"},
        "assessor": "firm",
        "assessor_name": {"zh": "第三方", "en": "Firm"},
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "approval_body": "统计局",
        "approval_number": "模拟〔2021〕1号",
        "approval_expires": date(2021, 12, 31),
        "contact": "000-0000",
        "synthetic": True,
    }
    return WavePlan(**said | changes)


def running_wave(box: Session, **changes: Any) -> Wave:
    """An open wave of one of the catalogue's surveys."""
    plan = wave_plan(**changes)
    publish(box, catalog_content(plan.instrument_code), PLANNED_AT)
    wave = new_wave(box, plan, PLANNED_AT)
    open_wave(box, wave, OPENS)
    return wave


def answers(**changes: Sequence[str]) -> dict[str, list[str]]:
    """A complete questionnaire as a phone posts it; every knowledge item is answered "a"."""
    said = {"age": ["3"], "sex": ["2"], "edu": ["2"], "k": ["2"], "who_filled": ["self"], "told_answers": ["no"]}
    said |= {f"k{number:02d}": ["a"] for number in range(1, 21)}
    said |= {"channels": ["tv"], "sat_publicity": ["2"], "sat_enforcement": ["3"]}
    return said | {name: list(values) for name, values in changes.items()}


def passes(
    box: Session, wave: Wave, count: int, psu: str = "p1", town: str = TOWN, codes_each: int = 1
) -> list[list[AccessCode]]:
    """Invited slots with their codes, without a registrar."""
    made = []
    for _ in range(count):
        slot = Slot(
            id=uuid4(),
            wave_id=wave.id,
            channel=Channel.INVITED,
            form="resident",
            stratum=town,
            psu=psu,
            town=town,
            base_weight=12.5,
        )
        box.add(slot)
        box.flush()
        codes = [AccessCode.random() for _ in range(codes_each)]
        for code in codes:
            box.add(pass_of(code, slot, PassKind.INVITATION))
        made.append(codes)
    box.flush()
    return made


def pass_of(code: AccessCode, slot: Slot, kind: PassKind) -> Pass:
    place = {"wave_id": slot.wave_id, "slot_id": slot.id, "subject": slot.subject}
    return Pass(fingerprint=code.fingerprint("box"), kind=kind, batch=uuid4(), **place)


def drawn(registrar: Session, wave: Wave, psus: dict[str, int], town: str = TOWN) -> list[Unit]:
    """A draw with so many dwellings in each PSU."""
    registrar.add(Organisation(code="firm", kind="assessor", name={"zh": "第三方", "en": "Firm"}))
    registrar.flush()
    size = {"psus": len(psus), "dwellings": 100 * len(psus)}
    frame = Frame(
        organisation="firm", wave_id=wave.id, filename="f.csv", sha256="0" * 64, imported_at=PLANNED_AT, **size
    )
    registrar.add(frame)
    registrar.flush()
    draw = DrawRecord(
        wave_id=wave.id,
        frame_id=frame.id,
        seed="s",
        algorithm="a",
        software="0",
        allocation={},
        settings={},
        sha256="0" * 64,
        drawn_at=PLANNED_AT,
    )
    registrar.add(draw)
    registrar.flush()
    places = [(psu, dwelling) for psu, count in psus.items() for dwelling in range(1, count + 1)]
    units = [
        Unit(
            draw_id=draw.id,
            wave_id=wave.id,
            stratum=town,
            psu=psu,
            town=town,
            dwelling=dwelling,
            position=dwelling,
            base_weight=12.5,
        )
        for psu, dwelling in places
    ]
    registrar.add_all(units)
    registrar.flush()
    return units


def issued(stores: Stores, psus: dict[str, int], **changes: Any) -> tuple[Wave, list[UnitCodes]]:
    """A running wave whose letters are out."""
    with stores.box_transaction() as box:
        wave = running_wave(box, **changes)
    with stores.registrar_transaction() as registrar:
        drawn(registrar, wave, psus)
    return wave, issue(stores, wave)


def issue(stores: Stores, wave: Wave) -> list[UnitCodes]:
    """One issue run as the web does it, without a crash."""
    batch = uuid4()
    with stores.registrar_transaction() as registrar:
        known = begin_issuing(registrar, wave.id)
        codes = make_codes(wave, units_to_issue(registrar, wave.id))
        with stores.box_transaction() as box:
            sweep_orphans(box, wave, known)
            settle(box, wave, known)
            write_passes(box, wave, batch, codes, order=Random(1))
        write_invitations(registrar, wave, batch, codes)
    with stores.box_transaction() as box:
        settle(box, wave, {batch})
    return codes
