"""A panel member's lost code: the old one opens nothing any more, a new one opens what is not evaluated yet."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from surveys.cases.declared import PANEL
from surveys.cases.evaluators import Invited, pass_to
from surveys.collection.codes import AccessCode
from surveys.errors import Conflict, NotFound
from surveys.records.passes import Pass, Slot
from surveys.records.registers import Evaluator


def member_of(registrar: Session, wave_id: int, rater: str) -> Evaluator:
    """The panel member behind a pseudonym; raises NotFound."""
    found = registrar.scalar(
        select(Evaluator).where(Evaluator.wave_id == wave_id, Evaluator.kind == PANEL, Evaluator.rater == rater)
    )
    if found is None:
        raise NotFound("cases.no_rater", rater=rater)
    return found


def renew_passes(box: Session, wave_id: int, member: Evaluator) -> Invited:
    """Void every pass of a member and open the cases not evaluated yet with a new code.

    Raises Conflict when nothing is left to evaluate; nothing is changed then.
    """
    theirs = select(Slot).where(Slot.wave_id == wave_id, Slot.rater == member.rater, Slot.rater != "")
    slots = list(box.scalars(theirs.order_by(Slot.subject)))
    waiting = [slot for slot in slots if not slot.spent]
    if not waiting:
        raise Conflict("cases.nothing_left", rater=member.rater)
    box.execute(update(Pass).where(Pass.slot_id.in_([slot.id for slot in slots])).values(void=True))
    code, batch = AccessCode.random(), uuid4()
    box.execute(insert(Pass), [pass_to(slot.id, code, slot.subject, wave_id, batch) for slot in waiting])
    cases = tuple(slot.subject for slot in waiting)
    return Invited(PANEL, member.panel_group, member.name, member.rater, code, cases)


def write_renewed(registrar: Session, member: Evaluator, invited: Invited) -> None:
    """The same with the registrar; only after the box has it may the letter be printed."""
    member.registrar_fingerprint = invited.code.fingerprint("registrar")
    registrar.flush()
