"""The one way in for an answer: one request, one transaction, kept once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode, nonce_fingerprint
from surveys.collection.counters import count_one
from surveys.collection.entry import poster_by_code, slot_behind
from surveys.collection.publish import instrument_of
from surveys.collection.reading import ReadAnswers, Source, read_answers
from surveys.collection.sealing import shared
from surveys.collection.waves import must_be_open
from surveys.errors import SpentCode, UnknownCode
from surveys.ledger import log
from surveys.ledger.leaves import KEY_BYTES, RECEIPT_ID_BYTES, tag_of
from surveys.ledger.receipts import Receipt, receipt_of
from surveys.records.kinds import Channel, Mode, PassKind
from surveys.records.passes import Answered, Pass, Poster, Slot
from surveys.records.responses import Arrival
from surveys.records.waves import Wave


@dataclass(frozen=True, repr=False)
class Key:
    """What makes a questionnaire one: the box's fingerprint of its code or address, and the case it is about."""

    fingerprint: bytes
    subject: str = ""


def submit(box: Session, code: AccessCode, raw: Source, now: datetime, mode: Mode | None = None) -> Receipt:
    """Keep one invited person's answers, marks, scores, leaf and counters: all of them, or none, and once.

    The same code gives the same receipt again whatever is posted with it, and nothing of that is kept. Without `mode`
    the answers say whether an interviewer filled them in. Raises AnswersInvalid and Ineligible (the code stays
    unspent), UnknownCode, SpentCode, NotYetOpen, Closed.
    """
    return _submit(box, code, Key(code.fingerprint("box")), raw, now, mode)


def submit_evaluation(
    box: Session, code: AccessCode, case_code: str, raw: Source, now: datetime, mode: Mode | None = None
) -> Receipt:
    """The same for an evaluator and one case; a panel member's answers carry the rater, a party's do not."""
    return _submit(box, code, Key(code.fingerprint("box"), case_code), raw, now, mode)


def submit_open(box: Session, poster: str, nonce: str, raw: Source, now: datetime, mode: Mode | None = None) -> Receipt:
    """The same for the open link, where the address is the key. Raises NotFound for a poster or nonce not ours."""
    address, key = poster_by_code(box, poster), Key(nonce_fingerprint(poster, nonce))
    if _is_known(box, key):
        return _earlier_or_spent(box, key)
    wave = shared(box, address.wave_id)
    must_be_open(wave, now)
    read = read_answers(instrument_of(wave), address.form, raw, mode)
    try:
        with box.begin_nested():
            slot = _open_slot(box, address, key, read.town)
    except IntegrityError:  # the same address was quicker
        return _earlier_or_spent(box, key)
    return _keep(box, wave, slot, key, read)


def _submit(box: Session, code: AccessCode, key: Key, raw: Source, now: datetime, mode: Mode | None) -> Receipt:
    slot, void = slot_behind(box, key.fingerprint, key.subject)
    if slot.spent:
        return _earlier_or_spent(box, key)
    if void:
        raise UnknownCode("code.unknown")
    wave = shared(box, slot.wave_id)
    must_be_open(wave, now)
    read = read_answers(instrument_of(wave), slot.form, raw, mode)
    if not spend(box, slot):
        return _earlier_or_spent(box, key)
    if slot.channel is Channel.INVITED:
        box.add(Answered(registrar_fingerprint=code.fingerprint("registrar"), wave_id=wave.id, psu=slot.psu))
    return _keep(box, wave, slot, key, read)


def spend(box: Session, slot: Slot) -> bool:
    """Use up a slot; False when it was used before. One statement, so that five taps at once spend it once."""
    unspent = update(Slot).where(Slot.id == slot.id, Slot.spent.is_(False)).values(spent=True).returning(Slot.id)
    return box.scalar(unspent.execution_options(synchronize_session="fetch")) is not None


def _earlier_or_spent(box: Session, key: Key) -> Receipt:
    earlier = _earlier(box, key)
    if earlier is None:
        raise SpentCode("code.spent")
    return earlier


def _earlier(box: Session, key: Key) -> Receipt | None:
    """The receipt of what this key brought before; None when it brought nothing, or its phase is sealed."""
    kept = select(Arrival.receipt_id, Wave.code, Wave.log_id).join(Wave, Wave.id == Arrival.wave_id)
    found = box.execute(
        kept.where(Arrival.fingerprint == key.fingerprint, Arrival.subject == key.subject)
    ).one_or_none()
    return None if found is None else receipt_of(found.code, tag_of(found.log_id, found.receipt_id))


def _is_known(box: Session, key: Key) -> bool:
    known = select(Pass.batch).where(Pass.fingerprint == key.fingerprint, Pass.subject == key.subject)
    return box.scalar(known) is not None


def _open_slot(box: Session, poster: Poster, key: Key, town: str) -> Slot:
    """A spent slot and its pass; raises IntegrityError when the key has one."""
    slot = Slot(id=uuid4(), wave_id=poster.wave_id, channel=Channel.OPEN, form=poster.form, town=town, spent=True)
    box.add(slot)
    box.flush()
    opened = Pass(
        fingerprint=key.fingerprint, slot_id=slot.id, kind=PassKind.POSTER, batch=slot.id, wave_id=slot.wave_id
    )
    box.add(opened)
    box.flush()
    return slot


def _keep(box: Session, wave: Wave, slot: Slot, key: Key, read: ReadAnswers) -> Receipt:
    arrival = Arrival(
        fingerprint=key.fingerprint,
        subject=key.subject,
        wave_id=wave.id,
        instrument_version_id=wave.instrument_version_id,
        form=slot.form,
        mode=read.mode,
        channel=slot.channel,
        phase=wave.phase,
        stratum=slot.stratum,
        psu=slot.psu,
        town=slot.town,
        base_weight=slot.base_weight,
        rater=slot.rater if slot.channel is Channel.PANEL else "",
        cell=read.cell,
        marks=read.marks,
        scores=read.scores,
        answers=read.answers,
        receipt_id=secrets.token_bytes(RECEIPT_ID_BYTES),
        commitment_key=secrets.token_bytes(KEY_BYTES),
    )
    box.add(arrival)
    tag = log.append(box, wave, arrival, wave.instrument_version.sha256)
    box.flush()
    count_one(box, wave.id, slot.town, slot.channel)
    return receipt_of(wave.code, tag)
