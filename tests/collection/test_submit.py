from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode, new_nonce
from surveys.collection.entry import evaluations_of, new_poster, open_booklet, slot_of
from surveys.collection.sealing import seal_phase
from surveys.collection.submit import submit, submit_evaluation, submit_open
from surveys.collection.waves import close_wave, instrument_of
from surveys.errors import AnswersInvalid, Closed, Ineligible, NotFound, NotYetOpen, SpentCode, UnknownCode
from surveys.ledger.leaves import commitment_of, leaf_of, tag_of
from surveys.records.box import Answered, Arrival, Pass, PendingLeaf, Slot, TownCount, Wave
from surveys.records.kinds import Channel, Mode, PassKind
from tests.collection.samples import CLOSES, NOW, OPENS, TOWN, answers, pass_of, passes, running_wave

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> {{7*7}} '; DROP TABLE arrival;-- \u202e\\ %s 😀"


def count(box: Session, record: type) -> int:
    return box.scalar(select(func.count()).select_from(record)) or 0


def only_arrival(box: Session) -> Arrival:
    return box.scalars(select(Arrival)).one()


def test_an_answer_is_kept_with_its_marks_scores_and_place(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    submit(box, code, answers(k01=["b"]), NOW)
    kept, instrument = only_arrival(box), instrument_of(wave)
    read = instrument.read(answers(k01=["b"]), form="resident")
    assert kept.answers == instrument.canonical(read)
    assert kept.marks == instrument.marks(read)
    assert kept.scores == instrument.scores(read)
    assert kept.cell == "age=3;edu=2;k=2;sex=2"
    place = (kept.stratum, kept.psu, kept.town, kept.base_weight, kept.phase, kept.channel, kept.subject, kept.rater)
    assert place == (TOWN, "p1", TOWN, 12.5, 0, Channel.INVITED, "", "")


def test_the_leaf_commits_to_the_answers_and_its_tag_to_the_receipt_id(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    receipt = submit(box, code, answers(), NOW)
    kept, leaf = only_arrival(box), box.scalars(select(PendingLeaf)).one()
    commitment = commitment_of(kept.commitment_key, kept.answers, wave.instrument_version.sha256, "invited")
    tag = tag_of(wave.log_id, kept.receipt_id)
    assert (leaf.tag, leaf.commitment) == (tag, commitment)
    assert leaf.leaf == leaf_of(wave.log_id, "response", tag, commitment)
    assert receipt.wave_code == "yubei-2021"
    assert len(receipt.code.replace("-", "")) == 13


def test_the_registrar_will_learn_that_an_invited_person_answered_and_no_more(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    submit(box, code, answers(), NOW)
    outbox = box.scalars(select(Answered)).one()
    assert (outbox.registrar_fingerprint, outbox.psu) == (code.fingerprint("registrar"), "p1")


def test_the_same_code_brings_the_same_receipt_whatever_is_posted(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    receipt = submit(box, code, answers(comment=["first"]), NOW)
    kept = only_arrival(box).answers
    for body in (answers(comment=["second"]), {"age": ["nonsense"]}, {}, {"age": ["0"]}):
        assert submit(box, code, body, NOW) == receipt
    assert submit(box, code, answers(), CLOSES + timedelta(days=1)) == receipt
    assert only_arrival(box).answers == kept
    assert (count(box, PendingLeaf), count(box, Answered)) == (1, 1)
    assert box.scalars(select(TownCount)).one().answered == 1


def test_any_code_of_a_slot_spends_it(box: Session) -> None:
    wave = running_wave(box)
    [[first, second, third]] = passes(box, wave, 1, codes_each=3)
    submit(box, second, answers(), NOW)
    for other in (first, third):
        with pytest.raises(SpentCode):
            submit(box, other, answers(), NOW)
        with pytest.raises(SpentCode):
            slot_of(box, other)
    assert count(box, Arrival) == 1


def test_faults_are_named_all_at_once_and_leave_the_code_unspent(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    with pytest.raises(AnswersInvalid) as refused:
        submit(box, code, answers(age=[], k01=["z"], k=["many"]), NOW)
    assert set(refused.value.faults) == {"age", "k01", "k"}
    assert not slot_of(box, code).spent
    submit(box, code, answers(), NOW)


def test_who_is_too_young_leaves_the_code_to_the_household(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    with pytest.raises(Ineligible):
        submit(box, code, answers(age=["0"]), NOW)
    assert not slot_of(box, code).spent
    assert count(box, Arrival) == count(box, Answered) == 0


def test_an_unknown_or_void_code_opens_nothing(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    box.scalars(select(Pass)).one().void = True
    for closed in (code, AccessCode.random()):
        with pytest.raises(UnknownCode):
            submit(box, closed, answers(), NOW)
        with pytest.raises(UnknownCode):
            slot_of(box, closed)


def test_nothing_comes_in_before_opening_or_after_closing(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    with pytest.raises(NotYetOpen):
        submit(box, code, answers(), OPENS - timedelta(seconds=1))
    with pytest.raises(Closed):
        submit(box, code, answers(), CLOSES)
    close_wave(box, wave)
    with pytest.raises(Closed):
        submit(box, code, answers(), NOW)
    assert count(box, Arrival) == 0


def test_after_sealing_a_used_code_is_spent_and_a_fresh_one_belongs_to_the_next_phase(box: Session) -> None:
    wave = running_wave(box)
    [[used], [fresh]] = passes(box, wave, 2)
    submit(box, used, answers(), NOW)
    seal_phase(box, wave)
    with pytest.raises(SpentCode):
        submit(box, used, answers(), NOW)
    submit(box, fresh, answers(), NOW)
    assert only_arrival(box).phase == 1


@pytest.mark.parametrize(
    ("said", "given", "mode"),
    [
        ("self", None, Mode.SELF),
        ("helped", None, Mode.SELF),
        ("98", None, Mode.SELF),
        ("interviewer", None, Mode.INTERVIEWER),
        ("self", Mode.PAPER, Mode.PAPER),
    ],
)
def test_the_mode_is_what_the_form_says_unless_it_is_given(
    box: Session, said: str, given: Mode | None, mode: Mode
) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    submit(box, code, answers(who_filled=[said]), NOW, mode=given)
    assert only_arrival(box).mode is mode


def test_hostile_text_is_kept_exactly(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    submit(box, code, answers(comment=[HOSTILE]), NOW)
    seal_phase(box, wave)
    kept = box.connection().exec_driver_sql("SELECT answers FROM response").scalar_one()
    assert json.loads(bytes(kept))["answers"]["comment"] == HOSTILE


def test_an_open_link_address_is_its_own_key(box: Session) -> None:
    wave = running_wave(box)
    poster = new_poster(box, wave, "library")
    first, second = new_nonce(), new_nonce()
    receipt = submit_open(box, poster.code, first, answers(town=[TOWN]), NOW)
    assert submit_open(box, poster.code, first, {}, NOW) == receipt
    assert submit_open(box, poster.code, second, answers(), NOW) != receipt
    kept = {arrival.town: arrival for arrival in box.scalars(select(Arrival))}
    assert set(kept) == {TOWN, ""}
    assert (kept[TOWN].channel, kept[TOWN].stratum, kept[TOWN].psu) == (Channel.OPEN, "", "")
    assert count(box, Answered) == 0


def test_an_address_that_we_never_gave_out_is_refused(box: Session) -> None:
    wave = running_wave(box)
    poster = new_poster(box, wave, "library")
    for address, nonce in ((poster.code, "short"), (poster.code, "!" * 16), ("nobody", new_nonce())):
        with pytest.raises(NotFound):
            submit_open(box, address, nonce, answers(), NOW)
    with pytest.raises(NotFound):
        new_poster(box, wave, "library", form="nothing")
    assert count(box, Slot) == 0


def test_an_open_address_with_faults_may_be_sent_again_and_after_sealing_is_spent(box: Session) -> None:
    wave = running_wave(box)
    poster, nonce = new_poster(box, wave, "library").code, new_nonce()
    with pytest.raises(AnswersInvalid):
        submit_open(box, poster, nonce, {}, NOW)
    submit_open(box, poster, nonce, answers(), NOW)
    seal_phase(box, wave)
    with pytest.raises(SpentCode):
        submit_open(box, poster, nonce, answers(), NOW)
    with pytest.raises(Closed):
        submit_open(box, poster, new_nonce(), answers(), CLOSES)


def test_an_address_has_one_booklet(box: Session) -> None:
    wave = running_wave(box, booklets=4)
    booklets = [open_booklet(wave, "poster", new_nonce()) for _ in range(100)]
    assert set(booklets) == {0, 1, 2, 3}


def evaluator(box: Session, wave: Wave, channel: Channel, cases: list[str], rater: str) -> AccessCode:
    code = AccessCode.random()
    for case in cases:
        slot = Slot(wave_id=wave.id, channel=channel, form=channel.value, subject=case, rater=rater)
        box.add(slot)
        box.flush()
        box.add(pass_of(code, slot, PassKind.INVITATION))
    box.flush()
    return code


def panel_wave(box: Session) -> Wave:
    return running_wave(box, code="cases", instrument_code="enforcement-evaluation", booklets=1)


def test_an_evaluator_answers_once_for_each_case(box: Session) -> None:
    code = evaluator(box, panel_wave(box), Channel.PANEL, ["c2", "c1"], "lawyers-01")
    assert [slot.subject for slot in evaluations_of(box, code)] == ["c1", "c2"]
    first = submit_evaluation(box, code, "c1", {"recused": ["no"], "body": ["90"]}, NOW)
    assert submit_evaluation(box, code, "c1", {}, NOW) == first
    assert submit_evaluation(box, code, "c2", {"recused": ["yes"]}, NOW) != first
    assert [slot.spent for slot in evaluations_of(box, code)] == [True, True]
    kept = {arrival.subject: arrival for arrival in box.scalars(select(Arrival))}
    assert {arrival.rater for arrival in kept.values()} == {"lawyers-01"}
    assert "case_score" not in kept["c2"].scores
    assert count(box, Answered) == 0


def test_an_evaluator_sees_no_other_case_and_a_resident_none(box: Session) -> None:
    wave = panel_wave(box)
    code = evaluator(box, wave, Channel.PANEL, ["c1"], "lawyers-01")
    evaluator(box, wave, Channel.PANEL, ["c9"], "lawyers-02")
    with pytest.raises(UnknownCode):
        submit_evaluation(box, code, "c9", {"recused": ["no"]}, NOW)
    with pytest.raises(UnknownCode):
        submit(box, code, {"recused": ["no"]}, NOW)
    with pytest.raises(UnknownCode):
        evaluations_of(box, AccessCode.random())


def test_a_partys_answers_carry_no_rater(box: Session) -> None:
    code = evaluator(box, panel_wave(box), Channel.PARTY, ["c1"], "by mistake")
    submit_evaluation(box, code, "c1", {"p_conduct": ["80"]}, NOW)
    assert only_arrival(box).rater == ""


def test_a_town_is_shown_from_ten_and_in_steps_of_ten(box: Session) -> None:
    wave = running_wave(box)
    shown = []
    for [code] in passes(box, wave, 21):
        submit(box, code, answers(), NOW)
        counter = box.scalars(select(TownCount).execution_options(populate_existing=True)).one()
        shown.append(counter.shown)
    assert shown == [0] * 9 + [10] * 10 + [20] * 2


def test_what_is_rolled_back_leaves_nothing(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    poster, nonce = new_poster(box, wave, "library").code, new_nonce()
    box.commit()
    submit(box, code, answers(), NOW)
    submit_open(box, poster, nonce, answers(), NOW)
    box.rollback()
    assert [count(box, record) for record in (Arrival, PendingLeaf, Answered, TownCount)] == [0, 0, 0, 0]
    assert not slot_of(box, code).spent
    submit(box, code, answers(), NOW)
    submit_open(box, poster, nonce, answers(), NOW)
    assert count(box, Arrival) == 2
