"""Evaluators' public pages: their cases, and one evaluation a case. Confidential, never called anonymous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.entry import evaluations_of, slot_of
from surveys.collection.submit import submit_evaluation
from surveys.collection.waves import instrument_of, must_be_open
from surveys.errors import Closed, NotYetOpen, Refusal
from surveys.ledger.receipts import Receipt
from surveys.records.evaluations import DrawnCase
from surveys.records.passes import Slot
from surveys.records.waves import Wave
from webapp.auth import public
from webapp.respond.look import Look
from webapp.respond.notices import closed, door, notice_page, refusal_page
from webapp.respond.questionnaire import Paper, fresh_page
from webapp.respond.sending import Sending
from webapp.stores import box_reading, clock

bp = Blueprint("evaluate", __name__)


@dataclass(frozen=True)
class Assignment:
    """One case of an evaluator, and whether it has been evaluated."""

    case: DrawnCase
    done: bool
    address: str


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """The same kind pages as the residents'."""
    return refusal_page(refusal)


@bp.after_request
def unstored(response: Response) -> Response:
    """What an evaluator is asked about stays on no phone."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/e/<code>")
@public
def cases(code: str) -> ResponseReturnValue:
    """An evaluator's cases, and only those."""
    parsed = AccessCode.parse(code)
    with box_reading() as box:
        slots = evaluations_of(box, parsed)
        wave = box.get_one(Wave, slots[0].wave_id)
        if shut := shut_page(wave):
            return shut
        listed = assignments(box, slots, code)
        done = sum(assignment.done for assignment in listed)
        return render_template(
            "evaluate/cases.html", wave=wave, listed=listed, done=done, channel=slots[0].channel, look=Look.of_request()
        )


@bp.get("/e/<code>/<case>")
@public
def case_page(code: str, case: str) -> ResponseReturnValue:
    """One case's form; recusal is its first question."""
    parsed = AccessCode.parse(code)
    with box_reading() as box:
        paper = paper_about(box, parsed, case)
        return shut_page(paper.wave) or fresh_page(paper)


@bp.post("/e/<code>/<case>")
@public
def evaluation(code: str, case: str) -> ResponseReturnValue:
    """One evaluation, kept once; the same code and case bring the same receipt again."""
    parsed = AccessCode.parse(code)
    onward = url_for("evaluate.cases", code=code, **Look.of_request().kept)
    sending = Sending(
        paper=lambda box: paper_about(box, parsed, case),
        keep=lambda box, given, now: submit_evaluation(box, parsed, case, given, now),
        thanks=lambda receipt, wave: thanks_page(receipt, wave, onward),
    )
    return sending.received()


def shut_page(wave: Wave) -> Response | None:
    """The kind page while a wave takes nothing; an evaluation has no right answers to lead on to."""
    try:
        must_be_open(wave, clock())
    except NotYetOpen as refusal:
        return refusal_page(refusal, wave)
    except Closed:
        return notice_page(replace(closed(wave), onward=door()))
    return None


def paper_about(box: Session, code: AccessCode, case: str) -> Paper:
    """The form about one case; raises UnknownCode for another evaluator's case, SpentCode."""
    slot = slot_of(box, code, subject=case)
    wave = box.get_one(Wave, slot.wave_id)
    instrument = instrument_of(wave)
    return Paper(
        wave,
        instrument,
        instrument.form(slot.form),
        slot.booklet,
        template="evaluate/case.html",
        about=slot.channel.value,
        case=box.get_one(DrawnCase, (wave.id, case)),
    )


def assignments(box: Session, slots: Sequence[Slot], code: str) -> list[Assignment]:
    """What is still to do first, each part in register order."""
    found = [
        Assignment(
            box.get_one(DrawnCase, (slot.wave_id, slot.subject)),
            slot.spent,
            url_for("evaluate.case_page", code=code, case=slot.subject, **Look.of_request().kept),
        )
        for slot in slots
    ]
    return sorted(found, key=lambda assignment: (assignment.done, assignment.case.position))


def thanks_page(receipt: Receipt, wave: Wave, onward: str) -> Response:
    """Thanks, the receipt, and the way back to the other cases."""
    return make_response(
        render_template("evaluate/thanks.html", receipt=receipt.code, wave=wave, onward=onward, look=Look.of_request())
    )
