"""Sealing: when a phase ends, answers lose the last pointer to their code, their order and their old ids."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveys.errors import Conflict
from surveys.ledger.log import seal_pending
from surveys.records.kinds import WaveState
from surveys.records.passes import Answered
from surveys.records.responses import Arrival, Response
from surveys.records.waves import Wave

RANDOM: Random = secrets.SystemRandom()
CUT_OFFS = 3
LEAST_NEWLY_ANSWERED = 5
CHUNK = 500
CARRIED = [column for column in Response.__table__.columns if column.name != "id"]


@dataclass(frozen=True)
class Sealed:
    """What a sealing did: the phase that ended, answers moved, and the log's new size and root."""

    phase: int
    responses: int
    batch: int
    size: int
    root: bytes
    leaving: int  # fingerprints that may go to the registrar now


def shared(box: Session, wave_id: int) -> Wave:
    """The wave as it stands, kept from being sealed or closed until this transaction ends."""
    box.flush()
    return box.get_one(Wave, wave_id, populate_existing=True, with_for_update={"read": True})


def held(box: Session, wave: Wave) -> Wave:
    """The wave as it stands, with every other transaction on its answers waiting until this one ends."""
    box.flush()
    return box.get_one(Wave, wave.id, populate_existing=True, with_for_update=True)


def seal_phase(box: Session, wave: Wave, order: Random = RANDOM) -> Sealed:
    """End a phase at a reminder cut-off and begin the next; raises Conflict unless open, or after three cut-offs."""
    wave = held(box, wave)
    if wave.state is not WaveState.OPEN:
        raise Conflict("wave.not_open", wave=wave.code, state=wave.state.value)
    if wave.phase >= CUT_OFFS:
        raise Conflict("wave.no_more_cut_offs", wave=wave.code, most=CUT_OFFS)
    sealed = _seal(box, wave, order, _let_leave(box, wave.id))
    wave.phase += 1
    box.flush()
    return sealed


def seal_all(box: Session, wave: Wave, order: Random = RANDOM) -> Sealed:
    """Seal the last phase and destroy what the registrar has not learned; `waves.close_wave` calls it."""
    box.execute(delete(Answered).where(Answered.wave_id == wave.id))
    return _seal(box, wave, order, leaving=0)


def _seal(box: Session, wave: Wave, order: Random, leaving: int) -> Sealed:
    moved = _move(box, wave.id, order)
    checkpoint = seal_pending(box, wave)
    return Sealed(wave.phase, moved, checkpoint.batch, checkpoint.size, checkpoint.root, leaving)


def _move(box: Session, wave_id: int, order: Random) -> int:
    """Rewrite arrivals as responses in random order under new random ids; nothing leads back."""
    arrivals = list(box.scalars(select(Arrival.id).where(Arrival.wave_id == wave_id)))
    order.shuffle(arrivals)
    for start in range(0, len(arrivals), CHUNK):
        _move_some(box, arrivals[start : start + CHUNK], order)
    box.execute(delete(Arrival).where(Arrival.wave_id == wave_id))
    return len(arrivals)


def _move_some(box: Session, arrivals: Sequence[UUID], order: Random) -> None:
    carried = [Arrival.__table__.c[column.name] for column in CARRIED]
    rows = [dict(row) for row in box.execute(select(*carried).where(Arrival.id.in_(arrivals))).mappings()]
    order.shuffle(rows)  # the database gives them in an order of its own
    box.execute(insert(Response), [{"id": uuid4(), **row} for row in rows])


def _let_leave(box: Session, wave_id: int) -> int:
    """Mark the fingerprints of PSUs with at least five newly answered; the others wait for the next cut-off."""
    waiting = (Answered.wave_id == wave_id, Answered.leaving.is_(False))
    enough = select(Answered.psu).where(*waiting).group_by(Answered.psu).having(func.count() >= LEAST_NEWLY_ANSWERED)
    marked = update(Answered).where(*waiting, Answered.psu.in_(enough)).values(leaving=True)
    return len(box.scalars(marked.returning(Answered.registrar_fingerprint)).all())
