"""A questionnaire on its way in: taken once, or shown again with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, request
from sqlalchemy.orm import Session

from surveys.collection.waves import wave_by_code
from surveys.errors import AnswersInvalid, Closed, Ineligible, NotYetOpen
from surveys.instrument import RawAnswers
from surveys.ledger.receipts import Receipt
from surveys.records.waves import Wave
from webapp.cross_site import refuse_cross_site
from webapp.respond.notices import refusal_page
from webapp.respond.questionnaire import Paper, filled_page
from webapp.stores import STORE_FAULTS, box_reading, box_transaction, clock
from webapp.words import word

REDRAW = "redraw"  # posted by the buttons that change size or language
RETRY_SECONDS = "10"


@dataclass(frozen=True)
class Sending:
    """What differs between an invited person, a volunteer and an evaluator.

    `paper` is what was answered (raises Refusal), `keep` takes it in, `thanks` is the page afterwards.
    """

    paper: Callable[[Session], Paper]
    keep: Callable[[Session, RawAnswers, datetime], Receipt]
    thanks: Callable[[Receipt, Wave], Response]

    def received(self) -> Response:
        """The answer to a POST: thanks, or the page again with its faults. Raises UnknownCode, SpentCode, NotFound."""
        given = RawAnswers(request.form)
        if refuse_cross_site(request):
            return self._again(given, HTTPStatus.FORBIDDEN, "page.cross_site")
        if REDRAW in request.form:
            return self._again(given, HTTPStatus.OK)
        try:
            with box_transaction() as box:
                receipt = self.keep(box, given, clock())
                wave = wave_by_code(box, receipt.wave_code)
        except AnswersInvalid as refusal:
            return self._again(given, HTTPStatus.UNPROCESSABLE_ENTITY, faults=refusal)
        except (Ineligible, NotYetOpen, Closed) as refusal:
            return refusal_page(refusal, self._wave())
        except STORE_FAULTS:  # disk full, database away: not acknowledged, and nothing typed is lost
            return self._unsaved(given)
        return self.thanks(receipt, wave)

    def _again(
        self, given: RawAnswers, status: HTTPStatus, warning: str = "", faults: AnswersInvalid | None = None
    ) -> Response:
        with box_reading() as box:
            paper = self.paper(box)
            return filled_page(paper, given, status, faults.faults if faults else {}, word(warning) if warning else "")

    def _unsaved(self, given: RawAnswers) -> Response:
        page = self._again(given, HTTPStatus.SERVICE_UNAVAILABLE, "page.busy")
        page.headers["Retry-After"] = RETRY_SECONDS
        return page

    def _wave(self) -> Wave:
        with box_reading() as box:
            return self.paper(box).wave
