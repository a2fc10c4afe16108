"""Letting evaluators in, and the new code for a lost one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from surveys.cases.evaluators import (
    begin_inviting,
    must_take_evaluators,
    panel_member,
    parties,
    sweep_orphans,
    write_evaluator_passes,
)
from surveys.cases.letters import evaluator_letters
from surveys.cases.reissue import member_of, renew_passes, write_renewed
from surveys.cases.store import drawn_cases, keep_register
from surveys.collection.codes import AccessCode
from surveys.collection.entry import evaluations_of, slot_of
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotFound, Refusal, SpentCode, UnknownCode
from surveys.instrument.instrument import Instrument
from surveys.records.kinds import Channel
from surveys.records.passes import Pass, Slot
from surveys.records.registers import Evaluator
from surveys.records.waves import Wave
from tests.cases.samples import NOW, case_wave, closed, drawn, evaluate, letters, panel, register
from webapp.db import Stores


def renewed(stores: Stores, wave: Wave, rater: str) -> AccessCode:
    """A reissue as the page does it."""
    with stores.registrar_transaction() as registrar:
        begin_inviting(registrar, wave.id)
        member = member_of(registrar, wave.id, rater)
        with stores.box_transaction() as box:
            invited = renew_passes(box, wave.id, member)
        write_renewed(registrar, member, invited)
    return invited.code


def seen_by(stores: Stores, code: AccessCode) -> list[str]:
    with stores.box_reading() as box:
        return [slot.subject for slot in evaluations_of(box, code)]


def test_members_get_pseudonyms_in_their_group_and_see_every_drawn_case(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 3)
    first = panel(stores, wave, cases, "lawyers", "residents", "lawyers")
    later = panel(stores, wave, cases, "lawyers")
    assert [one.rater for one in (*first, *later)] == ["lawyers-01", "residents-01", "lawyers-02", "lawyers-03"]
    assert seen_by(stores, later[0].code) == cases


def test_a_party_sees_its_case_alone_and_leaves_no_name(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 3)
    made = letters(stores, wave, cases, 2)
    assert [one.cases[0] for one in made] == [case for case in cases for _ in range(2)]
    assert seen_by(stores, made[0].code) == [cases[0]]
    with stores.registrar_reading() as registrar:
        kept = registrar.execute(select(Evaluator.name, Evaluator.rater, Evaluator.panel_group).distinct()).all()
    with stores.box_reading() as box:
        raters = set(box.scalars(select(Slot.rater).where(Slot.channel == Channel.PARTY)))
    assert [tuple(row) for row in kept] == [("", "", "")]
    assert raters == {""}


@pytest.mark.parametrize("each", [0, 11])
def test_letters_for_a_case_have_bounds(each: int) -> None:
    with pytest.raises(Refusal, match=r"cases\.letters_a_case"):
        parties(["A"], each)


def test_nobody_is_invited_before_the_draw_or_after_the_closing(stores: Stores) -> None:
    wave = case_wave(stores)
    with stores.registrar_transaction() as registrar, pytest.raises(NotFound, match=r"cases\.no_register"):
        begin_inviting(registrar, wave.id)
    with stores.registrar_transaction() as registrar:
        keep_register(registrar, wave.id, register(), "f.csv", NOW)
        with pytest.raises(Conflict, match=r"cases\.not_drawn_yet"):
            begin_inviting(registrar, wave.id)
    must_take_evaluators(wave)
    with pytest.raises(Conflict, match=r"wave\.closed"):
        must_take_evaluators(closed(stores, wave))


def test_members_whom_the_registrar_never_got_are_swept(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 3)
    kept = panel(stores, wave, cases, "lawyers")
    with stores.registrar_reading() as registrar:
        lost = panel_member(registrar, wave.id, "lawyers", "断电", cases)
    with stores.box_transaction() as box:
        write_evaluator_passes(box, wave.id, [lost])  # and then the machine stopped
    with stores.registrar_transaction() as registrar, stores.box_transaction() as box:
        assert sweep_orphans(box, wave.id, begin_inviting(registrar, wave.id)) == 3
    with pytest.raises(UnknownCode):
        seen_by(stores, lost.code)
    assert seen_by(stores, kept[0].code) == cases
    assert [one.rater for one in panel(stores, wave, cases, "lawyers")] == ["lawyers-02"]


def test_a_new_code_voids_the_old_one_and_keeps_what_was_evaluated(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 3)
    old, other = panel(stores, wave, cases, "lawyers", "residents")
    evaluate(stores, old, cases[0])
    new = renewed(stores, wave, "lawyers-01")
    assert seen_by(stores, new) == cases[1:]
    assert seen_by(stores, other.code) == cases
    with stores.box_reading() as box:
        with pytest.raises(UnknownCode):
            slot_of(box, old.code, cases[1])
        assert box.scalar(select(func.count()).select_from(Slot)) == 6
    again = renewed(stores, wave, "lawyers-01")
    with pytest.raises(UnknownCode):
        seen_by(stores, new)
    assert seen_by(stores, again) == cases[1:]


def test_a_reissue_broken_off_half_way_can_be_done_again(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    panel(stores, wave, cases, "lawyers")
    with stores.registrar_reading() as registrar, stores.box_transaction() as box:
        renew_passes(box, wave.id, member_of(registrar, wave.id, "lawyers-01"))  # and then the machine stopped
    assert seen_by(stores, renewed(stores, wave, "lawyers-01")) == cases


def test_a_member_who_is_done_needs_no_letter(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    (member,) = panel(stores, wave, cases, "lawyers")
    for case in cases:
        evaluate(stores, member, case)
    with pytest.raises(Conflict, match=r"cases\.nothing_left"):
        renewed(stores, wave, "lawyers-01")
    with stores.box_reading() as box:
        assert box.scalar(select(func.count()).where(Pass.void.is_(True))) == 0
        with pytest.raises(SpentCode):
            slot_of(box, member.code, cases[0])


def test_an_unknown_pseudonym_has_no_letter(stores: Stores) -> None:
    wave = case_wave(stores)
    drawn(stores, wave, 2)
    with pytest.raises(NotFound, match=r"cases\.no_rater"):
        renewed(stores, wave, "")


def test_a_letter_says_who_or_which_case_and_where_to_go(stores: Stores) -> None:
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    invited = [*panel(stores, wave, cases, "lawyers"), *letters(stores, wave, cases[:1])]
    with stores.box_reading() as box:
        known = {case.code: case for case in drawn_cases(box, wave.id)}
        instrument: Instrument = instrument_of(box.get_one(Wave, wave.id))
    groups = {code: group for code, group in (instrument.indicators["case_score"].groups).items()}
    member, of_case = evaluator_letters(invited, groups, known, "https://ping.example")
    assert member.address == ("模拟评议员0", "律师、专家", "编号 lawyers-01，请您评议 2 件案件")
    assert member.url == f"https://ping.example/e/{member.code}"
    assert AccessCode.parse(member.code) == invited[0].code
    assert cases[0] in of_case.address[0]
