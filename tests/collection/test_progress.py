from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.collection.contacts import latest_dispositions, log_contact
from surveys.collection.progress import (
    FieldworkCounts,
    TownProgress,
    fieldwork_counts,
    response_so_far,
    town_progress,
)
from surveys.collection.sealing import seal_phase
from surveys.collection.submit import submit
from surveys.collection.waves import close_wave, wave_by_code
from surveys.errors import NotFound, NotYetOpen, Refusal
from surveys.records.kinds import Disposition
from tests.collection.samples import NOW, TOWN, answers, drawn, issued, running_wave
from webapp.db import Stores

PARTIAL = {f"k{number:02d}": [""] for number in range(1, 6)}  # 15 of 20: below 80 %


def test_progress_is_shown_by_town_and_only_from_ten(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 14}, plan={"expected_response": 0.5})
    with stores.box_transaction() as box:
        for one in codes[:9]:
            submit(box, one.invitation, answers(), NOW)
    assert progress(stores, wave.code) == [TownProgress(TOWN, issued=14, answered=0, expected=7)]
    with stores.box_transaction() as box:
        for one in codes[9:12]:
            submit(box, one.invitation, answers(), NOW)
    assert progress(stores, wave.code) == [TownProgress(TOWN, issued=14, answered=10, expected=7)]
    with stores.registrar_transaction() as registrar:
        log_contact(registrar, wave.id, codes[13].unit.id, Disposition.INELIGIBLE)
    with stores.box_transaction() as box, stores.registrar_reading() as registrar:
        assert response_so_far(box, registrar, wave) == 10 / 13
        close_wave(box, wave)
    assert progress(stores, wave.code) == [TownProgress(TOWN, issued=14, answered=12, expected=7)]


def progress(stores: Stores, code: str) -> list[TownProgress]:
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        return town_progress(box, registrar, wave_by_code(box, code))


def test_before_a_letter_there_is_nothing_to_divide_by(box: Session, registrar: Session) -> None:
    wave = running_wave(box)
    drawn(registrar, wave, {"p1": 2})
    assert town_progress(box, registrar, wave) == []
    assert response_so_far(box, registrar, wave) is None
    close_wave(box, wave)
    counts = fieldwork_counts(box, registrar, wave)
    assert counts == FieldworkCounts(0, 0, 0, 0, 0, 0, 0, 0)
    assert counts.rr1 is None


def counted(stores: Stores, code: str) -> FieldworkCounts:
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        return fieldwork_counts(box, registrar, wave_by_code(box, code))


def test_outcomes_wait_for_the_closing(stores: Stores) -> None:
    wave, _ = issued(stores, {"p1": 2})
    with stores.box_reading() as box, stores.registrar_reading() as registrar, pytest.raises(NotYetOpen):
        fieldwork_counts(box, registrar, wave)


def test_every_issued_unit_is_counted_once(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 20})
    with stores.box_transaction() as box:
        for one in codes[:6]:
            submit(box, one.invitation, answers(), NOW)
        seal_phase(box, wave)
        submit(box, codes[6].invitation, answers(**PARTIAL), NOW)
        close_wave(box, wave)
    said = [
        (7, "ineligible"),
        (8, "ineligible"),
        (9, "non_contact"),
        (9, "refused"),
        (10, "other"),
        (11, "non_contact"),
    ]
    with stores.registrar_transaction() as registrar:
        for place, disposition in said:
            log_contact(registrar, wave.id, codes[place].unit.id, Disposition(disposition))
    counts = counted(stores, wave.code)
    assert counts == FieldworkCounts(20, 6, 1, ineligible=2, refused=1, non_contact=1, other=1, unknown=8)
    assert counts.rr1 == 6 / 18


def test_a_non_contact_that_answered_later_gives_way(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 4})
    with stores.registrar_transaction() as registrar:
        for one in codes[:3]:
            log_contact(registrar, wave.id, one.unit.id, Disposition.NON_CONTACT)
        log_contact(registrar, wave.id, codes[3].unit.id, Disposition.REFUSED)
    with stores.box_transaction() as box:
        for one in codes[:2]:
            submit(box, one.invitation, answers(), NOW)
        close_wave(box, wave)
    counts = counted(stores, wave.code)
    assert counts == FieldworkCounts(4, 2, 0, ineligible=0, refused=1, non_contact=1, other=0, unknown=0)


def test_the_contact_log_grows_and_the_latest_entry_counts(box: Session, registrar: Session) -> None:
    wave = running_wave(box)
    first, second = drawn(registrar, wave, {"p1": 2})
    log_contact(registrar, wave.id, first.id, Disposition.NON_CONTACT, "门铃无人应答")
    log_contact(registrar, wave.id, second.id, Disposition.NON_CONTACT)
    log_contact(registrar, wave.id, first.id, Disposition.REFUSED)
    assert latest_dispositions(registrar, wave.id) == {
        first.id: Disposition.REFUSED,
        second.id: Disposition.NON_CONTACT,
    }


def test_a_contact_needs_a_unit_of_the_wave_and_a_short_note(box: Session, registrar: Session) -> None:
    wave = running_wave(box)
    [unit] = drawn(registrar, wave, {"p1": 1})
    with pytest.raises(NotFound):
        log_contact(registrar, wave.id + 1, unit.id, Disposition.OTHER)
    with pytest.raises(Refusal, match="note_too_long"):
        log_contact(registrar, wave.id, unit.id, Disposition.OTHER, "长" * 201)
