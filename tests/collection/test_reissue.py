"""A lost letter: the old code opens nothing, the new one the same slot, and the box keeps no trace of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from surveys.collection.codes import AccessCode
from surveys.collection.entry import slot_of
from surveys.collection.issue import (
    begin_issuing,
    settle,
    sweep_orphans,
)
from surveys.collection.reissue import new_pass, opened_bundle, write_reissue
from surveys.collection.reminders import destroy_sent
from surveys.collection.sealed import new_key_pair
from surveys.collection.submit import submit
from surveys.errors import UnknownCode
from surveys.records.box import Pass, Slot, Wave
from surveys.records.frames import Invitation
from surveys.records.kinds import PassKind
from tests.collection.samples import NOW, answers, issued
from webapp.db import Stores

KEYS = new_key_pair()
WITH_KEY = {"assessor_key": KEYS.public}


def reissued(stores: Stores, wave: Wave, unit_id: int) -> AccessCode:
    batch = uuid4()
    with stores.registrar_transaction() as registrar:
        known = begin_issuing(registrar, wave.id)
        bundle = opened_bundle(registrar, wave, unit_id, KEYS.private)
        with stores.box_transaction() as box:
            sweep_orphans(box, wave, known)
            settle(box, wave, known)
            code = new_pass(box, wave, bundle, batch)
        write_reissue(registrar, wave, unit_id, bundle, code, batch)
    with stores.box_transaction() as box:
        settle(box, wave, {batch})
    return code


def test_a_lost_letter_is_void_and_the_new_one_opens_the_same_slot(stores: Stores) -> None:
    wave, [one, _] = issued(stores, {"p1": 2}, **WITH_KEY)
    with stores.box_reading() as box:
        before = slot_of(box, one.invitation).id
    first = reissued(stores, wave, one.unit.id)
    second = reissued(stores, wave, one.unit.id)
    with stores.box_transaction() as box:
        for lost in (one.invitation, first):
            with pytest.raises(UnknownCode):
                slot_of(box, lost)
        assert slot_of(box, second).id == before
        assert slot_of(box, one.codes[PassKind.REMINDER]).id == before
        submit(box, second, answers(), NOW)
        assert len(box.scalars(select(Slot)).all()) == 2
    with stores.registrar_reading() as registrar:
        kept = {
            row.kind: row for row in registrar.scalars(select(Invitation).filter_by(unit_id=one.unit.id, void=False))
        }
        assert set(kept) == {PassKind.REISSUE, PassKind.REMINDER, PassKind.VISIT}
        assert kept[PassKind.REISSUE].registrar_fingerprint == second.fingerprint("registrar")


def test_a_reissue_does_not_tell_whether_somebody_answered(stores: Stores) -> None:
    wave, [one, _] = issued(stores, {"p1": 2}, **WITH_KEY)
    with stores.box_transaction() as box:
        receipt = submit(box, one.invitation, answers(), NOW)
    code = reissued(stores, wave, one.unit.id)
    with stores.box_transaction() as box:
        assert submit(box, one.invitation, answers(), NOW) == receipt
        with pytest.raises(UnknownCode):  # to whoever tries it the same page as a spent code's
            submit(box, code, answers(), NOW)
    assert reissued(stores, wave, one.unit.id) != code


def test_a_reissue_that_broke_off_may_be_run_again(stores: Stores) -> None:
    wave, [one] = issued(stores, {"p1": 1}, **WITH_KEY)
    with stores.registrar_reading() as registrar:
        bundle = opened_bundle(registrar, wave, one.unit.id, KEYS.private)
    with stores.box_transaction() as box:
        lost = new_pass(box, wave, bundle, uuid4())  # and the machine dies
    code = reissued(stores, wave, one.unit.id)
    with stores.box_reading() as box:
        with pytest.raises(UnknownCode):
            slot_of(box, lost)
        assert not slot_of(box, code).spent


def test_a_reissue_after_a_reminder_voids_both_letters(stores: Stores) -> None:
    wave, [one] = issued(stores, {"p1": 1}, **WITH_KEY)
    with stores.registrar_transaction() as registrar:
        destroy_sent(registrar, wave, PassKind.REMINDER, KEYS.private)
    code = reissued(stores, wave, one.unit.id)
    with stores.box_reading() as box:
        for kind in (PassKind.INVITATION, PassKind.REMINDER):
            with pytest.raises(UnknownCode):
                slot_of(box, one.codes[kind])
        assert slot_of(box, code).id == slot_of(box, one.codes[PassKind.VISIT]).id


def test_the_box_does_not_show_which_letter_was_replaced(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 4}, **WITH_KEY)
    with stores.box_transaction() as box:
        submit(box, codes[0].invitation, answers(), NOW)
    with stores.registrar_transaction() as registrar:
        destroy_sent(registrar, wave, PassKind.REMINDER, KEYS.private)
    for one in codes[:2]:
        reissued(stores, wave, one.unit.id)
        reissued(stores, wave, one.unit.id)
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        looks = {
            slot.id: sorted(
                (row.kind, row.void, row.batch) for row in box.scalars(select(Pass).filter_by(slot_id=slot.id))
            )
            for slot in box.scalars(select(Slot))
        }
        batches = set(registrar.scalars(select(Invitation.batch)))
        assert len({tuple(look) for look in looks.values()}) == 1
        assert not batches & set(box.scalars(select(Pass.batch)))


def test_a_reissue_that_broke_off_before_the_box_was_tidied_is_tidied_by_the_next(stores: Stores) -> None:
    wave, [one, other] = issued(stores, {"p1": 2}, **WITH_KEY)
    batch = uuid4()
    with stores.registrar_transaction() as registrar:
        bundle = opened_bundle(registrar, wave, one.unit.id, KEYS.private)
        with stores.box_transaction() as box:
            code = new_pass(box, wave, bundle, batch)
        write_reissue(registrar, wave, one.unit.id, bundle, code, batch)  # and the machine dies
    reissued(stores, wave, other.unit.id)
    with stores.box_reading() as box:
        assert set(box.scalars(select(Pass.kind))) == {PassKind.INVITATION, PassKind.REMINDER, PassKind.VISIT}
        assert not any(box.scalars(select(Pass.void)))
        assert not slot_of(box, code).spent
        with pytest.raises(UnknownCode):
            slot_of(box, one.invitation)
