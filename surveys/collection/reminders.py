"""Later mail-outs: the sealed codes are opened to be printed, and destroyed once their own letters are out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.contacts import latest_dispositions
from surveys.collection.sealed import Bundle, seal, unseal
from surveys.errors import Conflict
from surveys.records.frames import Invitation, SealedCodes, Unit
from surveys.records.kinds import Disposition, PassKind
from surveys.records.waves import Wave

NO_MORE_LETTERS = (Disposition.REFUSED, Disposition.INELIGIBLE)


@dataclass(frozen=True, repr=False)
class Letter:
    """A unit and the code to print for it, in memory only."""

    unit: Unit
    code: AccessCode


def letters(registrar: Session, wave: Wave, kind: PassKind, private_key: bytes) -> Iterator[Letter]:
    """The letters of a reminder or visit, in the order of the draw.

    Left out: units known to have answered, refused or be ineligible. Raises Conflict for a wave without a key,
    NotAllowed for a wrong one.
    """
    answered = set(
        registrar.scalars(select(Invitation.unit_id).where(Invitation.wave_id == wave.id, Invitation.answered))
    )
    last = latest_dispositions(registrar, wave.id)
    for unit, bundle in _opened(registrar, wave, private_key):
        code = bundle.unsent.get(kind)
        if code is not None and unit.id not in answered and last.get(unit.id) not in NO_MORE_LETTERS:
            yield Letter(unit, code)


def destroy_sent(registrar: Session, wave: Wave, kind: PassKind, private_key: bytes) -> int:
    """After the mail-out: the codes of this kind are gone, of letters left out too; gives how many there were."""
    destroyed = 0
    for unit, bundle in list(_opened(registrar, wave, private_key)):
        if kind in bundle.unsent:
            unsent = {other: code for other, code in bundle.unsent.items() if other is not kind}
            left = Bundle(unsent, (*bundle.sent, bundle.unsent[kind].fingerprint("box")))
            sealed = seal(wave.assessor_key, wave.log_id, unit.id, left)
            registrar.execute(update(SealedCodes).where(SealedCodes.unit_id == unit.id).values(sealed=sealed))
            destroyed += 1
    return destroyed


def destroy_all(registrar: Session, wave_id: int) -> None:
    """After the closing: no sealed code is left."""
    registrar.execute(delete(SealedCodes).where(SealedCodes.wave_id == wave_id))


def _opened(registrar: Session, wave: Wave, private_key: bytes) -> Iterator[tuple[Unit, Bundle]]:
    if not wave.assessor_key:
        raise Conflict("wave.no_assessor_key", wave=wave.code)
    kept = select(Unit, SealedCodes.sealed).join(SealedCodes, SealedCodes.unit_id == Unit.id)
    for unit, sealed in registrar.execute(kept.where(SealedCodes.wave_id == wave.id).order_by(Unit.id)).all():
        yield unit, unseal(private_key, wave.log_id, unit.id, sealed)
