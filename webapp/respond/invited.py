"""An invited person's questionnaire: the code of the letter is the address, and the key of the answer."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.entry import evaluations_of, slot_of
from surveys.collection.submit import submit
from surveys.collection.waves import instrument_of, must_be_open
from surveys.errors import Closed, NotYetOpen, UnknownCode
from surveys.records.waves import Wave
from webapp.auth import public
from webapp.respond.blueprint import bp
from webapp.respond.look import Look
from webapp.respond.notices import refusal_page
from webapp.respond.questionnaire import Paper, fresh_page
from webapp.respond.sending import Sending
from webapp.respond.thanks import thanks_page
from webapp.stores import box_reading, clock


@bp.get("/s/<code>")
@public
def questionnaire(code: str) -> ResponseReturnValue:
    """The page of the code's wave, form and booklet; an evaluator's code leads to the cases."""
    parsed = AccessCode.parse(code)
    with box_reading() as box:
        try:
            paper = paper_behind(box, parsed)
        except UnknownCode:
            evaluations_of(box, parsed)
            return redirect(url_for("evaluate.cases", code=code, **Look.of_request().kept), HTTPStatus.SEE_OTHER)
        try:
            must_be_open(paper.wave, clock())
        except (NotYetOpen, Closed) as refusal:
            return refusal_page(refusal, paper.wave)
        return fresh_page(paper)


@bp.post("/s/<code>")
@public
def answers(code: str) -> ResponseReturnValue:
    """All answers at once; the same code brings the same receipt again, whatever is posted with it."""
    parsed = AccessCode.parse(code)
    sending = Sending(
        paper=lambda box: paper_behind(box, parsed),
        keep=lambda box, given, now: submit(box, parsed, given, now),
        thanks=thanks_page,
    )
    return sending.received()


def paper_behind(box: Session, code: AccessCode) -> Paper:
    """The paper of an unspent code; raises UnknownCode, SpentCode."""
    slot = slot_of(box, code)
    wave = box.get_one(Wave, slot.wave_id)
    instrument = instrument_of(wave)
    return Paper(wave, instrument, instrument.form(slot.form), slot.booklet)
