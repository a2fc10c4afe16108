"""The doors: what stands behind an access code or an open-link address, before anything is answered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode, nonce_fingerprint
from surveys.collection.publish import instrument_of
from surveys.errors import NotFound, SpentCode, UnknownCode
from surveys.records.passes import Pass, Poster, Slot
from surveys.records.waves import Wave

POSTER_LENGTH = 8
POSTER_SYMBOLS = "abcdefghjkmnpqrstvwxyz23456789"


def slot_of(box: Session, code: AccessCode, subject: str = "") -> Slot:
    """The slot a code opens; `subject` is the case for an evaluator. Raises UnknownCode (also when void), SpentCode."""
    slot, void = slot_behind(box, code.fingerprint("box"), subject)
    if void:
        raise UnknownCode("code.unknown")
    if slot.spent:
        raise SpentCode("code.spent")
    return slot


def slot_behind(box: Session, fingerprint: bytes, subject: str) -> tuple[Slot, bool]:
    """The slot of a pass, spent or not, and whether the pass is void; raises UnknownCode."""
    known = select(Slot, Pass.void).join(Pass, Pass.slot_id == Slot.id)
    found = box.execute(known.where(Pass.fingerprint == fingerprint, Pass.subject == subject)).one_or_none()
    if found is None:
        raise UnknownCode("code.unknown")
    return found[0], found[1]


def evaluations_of(box: Session, code: AccessCode) -> Sequence[Slot]:
    """An evaluator's slots, one a case (`subject`), spent ones too, by case code; raises UnknownCode for none."""
    theirs = select(Slot).join(Pass, Pass.slot_id == Slot.id).where(Pass.fingerprint == code.fingerprint("box"))
    slots = box.scalars(theirs.where(Pass.void.is_(False), Pass.subject != "").order_by(Pass.subject)).all()
    if not slots:
        raise UnknownCode("code.unknown")
    return slots


def new_poster(box: Session, wave: Wave, place: str, form: str = "open") -> Poster:
    """A printed open-link address for a place; raises NotFound for a form the instrument lacks."""
    instrument_of(box.get_one(Wave, wave.id)).form(form)
    code = "".join(secrets.choice(POSTER_SYMBOLS) for _ in range(POSTER_LENGTH))
    poster = Poster(code=code, wave_id=wave.id, place=place, form=form)
    box.add(poster)
    box.flush()
    return poster


def poster_by_code(box: Session, code: str) -> Poster:
    """The poster; raises NotFound."""
    poster = box.get(Poster, code)
    if poster is None:
        raise NotFound("poster.unknown")
    return poster


def open_booklet(wave: Wave, poster: str, nonce: str) -> int:
    """The order of items behind an open-link address, fixed by the address; raises NotFound when it is malformed."""
    return int.from_bytes(nonce_fingerprint(poster, nonce)) % wave.booklets
