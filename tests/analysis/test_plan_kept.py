"""A plan is lodged before the wave opens and not changed after: the database says so too."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.analysis.waves.plan import AnalysisPlan
from surveys.analysis.waves.plan_kept import SHA256, TEXT, default_plan, lodge, standing, template, without_plan
from surveys.collection.waves import close_wave, new_wave, open_wave
from surveys.errors import Conflict, FileRefused
from surveys.records.kinds import WaveState
from surveys.records.waves import Wave
from tests.analysis.plans import HEAD, TOWNS
from tests.collection.samples import wave_plan
from tests.reporting.made import AWARENESS, EVALUATION, cases, survey

NOW = datetime(2021, 8, 1, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def wave(box: Session) -> Wave:
    """A planned wave with choices of another kind, which closes on the local day of HEAD."""
    found = survey(box, [], [], {"expected_response": 0.5})
    found.state = WaveState.PLANNED
    box.commit()
    return found


def kept(box: Session, wave: Wave, text: str = HEAD + TOWNS) -> AnalysisPlan:
    return lodge(box, wave, AWARENESS, text.encode(), NOW)


def test_a_lodged_plan_stands_with_its_hash_beside_what_was_decided_before(box: Session, wave: Wave) -> None:
    plan = kept(box, wave)
    box.commit()
    held = standing(wave, AWARENESS)
    assert (held.plan, held.is_default, held.lodged) == (plan, False, NOW)
    assert (wave.plan[TEXT], wave.plan[SHA256]) == (plan.text, plan.sha256)
    assert without_plan(wave.plan) == {"expected_response": 0.5}


def test_before_the_opening_another_plan_takes_its_place(box: Session, wave: Wave) -> None:
    kept(box, wave)
    other = kept(box, wave, HEAD)
    assert standing(wave, AWARENESS).plan == other


@pytest.mark.parametrize("state", [WaveState.OPEN, WaveState.CLOSED])
def test_once_the_wave_has_opened_no_plan_is_taken(box: Session, wave: Wave, state: WaveState) -> None:
    plan = kept(box, wave)
    wave.state = state
    box.commit()
    with pytest.raises(Conflict, match="wave_opened"):
        kept(box, wave, "nothing")
    assert standing(wave, AWARENESS).plan == plan


def test_the_database_itself_keeps_the_plan_of_an_open_wave(box: Session, wave: Wave) -> None:
    kept(box, wave)
    wave.state = WaveState.OPEN
    box.commit()
    wave.phase = 1
    box.commit()
    wave.plan = {}
    with pytest.raises(IntegrityError, match="never changed"):
        box.commit()


def test_a_wave_opens_and_closes_with_its_plan(box: Session) -> None:
    survey(box, [], [])
    now = datetime(2021, 9, 2, tzinfo=UTC)
    area = {"opens_at": now, "closes_at": now + timedelta(days=20), "approval_expires": date(2022, 1, 1)}
    found = new_wave(box, wave_plan(**area), NOW)
    lodge(box, found, AWARENESS, HEAD.replace("2021-12-01", "2021-09-22").encode(), NOW)
    open_wave(box, found, now)
    close_wave(box, found)
    assert standing(found, AWARENESS).plan.stopping_date == date(2021, 9, 22)


def test_the_stopping_date_is_the_local_day_of_the_closing(box: Session, wave: Wave) -> None:
    with pytest.raises(FileRefused) as refusal:
        kept(box, wave, HEAD.replace("12-01", "11-30"))  # 16:00 UTC is the next day in Shanghai
    assert [fault.code for fault in refusal.value.faults] == ["analysis_plan.stopping_date"]
    assert wave.plan == {"expected_response": 0.5}


def test_an_evaluation_of_cases_has_no_plan(box: Session) -> None:
    wave = cases(box, ["one"])
    wave.state = WaveState.PLANNED
    box.flush()
    with pytest.raises(Conflict, match="not_for_cases"):
        lodge(box, wave, EVALUATION, HEAD.encode(), NOW)


def test_a_plan_altered_in_the_store_is_not_used(box: Session, wave: Wave) -> None:
    kept(box, wave)
    wave.plan = wave.plan | {TEXT: wave.plan[TEXT].replace("0.05", "0.10")}
    with pytest.raises(Conflict, match="altered"):
        standing(wave, AWARENESS)


def test_the_default_plan_takes_the_waves_own_day_and_lonely_rule(box: Session, wave: Wave) -> None:
    wave.plan = {"lonely": "collapse"}
    plan = default_plan(AWARENESS, wave)
    assert (plan.stopping_date, plan.lonely) == (date(2021, 12, 1), "collapse")
    assert standing(wave, AWARENESS).is_default


def test_the_template_can_be_lodged_as_it_is_and_explains_itself(box: Session, wave: Wave) -> None:
    text = template(wave)
    assert tomllib.loads(text)["stopping_date"] == date(2021, 12, 1)
    assert text.count("#") > 20
    assert kept(box, wave, text) == default_plan(AWARENESS, wave)
