from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy.orm import Session

from surveys.catalog import catalog_content
from surveys.collection.plan import PlanInvalid
from surveys.collection.publish import publish
from surveys.collection.sealing import seal_phase
from surveys.collection.waves import close_wave, instrument_of, must_be_open, new_wave, open_wave, wave_by_code
from surveys.errors import Closed, Conflict, InstrumentInvalid, NotFound, NotYetOpen
from surveys.records.waves import InstrumentVersion, Wave
from tests.collection.samples import CLOSES, NOW, OPENS, PLANNED_AT, running_wave, wave_plan

CONTENT = catalog_content("legal-awareness")


def test_a_published_version_is_kept_word_for_word_and_once(box: Session) -> None:
    version = publish(box, CONTENT, PLANNED_AT)
    assert version.content == CONTENT
    assert publish(box, CONTENT, NOW) is version
    assert version.published_at == PLANNED_AT


def test_another_text_under_a_published_version_is_refused(box: Session) -> None:
    publish(box, CONTENT, PLANNED_AT)
    with pytest.raises(Conflict, match=r"instrument\.version_taken"):
        publish(box, CONTENT + "\n# a remark\n", NOW)


def test_a_faulty_text_is_not_published(box: Session) -> None:
    with pytest.raises(InstrumentInvalid):
        publish(box, "code = 1", PLANNED_AT)
    assert box.query(InstrumentVersion).count() == 0


def test_a_text_that_was_altered_in_the_store_is_not_asked() -> None:
    published = sha256(CONTENT.encode()).hexdigest()
    altered = InstrumentVersion(
        code="legal-awareness", version="2021.1", content=CONTENT + "#", sha256=published, published_at=NOW
    )
    with pytest.raises(Conflict, match=r"instrument\.altered"):
        instrument_of(Wave(instrument_version=altered))


def test_a_plan_names_every_field_at_fault() -> None:
    plan = wave_plan(
        code="Yubei 2021",
        title={"zh": "只有中文"},
        approval_number=" ",
        contact="x" * 201,
        closes_at=OPENS,
        approval_expires=date(2021, 8, 31),
        booklets=0,
        assessor_key=b"short",
    )
    with pytest.raises(PlanInvalid) as refused:
        plan.check()
    assert {name: fault.code for name, fault in refused.value.faults.items()} == {
        "code": "plan.code_form",
        "title": "plan.text_missing",
        "approval_number": "plan.empty",
        "contact": "plan.too_long",
        "closes_at": "plan.closes_before_opening",
        "approval_expires": "plan.approval_ends_before_closing",
        "booklets": "plan.booklets",
        "assessor_key": "plan.key_length",
    }


def test_a_plan_without_time_zones_is_refused() -> None:
    for fault in ({"opens_at": datetime(2021, 9, 1)}, {"time_zone": "Asia/Yubei"}, {"time_zone": "/etc/passwd"}):
        with pytest.raises(PlanInvalid):
            wave_plan(**fault).check()


def test_the_approval_must_last_through_the_closing_day_where_the_wave_is() -> None:
    closes = datetime(2021, 9, 30, 17, tzinfo=UTC)  # already 1 October in Chongqing
    with pytest.raises(PlanInvalid):
        wave_plan(closes_at=closes, approval_expires=date(2021, 9, 30)).check()
    wave_plan(closes_at=closes, approval_expires=date(2021, 10, 1)).check()


def test_a_wave_needs_a_published_instrument_and_a_code_of_its_own(box: Session) -> None:
    with pytest.raises(NotFound, match=r"instrument\.unknown"):
        new_wave(box, wave_plan(), PLANNED_AT)
    publish(box, CONTENT, PLANNED_AT)
    wave = new_wave(box, wave_plan(), PLANNED_AT)
    assert len(wave.log_id) == 16
    with pytest.raises(Conflict, match=r"wave\.code_taken"):
        new_wave(box, wave_plan(), PLANNED_AT)
    with pytest.raises(Conflict, match=r"wave\.closing_passed"):
        new_wave(box, wave_plan(code="late", synthetic=False), CLOSES)


def test_a_wave_is_found_by_its_code(box: Session) -> None:
    wave = running_wave(box)
    assert wave_by_code(box, "yubei-2021") is wave
    with pytest.raises(NotFound):
        wave_by_code(box, "yubei-2022")


def test_a_wave_moves_forward_only(box: Session) -> None:
    publish(box, CONTENT, PLANNED_AT)
    wave = new_wave(box, wave_plan(), PLANNED_AT)
    with pytest.raises(Conflict):
        close_wave(box, wave)
    with pytest.raises(Conflict):
        seal_phase(box, wave)
    open_wave(box, wave, OPENS)
    with pytest.raises(Conflict):
        open_wave(box, wave, OPENS)
    close_wave(box, wave)
    for act in (lambda: open_wave(box, wave, NOW), lambda: close_wave(box, wave), lambda: seal_phase(box, wave)):
        with pytest.raises(Conflict):
            act()


def test_a_wave_takes_answers_between_opening_and_closing_only(box: Session) -> None:
    wave = running_wave(box)
    must_be_open(wave, OPENS)
    must_be_open(wave, CLOSES - timedelta(seconds=1))
    with pytest.raises(NotYetOpen):
        must_be_open(wave, OPENS - timedelta(seconds=1))
    with pytest.raises(Closed):
        must_be_open(wave, CLOSES)
    close_wave(box, wave)
    with pytest.raises(Closed):
        must_be_open(wave, NOW)


def test_a_planned_wave_takes_none_and_cannot_open_after_its_time(box: Session) -> None:
    publish(box, CONTENT, PLANNED_AT)
    wave = new_wave(box, wave_plan(), PLANNED_AT)
    with pytest.raises(NotYetOpen):
        must_be_open(wave, NOW)
    with pytest.raises(Closed):
        open_wave(box, wave, CLOSES)


def test_nothing_is_taken_past_the_approval(box: Session) -> None:
    wave = running_wave(box)
    wave.approval_expires = date(2021, 9, 10)  # an approval that was withdrawn early
    must_be_open(wave, datetime(2021, 9, 10, 15, 59, tzinfo=UTC))
    with pytest.raises(Closed, match="approval_expired"):
        must_be_open(wave, datetime(2021, 9, 10, 16, tzinfo=UTC))  # midnight in Chongqing


def test_there_are_three_cut_offs_and_each_begins_a_phase(box: Session) -> None:
    wave: Wave = running_wave(box)
    assert [seal_phase(box, wave).phase for _ in range(3)] == [0, 1, 2]
    assert wave.phase == 3
    with pytest.raises(Conflict, match="no_more_cut_offs"):
        seal_phase(box, wave)
    assert close_wave(box, wave).batch == 4
