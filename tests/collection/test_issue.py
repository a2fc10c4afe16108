from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.contacts import log_contact
from surveys.collection.entry import slot_of
from surveys.collection.issue import (
    begin_issuing,
    make_codes,
    sweep_orphans,
    units_to_issue,
    write_invitations,
    write_passes,
)
from surveys.collection.reissue import opened_bundle
from surveys.collection.reminders import destroy_all, destroy_sent, letters
from surveys.collection.sealed import Bundle, new_key_pair, seal, unseal
from surveys.collection.sealing import seal_phase
from surveys.collection.submit import submit
from surveys.collection.waves import close_wave
from surveys.errors import Conflict, NotAllowed, NotFound, SpentCode, UnknownCode
from surveys.records.box import Pass, Slot, Wave
from surveys.records.frames import Invitation, SealedCodes
from surveys.records.kinds import Channel, Disposition, PassKind
from tests.collection.samples import NOW, answers, drawn, issue, issued, pass_of, passes, running_wave
from webapp.db import Stores

KEYS = new_key_pair()
WITH_KEY = {"assessor_key": KEYS.public}


def count(session: Session, record: type) -> int:
    return session.scalar(select(func.count()).select_from(record)) or 0


def test_a_slot_has_three_codes_when_the_later_ones_can_be_sealed(stores: Stores) -> None:
    _, codes = issued(stores, {"p1": 3, "p2": 2}, **WITH_KEY)
    assert [set(one.codes) for one in codes] == [{PassKind.INVITATION, PassKind.REMINDER, PassKind.VISIT}] * 5
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert (count(box, Slot), count(box, Pass)) == (5, 15)
        assert (count(registrar, Invitation), count(registrar, SealedCodes)) == (15, 5)
        for one in codes:
            slots = {slot_of(box, code).id for code in one.codes.values()}
            assert len(slots) == 1
            slot = slot_of(box, one.invitation)
            assert (slot.psu, slot.town, slot.base_weight) == (one.unit.psu, one.unit.town, one.unit.base_weight)
            for code in one.codes.values():
                kept = registrar.get_one(Invitation, code.fingerprint("registrar"))
                assert kept.unit_id == one.unit.id


def test_without_a_key_there_is_one_code_and_no_reissue(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 2})
    assert [set(one.codes) for one in codes] == [{PassKind.INVITATION}] * 2
    with stores.registrar_reading() as registrar:
        assert count(registrar, SealedCodes) == 0
        with pytest.raises(Conflict, match="no_assessor_key"):
            opened_bundle(registrar, wave, codes[0].unit.id, KEYS.private)
        with pytest.raises(Conflict, match="no_assessor_key"):
            list(letters(registrar, wave, PassKind.REMINDER, KEYS.private))


def test_booklets_are_dealt_at_random(stores: Stores) -> None:
    issued(stores, {"p1": 60}, booklets=3)
    with stores.box_reading() as box:
        dealt = box.execute(select(Slot.booklet, func.count()).group_by(Slot.booklet)).all()
    assert {booklet for booklet, _ in dealt} == {0, 1, 2}


def test_passes_lie_in_the_box_in_another_order_than_the_units(box: Session, registrar: Session) -> None:
    wave = running_wave(box)
    codes = make_codes(wave, drawn(registrar, wave, {"p1": 30}))
    write_passes(box, wave, uuid4(), codes, order=Random(2))
    by = "ctid" if box.get_bind().dialect.name == "postgresql" else "fingerprint"
    laid = [bytes(row[0]) for row in box.connection().exec_driver_sql(f'SELECT fingerprint FROM "pass" ORDER BY {by}')]
    assert laid != [one.invitation.fingerprint("box") for one in codes]


def test_a_unit_has_its_letter_once(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 3})
    assert issue(stores, wave) == []
    with stores.registrar_transaction() as registrar:
        again = make_codes(wave, [one.unit for one in codes])
        with pytest.raises(Conflict, match=r"issue\.already"):
            write_invitations(registrar, wave, uuid4(), again)


def test_two_runs_at_once_issue_once(stores: Stores) -> None:
    with stores.box_transaction() as box:
        wave = running_wave(box)
    with stores.registrar_transaction() as registrar:
        drawn(registrar, wave, {"p1": 30})
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: issue(stores, wave), range(3)))
    [codes] = [run for run in runs if run]
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert count(box, Pass) == count(registrar, Invitation) == 30
        assert all(slot_of(box, one.invitation) for one in codes)


def test_a_run_that_broke_off_is_swept_and_run_again(stores: Stores) -> None:
    with stores.box_transaction() as box:
        wave = running_wave(box)
    with stores.registrar_transaction() as registrar:
        lost = make_codes(wave, drawn(registrar, wave, {"p1": 4}))
    with stores.box_transaction() as box:
        write_passes(box, wave, uuid4(), lost)  # and the machine dies
    codes = issue(stores, wave)
    with stores.registrar_transaction() as registrar, stores.box_transaction() as box:
        assert list(units_to_issue(registrar, wave.id)) == []
        assert sweep_orphans(box, wave, begin_issuing(registrar, wave.id)) == 0
        assert (count(box, Slot), count(box, Pass)) == (4, 4)
        assert not slot_of(box, codes[0].invitation).spent
        with pytest.raises(UnknownCode):
            slot_of(box, lost[0].invitation)


def test_a_sweep_touches_neither_answered_slots_nor_evaluators_nor_another_wave(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 2})
    with stores.box_transaction() as box:
        submit(box, codes[0].invitation, answers(), NOW)
        other = running_wave(box, code="other")
        passes(box, other, 1)
        slot = Slot(id=uuid4(), wave_id=wave.id, channel=Channel.PANEL, form="panel", subject="c1")
        box.add(slot)
        box.flush()
        box.add(pass_of(AccessCode.random(), slot, PassKind.INVITATION))
        [[orphan]] = passes(box, wave, 1)
        assert sweep_orphans(box, wave, set()) == 1
        assert (count(box, Slot), count(box, Pass)) == (4, 4)
        with pytest.raises(UnknownCode):
            slot_of(box, orphan)
        with pytest.raises(SpentCode):
            slot_of(box, codes[0].invitation)


def test_there_is_nothing_to_issue_before_a_draw(box: Session, registrar: Session) -> None:
    with pytest.raises(NotFound, match=r"draw\.none"):
        begin_issuing(registrar, running_wave(box).id)


def test_no_letters_for_a_closed_wave(box: Session, registrar: Session) -> None:
    wave = running_wave(box)
    units = drawn(registrar, wave, {"p1": 1})
    codes = make_codes(wave, units)
    close_wave(box, wave)
    with pytest.raises(Conflict):
        make_codes(wave, units)
    with pytest.raises(Conflict):
        write_passes(box, wave, uuid4(), codes)


def test_only_the_right_key_opens_a_bundle_and_only_for_its_unit(stores: Stores) -> None:
    wave, [one, other] = issued(stores, {"p1": 2}, **WITH_KEY)
    with stores.registrar_reading() as registrar:
        for wrong in (new_key_pair().private, b"short", b""):
            with pytest.raises(NotAllowed):
                opened_bundle(registrar, wave, one.unit.id, wrong)
        with pytest.raises(NotFound):
            opened_bundle(registrar, wave, 10**6, KEYS.private)
        exchanged = registrar.get_one(SealedCodes, other.unit.id).sealed
    with pytest.raises(NotAllowed):
        unseal(KEYS.private, wave.log_id, one.unit.id, exchanged)


def test_a_bundle_is_read_as_it_was_sealed() -> None:
    bundle = Bundle({PassKind.VISIT: AccessCode.random()}, (bytes(32), b"\1" * 32))
    opened = unseal(KEYS.private, bytes(16), 7, seal(KEYS.public, bytes(16), 7, bundle))
    assert (opened.unsent, opened.sent) == (bundle.unsent, bundle.sent)


def test_reminders_go_to_those_not_known_to_have_answered_and_their_codes_are_destroyed(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 6, "p2": 1}, **WITH_KEY)
    with stores.box_transaction() as box:
        for one in codes[:4] + codes[6:]:
            submit(box, one.invitation, answers(), NOW)
        assert seal_phase(box, wave).leaving == 0
    with stores.registrar_transaction() as registrar:
        registrar.get_one(Invitation, codes[0].invitation.fingerprint("registrar")).answered = True
        log_refusal(registrar, wave, codes[5].unit.id)
        sent = {letter.unit.id: letter.code for letter in letters(registrar, wave, PassKind.REMINDER, KEYS.private)}
    assert sent == {one.unit.id: one.codes[PassKind.REMINDER] for one in codes if one not in (codes[0], codes[5])}
    with stores.registrar_transaction() as registrar:
        assert destroy_sent(registrar, wave, PassKind.REMINDER, KEYS.private) == 7
    with stores.registrar_transaction() as registrar:
        assert list(letters(registrar, wave, PassKind.REMINDER, KEYS.private)) == []
        visits = {letter.code for letter in letters(registrar, wave, PassKind.VISIT, KEYS.private)}
        assert codes[1].codes[PassKind.VISIT] in visits
        destroy_all(registrar, wave.id)
        assert count(registrar, SealedCodes) == 0


def log_refusal(registrar: Session, wave: Wave, unit_id: int) -> None:
    log_contact(registrar, wave.id, unit_id, Disposition.REFUSED)
