"""Counts while the wave runs, recusals once it is closed; never a mark."""

from __future__ import annotations

import pytest

from surveys.cases.progress import (
    PartyProgress,
    Recusal,
    case_progress,
    letters_by_case,
    member_progress,
    party_progress,
    recusals,
)
from surveys.collection.publish import instrument_of
from surveys.errors import NotYetOpen
from surveys.records.waves import Wave
from tests.cases.samples import answer_as_party, case_wave, closed, drawn, evaluate, letters, panel
from webapp.db import Stores


def parties_of(stores: Stores, wave: Wave) -> PartyProgress:
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        return party_progress(box, registrar, box.get_one(Wave, wave.id))


def test_cases_and_members_are_counted_apart(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    lawyer, resident = panel(stores, wave, cases, "lawyers", "residents")
    evaluate(stores, lawyer, cases[0])
    evaluate(stores, lawyer, cases[1], recused=True)
    evaluate(stores, resident, cases[0])
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        by_case = [(one.case.code, one.invited, one.done) for one in case_progress(box, wave.id)]
        by_member = [(one.rater, one.invited, one.done) for one in member_progress(box, registrar, wave.id)]
    assert by_case == [(cases[0], 2, 2), (cases[1], 2, 1)]
    assert by_member == [("lawyers-01", 2, 2), ("residents-01", 2, 1)]


def test_a_case_without_evaluators_is_listed_with_zero(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    with stores.box_reading() as box:
        assert [(one.case.code, one.invited, one.done) for one in case_progress(box, wave.id)] == [
            (case, 0, 0) for case in cases
        ]


def test_parties_show_from_ten_while_open_and_from_five_when_closed(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 4)
    made = letters(stores, wave, cases, 3)
    for one in made[:9]:
        answer_as_party(stores, one)
    assert parties_of(stores, wave) == PartyProgress(12, None)
    answer_as_party(stores, made[9])
    assert parties_of(stores, wave) == PartyProgress(12, 10)
    answer_as_party(stores, made[10])
    assert parties_of(stores, wave) == PartyProgress(12, 10)
    closed(stores, wave)
    assert parties_of(stores, wave) == PartyProgress(12, 11)


def test_four_parties_are_not_shown_even_afterwards(stores: Stores) -> None:
    wave = case_wave(stores)
    made = letters(stores, wave, drawn(stores, wave, 4))
    for one in made:
        answer_as_party(stores, one)
    closed(stores, wave)
    assert parties_of(stores, wave) == PartyProgress(4, None)
    with stores.box_reading() as box:
        assert set(letters_by_case(box, wave.id).values()) == {1}


def test_recusals_are_listed_after_the_closing_only(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    lawyer, resident = panel(stores, wave, cases, "lawyers", "residents")
    evaluate(stores, lawyer, cases[1], recused=True)
    evaluate(stores, resident, cases[0])
    with stores.box_reading() as box:
        kept = box.get_one(Wave, wave.id)
        with pytest.raises(NotYetOpen, match=r"cases\.after_closing"):
            recusals(box, kept, instrument_of(kept))
    closed(stores, wave)
    with stores.box_reading() as box:
        kept = box.get_one(Wave, wave.id)
        assert recusals(box, kept, instrument_of(kept)) == [Recusal(cases[1], "lawyers-01")]
