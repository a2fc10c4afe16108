"""The open link: each visit to the printed address is sent on to an address of its own, which is the answer's key."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.collection.codes import new_nonce
from surveys.collection.entry import open_booklet, poster_by_code
from surveys.collection.submit import submit_open
from surveys.collection.waves import instrument_of, must_be_open
from surveys.errors import Closed, NotYetOpen
from surveys.records.waves import Wave
from webapp.auth import public
from webapp.respond.blueprint import bp
from webapp.respond.look import Look
from webapp.respond.notices import refusal_page
from webapp.respond.questionnaire import Paper, fresh_page
from webapp.respond.sending import Sending
from webapp.respond.thanks import thanks_page
from webapp.stores import box_reading, clock


@bp.get("/o/<poster>")
@public
def arrive(poster: str) -> ResponseReturnValue:
    """On to a fresh address; nothing is kept of the visit."""
    with box_reading() as box:
        poster_by_code(box, poster)
    address = url_for("respond.open_questionnaire", poster=poster, nonce=new_nonce(), **Look.of_request().kept)
    onward = redirect(address, HTTPStatus.SEE_OTHER)
    onward.headers["Cache-Control"] = "no-store"
    return onward


@bp.get("/o/<poster>/<nonce>")
@public
def open_questionnaire(poster: str, nonce: str) -> ResponseReturnValue:
    """The volunteers' form."""
    with box_reading() as box:
        paper = paper_at(box, poster, nonce)
        try:
            must_be_open(paper.wave, clock())
        except (NotYetOpen, Closed) as refusal:
            return refusal_page(refusal, paper.wave)
        return fresh_page(paper)


@bp.post("/o/<poster>/<nonce>")
@public
def open_answers(poster: str, nonce: str) -> ResponseReturnValue:
    """All answers at once; the same address brings the same receipt again."""
    another = url_for("respond.arrive", poster=poster, **Look.of_request().kept)
    sending = Sending(
        paper=lambda box: paper_at(box, poster, nonce),
        keep=lambda box, given, now: submit_open(box, poster, nonce, given, now),
        thanks=partial(thanks_page, another=another),
    )
    return sending.received()


def paper_at(box: Session, poster: str, nonce: str) -> Paper:
    """The paper of an open-link address; raises NotFound for a poster or nonce that is not ours."""
    printed = poster_by_code(box, poster)
    wave = box.get_one(Wave, printed.wave_id)
    instrument = instrument_of(wave)
    return Paper(wave, instrument, instrument.form(printed.form), open_booklet(wave, poster, nonce), about="open")
