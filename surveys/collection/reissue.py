"""A lost letter: the codes sent so far are voided, and a new one opens the same slot.

The order, which may be run again: in one transaction of the registrar `issue.begin_issuing`, `opened_bundle`; inside
it one of the box, committed first, `new_pass`; then `write_reissue`, commit, `issue.settle` in the box, print. Nothing
here says whether the slot is spent: that would tell who has answered.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.sealed import Bundle, seal, unseal
from surveys.errors import Conflict, NotFound
from surveys.records.frames import Invitation, SealedCodes, Unit
from surveys.records.kinds import PassKind, WaveState
from surveys.records.passes import Pass, Slot
from surveys.records.waves import Wave


def opened_bundle(registrar: Session, wave: Wave, unit_id: int, private_key: bytes) -> Bundle:
    """The unit's codes, opened with the assessor's offline key.

    Raises Conflict for a wave without a key or closed, NotFound for a unit without letter, NotAllowed for a wrong key.
    """
    if wave.state is WaveState.CLOSED:
        raise Conflict("wave.closed", wave=wave.code)
    if not wave.assessor_key:
        raise Conflict("wave.no_assessor_key", wave=wave.code)
    kept = registrar.scalars(select(SealedCodes).filter_by(unit_id=unit_id, wave_id=wave.id)).one_or_none()
    if kept is None:
        raise NotFound("issue.unit_without_letter", unit=unit_id)
    return unseal(private_key, wave.log_id, unit_id, kept.sealed)


def new_pass(box: Session, wave: Wave, bundle: Bundle, batch: UUID) -> AccessCode:
    """Void what was sent and open the same slot with a new code; raises NotFound for a letter unknown.

    The new code of a spent slot opens nothing and looks the same; the box keeps no trace of it.
    """
    sent = Pass.fingerprint.in_(bundle.sent) & (Pass.wave_id == wave.id)
    slot_id = box.scalars(select(Pass.slot_id).where(sent)).first()
    if slot_id is None:
        raise NotFound("issue.letter_unknown")
    code = AccessCode.random()
    if box.get_one(Slot, slot_id, with_for_update=True, populate_existing=True).spent:
        return code
    box.execute(update(Pass).where(sent).values(void=True))
    place = {"wave_id": wave.id, "slot_id": slot_id, "batch": batch}
    box.add(Pass(fingerprint=code.fingerprint("box"), kind=PassKind.REISSUE, **place))
    box.flush()
    return code


def write_reissue(registrar: Session, wave: Wave, unit_id: int, bundle: Bundle, code: AccessCode, batch: UUID) -> Unit:
    """The same in the registrar, with the bundle sealed anew; gives the unit to print the letter for."""
    unit = registrar.scalars(select(Unit).filter_by(id=unit_id, wave_id=wave.id)).one_or_none()
    if unit is None:
        raise NotFound("unit.unknown", unit=unit_id)
    sent = Invitation.kind.not_in(bundle.unsent.keys())
    registrar.execute(update(Invitation).where(Invitation.unit_id == unit_id, sent).values(void=True))
    letter = {"wave_id": wave.id, "unit_id": unit_id, "kind": PassKind.REISSUE, "batch": batch}
    registrar.add(Invitation(registrar_fingerprint=code.fingerprint("registrar"), **letter))
    renewed = Bundle(bundle.unsent, (*bundle.sent, code.fingerprint("box")))
    sealed = seal(wave.assessor_key, wave.log_id, unit_id, renewed)
    registrar.execute(update(SealedCodes).where(SealedCodes.unit_id == unit_id).values(sealed=sealed))
    registrar.flush()
    return unit
