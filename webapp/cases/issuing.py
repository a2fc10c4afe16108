"""Letting evaluators in: box first, then registrar, then the letters, whose codes are in memory only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response
from sqlalchemy.orm import Session

from surveys.cases.declared import panel_groups
from surveys.cases.evaluators import (
    Invited,
    begin_inviting,
    must_take_evaluators,
    sweep_orphans,
    write_evaluator_passes,
    write_evaluators,
)
from surveys.cases.letters import evaluator_letters
from surveys.cases.reissue import member_of, renew_passes, write_renewed
from surveys.cases.store import drawn_cases
from surveys.collection.letters.pdf import letters_pdf
from surveys.collection.letters.wording import evaluator_head
from surveys.collection.publish import instrument_of
from surveys.collection.sealing import shared
from surveys.errors import Conflict
from surveys.records.waves import Wave
from webapp.cases.assess import noted
from webapp.stores import box_reading, box_transaction, current_settings, registrar_transaction

Chosen = Callable[[Session], Sequence[Invited]]


def let_in(wave: Wave, choose: Chosen, action: str) -> Sequence[Invited]:
    """Evaluators whom box and registrar know when this returns; `choose` picks them while others wait.

    Raises Conflict for a closed wave, before the draw, or when letters would lead to this machine alone.
    """
    must_lead_somewhere(wave)
    with registrar_transaction() as registrar:
        known = begin_inviting(registrar, wave.id)
        invited = choose(registrar)
        with box_transaction() as box:
            must_take_evaluators(shared(box, wave.id))
            sweep_orphans(box, wave.id, known)
            write_evaluator_passes(box, wave.id, invited)
        write_evaluators(registrar, wave.id, invited)
        noted(registrar, action, wave, letters=len(invited))
    return invited


def renew(wave: Wave, rater: str) -> Invited:
    """A new code for a panel member; the old one opens nothing any more."""
    must_lead_somewhere(wave)
    with registrar_transaction() as registrar:
        known = begin_inviting(registrar, wave.id)
        member = member_of(registrar, wave.id, rater)
        with box_transaction() as box:
            must_take_evaluators(shared(box, wave.id))
            sweep_orphans(box, wave.id, known)
            invited = renew_passes(box, wave.id, member)
        write_renewed(registrar, member, invited)
        noted(registrar, "cases.reissue", wave, rater=rater)
    return invited


def must_lead_somewhere(wave: Wave) -> None:
    """Raises Conflict when a real wave's letters would carry an address of this machine only."""
    if not wave.synthetic and current_settings().leads_nowhere:
        raise Conflict("cases.loopback", address=current_settings().public_url)


def letters_response(wave: Wave, invited: Sequence[Invited], filename: str) -> Response:
    """The letters as a PDF to download, typeset in memory and kept nowhere."""
    with box_reading() as box:
        cases = {case.code: case for case in drawn_cases(box, wave.id)}
    groups, origin = panel_groups(instrument_of(wave)), current_settings().public_url
    letters = evaluator_letters(invited, groups, cases, origin)
    response = Response(letters_pdf(evaluator_head(wave, invited[0].kind), letters), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Cache-Control"] = "no-store"
    return response
