from __future__ import annotations

import numpy as np
import pytest

from surveys.sampling.draw import Draw, verify_draw
from surveys.sampling.frame import FrameFile
from surveys.simulation import hard_cases as hard
from surveys.simulation.cases import (
    INDICATORS,
    PARTY_INDICATORS,
    case_register,
    panel_marks,
    party_marks,
    register_csv,
)
from surveys.simulation.fieldwork import Fieldwork
from surveys.simulation.frame import synthetic_frame


@pytest.fixture(scope="module")
def frame() -> FrameFile:
    return synthetic_frame("demonstration")


@pytest.fixture(scope="module")
def wave(frame: FrameFile) -> tuple[Draw, Fieldwork]:
    return hard.hard_wave(frame, "hard")


def test_the_small_wave_holds_every_hard_case(wave: tuple[Draw, Fieldwork]) -> None:
    draw, work = wave
    town, psu = work.people["town"], work.people["psu"]
    assert not (town == hard.SILENT).any()
    assert sum(row.town == hard.SILENT for row in draw.psus) == 4
    assert len(set(psu[town == hard.TWO_PSUS].tolist())) == 2
    assert sum(row.town == hard.LONELY for row in draw.psus) == 1
    assert (town == hard.LONELY).any()
    assert not work.people["passed"][town == hard.NOBODY_AWARE].any()
    assert work.people["passed"][town == hard.EVERYBODY_AWARE].all()
    assert (work.people["marks"][town == hard.EVERYBODY_AWARE] == "1").all()


def test_silent_units_have_no_answer_and_the_draw_is_proved(frame: FrameFile, wave: tuple[Draw, Fieldwork]) -> None:
    draw, work = wave
    answered = np.isin(work.disposition, ["complete", "partial"])
    assert answered.sum() == len(work.people["unit"])
    assert verify_draw(hard.small_frame(frame), draw) == ()


def test_the_register_holds_400_invented_cases_of_33_teams() -> None:
    cases = case_register("cases", 2021)
    assert len(cases) == len({case.code for case in cases}) == 400
    assert len({case.body for case in cases}) == 33
    assert all(case.body.startswith("模拟") and case.closed_on.year == 2021 for case in cases)
    assert register_csv(cases).decode("utf-8-sig").splitlines()[0] == "案件编号,执法单位,案件类别,办结日期"


def test_a_register_can_lack_a_kind_of_case() -> None:
    cases = case_register("cases", 2021, 40, without=[hard.EMPTY_CASE_GROUP])
    assert hard.EMPTY_CASE_GROUP not in {case.kind for case in cases}


def test_panel_and_parties_mark_their_own_indicators_only() -> None:
    cases = case_register("cases", 2021)[:33]
    panel = panel_marks("panel", cases)
    assert len(panel) == 33 * 8
    assert all(mark.marks == {} if mark.recused else set(mark.marks) == set(INDICATORS) for mark in panel)
    assert all(0 <= value <= 100 for mark in panel for value in mark.marks.values())
    parties = party_marks("parties", cases)
    assert 10 <= len(parties) <= 33
    assert all(set(mark.marks) == set(PARTY_INDICATORS) for mark in parties)
