"""A wave's life: planned, open, closed, and never back."""

from __future__ import annotations

import secrets
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.collection.plan import WavePlan
from surveys.collection.publish import instrument_of
from surveys.collection.sealing import RANDOM, Sealed, held, seal_all
from surveys.errors import Closed, Conflict, NotFound, NotYetOpen
from surveys.ledger.leaves import LOG_ID_BYTES
from surveys.records.kinds import WaveState
from surveys.records.waves import InstrumentVersion, Wave

__all__ = ["close_wave", "instrument_of", "must_be_open", "new_wave", "open_wave", "wave_by_code"]

COPIED = (
    "code",
    "title",
    "area_scheme",
    "area_code",
    "area_name",
    "commissioner",
    "commissioner_name",
    "assessor",
    "assessor_name",
    "opens_at",
    "closes_at",
    "approval_body",
    "approval_number",
    "approval_expires",
    "contact",
    "time_zone",
    "synthetic",
    "booklets",
    "assessor_key",
)


def new_wave(box: Session, plan: WavePlan, now: datetime) -> Wave:
    """Keep a planned wave with a ledger of its own.

    Raises PlanInvalid naming every field at fault, NotFound for an instrument version that is not published, and
    Conflict for a code that is taken or a closing that has passed.
    """
    plan.check()
    published = select(InstrumentVersion).filter_by(code=plan.instrument_code, version=plan.instrument_version)
    version = box.scalars(published).one_or_none()
    if version is None:
        raise NotFound("instrument.unknown", instrument=plan.instrument_code, version=plan.instrument_version)
    if box.scalar(select(Wave.id).where(Wave.code == plan.code)) is not None:
        raise Conflict("wave.code_taken", wave=plan.code)
    if plan.closes_at <= now and not plan.synthetic:  # a demonstration is dated when its original was
        raise Conflict("wave.closing_passed", closes_at=plan.closes_at)
    wave = Wave(
        **{name: getattr(plan, name) for name in COPIED},
        plan=dict(plan.plan),
        instrument_version=version,
        log_id=secrets.token_bytes(LOG_ID_BYTES),
    )
    box.add(wave)
    box.flush()
    return wave


def wave_by_code(box: Session, code: str) -> Wave:
    """The wave; raises NotFound."""
    wave = box.scalars(select(Wave).where(Wave.code == code)).one_or_none()
    if wave is None:
        raise NotFound("wave.unknown", wave=code)
    return wave


def open_wave(box: Session, wave: Wave, now: datetime) -> None:
    """Let answers in from `opens_at` on; raises Conflict unless planned, Closed past its closing or approval."""
    wave = held(box, wave)
    if wave.state is not WaveState.PLANNED:
        raise Conflict("wave.not_planned", wave=wave.code, state=wave.state.value)
    _must_be_in_time(wave, now)
    wave.state = WaveState.OPEN
    box.flush()


def close_wave(box: Session, wave: Wave, order: Random = RANDOM) -> Sealed:
    """End the asking, by hand or when its time is up: everything is sealed, and what the registrar has not learned
    by now about who answered, it never will. Raises Conflict unless open."""
    wave = held(box, wave)
    if wave.state is not WaveState.OPEN:
        raise Conflict("wave.not_open", wave=wave.code, state=wave.state.value)
    sealed = seal_all(box, wave, order)
    wave.state = WaveState.CLOSED
    box.flush()
    return sealed


def must_be_open(wave: Wave, now: datetime) -> None:
    """Raises NotYetOpen before opening, and Closed after closing or the last day of the approval."""
    if wave.state is WaveState.CLOSED:
        raise Closed("wave.closed", wave=wave.code)
    _must_be_in_time(wave, now)
    if wave.state is WaveState.PLANNED or now < wave.opens_at:
        raise NotYetOpen("wave.not_yet_open", wave=wave.code, opens_at=wave.opens_at)


def _must_be_in_time(wave: Wave, now: datetime) -> None:
    if now >= wave.closes_at:
        raise Closed("wave.closed", wave=wave.code)
    if now.astimezone(ZoneInfo(wave.time_zone)).date() > wave.approval_expires:
        raise Closed("wave.approval_expired", wave=wave.code, expired=wave.approval_expires)
