"""Issuing letters: codes are made in memory, written to box and registrar, and printed when both have them.

The order, which may be broken off anywhere and run again (docs/collection.md#issuing): in one transaction of the
registrar `begin_issuing`, `units_to_issue`, `make_codes`; inside it one of the box, committed first, `sweep_orphans`,
`settle`, `write_passes`; then `write_invitations`, commit, `settle` in the box, print.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.publish import instrument_of
from surveys.collection.sealed import Bundle, seal
from surveys.collection.sealing import RANDOM, shared
from surveys.errors import Conflict, NotFound
from surveys.records.frames import DrawRecord, Invitation, SealedCodes, Unit
from surveys.records.kinds import Channel, PassKind, WaveState
from surveys.records.passes import Pass, Slot
from surveys.records.waves import Wave

FORM = "resident"
LATER = (PassKind.REMINDER, PassKind.VISIT)
CHUNK = 500
SETTLED = UUID(int=0)  # the batch of every pass that both stores have


@dataclass(frozen=True, repr=False)
class UnitCodes:
    """A sampled unit with its codes, in memory only; `invitation` is the one to print now."""

    unit: Unit
    codes: Mapping[PassKind, AccessCode]

    @property
    def invitation(self) -> AccessCode:
        return self.codes[PassKind.INVITATION]


def units_to_issue(registrar: Session, wave_id: int) -> Sequence[Unit]:
    """The drawn units without a letter, reserve apart, in the order of the draw."""
    invited = select(Invitation.unit_id).where(Invitation.wave_id == wave_id)
    waiting = select(Unit).where(Unit.wave_id == wave_id, Unit.reserve.is_(False), Unit.id.not_in(invited))
    return registrar.scalars(waiting.order_by(Unit.id)).all()


def begin_issuing(registrar: Session, wave_id: int) -> set[UUID]:
    """Make other runs of this wave wait until this transaction ends; gives the batches the registrar knows.

    While it is held, a pass whose batch is not among them is nobody's. Raises NotFound for a wave without a draw.
    """
    draw = select(DrawRecord.id).where(DrawRecord.wave_id == wave_id).with_for_update()
    if registrar.scalar(draw) is None:
        raise NotFound("draw.none")
    return set(registrar.scalars(select(Invitation.batch).where(Invitation.wave_id == wave_id).distinct()))


def make_codes(wave: Wave, units: Sequence[Unit]) -> list[UnitCodes]:
    """Three codes a unit; only the invitation when the wave has no key to seal the later ones to.

    Raises Conflict for a closed wave.
    """
    _must_not_be_closed(wave)
    kinds = (PassKind.INVITATION, *(LATER if wave.assessor_key else ()))
    return [UnitCodes(unit, {kind: AccessCode.random() for kind in kinds}) for unit in units]


def write_passes(
    box: Session, wave: Wave, batch: UUID, issued: Sequence[UnitCodes], form: str = FORM, order: Random = RANDOM
) -> None:
    """Room for one answer a unit, with a pass a code, both shuffled.

    Raises NotFound for a form the instrument lacks, Conflict for a closed wave.
    """
    wave = shared(box, wave.id)
    _must_not_be_closed(wave)
    instrument_of(wave).form(form)
    slots, passes = [], []
    for one in issued:
        slot = _slot(wave, one.unit, form, order)
        slots.append(slot)
        passes += [_pass(wave.id, slot["id"], code, kind, batch) for kind, code in one.codes.items()]
    order.shuffle(slots)
    order.shuffle(passes)
    if slots:
        box.execute(insert(Slot), slots)
        box.execute(insert(Pass), passes)


def write_invitations(registrar: Session, wave: Wave, batch: UUID, issued: Sequence[UnitCodes]) -> None:
    """The letters by the registrar's fingerprints, and the later codes sealed.

    Raises Conflict when a unit has its letter already.
    """
    unit_ids = [one.unit.id for one in issued]
    for start in range(0, len(unit_ids), CHUNK):
        _must_be_unissued(registrar, unit_ids[start : start + CHUNK])
    invitations = [
        _invitation(wave.id, one.unit.id, code, kind, batch) for one in issued for kind, code in one.codes.items()
    ]
    bundles = [_sealed_codes(wave, one) for one in issued if wave.assessor_key]
    if invitations:
        registrar.execute(insert(Invitation), invitations)
    if bundles:
        registrar.execute(insert(SealedCodes), bundles)


def sweep_orphans(box: Session, wave: Wave, known: Collection[UUID]) -> int:
    """Delete passes whose batch the registrar never got, with the slots they leave empty; gives how many passes.

    `known` is what `begin_issuing` gave, in a transaction that still runs. Nobody holds a code that is swept: nothing
    is printed before the registrar has it.
    """
    unspent = select(Slot.id).where(Slot.wave_id == wave.id, Slot.channel == Channel.INVITED, Slot.spent.is_(False))
    orphaned = Pass.slot_id.in_(unspent) & Pass.batch.not_in({*known, SETTLED})
    swept = box.scalars(delete(Pass).where(orphaned).returning(Pass.slot_id)).all()
    if swept:
        empty = Slot.id.in_(unspent) & Slot.id.not_in(select(Pass.slot_id))
        box.execute(delete(Slot).where(empty).execution_options(synchronize_session="fetch"))
    return len(swept)


def settle(box: Session, wave: Wave, known: Collection[UUID]) -> None:
    """Once the registrar has these batches, let their passes look like all others.

    Both stores name a batch and which letters were replaced: for a single lost letter that would join unit and slot
    without the code. Afterwards the box says neither: the new pass stands in the lost one's place, and other void
    passes give way to random ones that nobody holds.
    """
    mine = (Pass.wave_id == wave.id, Pass.batch.in_(known))
    renewed = box.scalars(select(Pass.slot_id).where(*mine, Pass.kind == PassKind.REISSUE)).all()
    voided = box.scalars(select(Pass).where(Pass.slot_id.in_(renewed), Pass.void)).all()
    for lost in voided:
        box.delete(lost)
        if lost.kind is not PassKind.INVITATION:
            place = {"wave_id": lost.wave_id, "slot_id": lost.slot_id, "kind": lost.kind, "batch": SETTLED}
            box.add(Pass(fingerprint=secrets.token_bytes(32), **place))
    box.flush()
    box.execute(update(Pass).where(*mine, Pass.kind == PassKind.REISSUE).values(kind=PassKind.INVITATION))
    box.execute(update(Pass).where(*mine).values(batch=SETTLED))


def _must_not_be_closed(wave: Wave) -> None:
    if wave.state is WaveState.CLOSED:
        raise Conflict("wave.closed", wave=wave.code)


def _slot(wave: Wave, unit: Unit, form: str, order: Random) -> dict[str, object]:
    return {
        "id": uuid4(),
        "wave_id": wave.id,
        "channel": Channel.INVITED,
        "form": form,
        "booklet": order.randrange(wave.booklets),
        "stratum": unit.stratum,
        "psu": unit.psu,
        "town": unit.town,
        "base_weight": unit.base_weight,
    }


def _pass(wave_id: int, slot_id: object, code: AccessCode, kind: PassKind, batch: UUID) -> dict[str, object]:
    place = {"wave_id": wave_id, "slot_id": slot_id, "kind": kind, "batch": batch}
    return {"fingerprint": code.fingerprint("box"), **place}


def _invitation(wave_id: int, unit_id: int, code: AccessCode, kind: PassKind, batch: UUID) -> dict[str, object]:
    letter = {"wave_id": wave_id, "unit_id": unit_id, "kind": kind, "batch": batch}
    return {"registrar_fingerprint": code.fingerprint("registrar"), **letter}


def _sealed_codes(wave: Wave, one: UnitCodes) -> dict[str, object]:
    unsent = {kind: code for kind, code in one.codes.items() if kind in LATER}
    bundle = Bundle(unsent, (one.invitation.fingerprint("box"),))
    sealed = seal(wave.assessor_key, wave.log_id, one.unit.id, bundle)
    return {"unit_id": one.unit.id, "wave_id": wave.id, "sealed": sealed}


def _must_be_unissued(registrar: Session, unit_ids: Sequence[int]) -> None:
    found = select(func.count(Invitation.unit_id.distinct())).where(Invitation.unit_id.in_(unit_ids))
    if issued := registrar.scalar(found):
        raise Conflict("issue.already", units=issued)
