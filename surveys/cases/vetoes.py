"""Vetoes: what panel members ticked, and which of them two assessors confirmed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from surveys.errors import NotFound
from surveys.instrument.instrument import Instrument
from surveys.records.evaluations import DrawnCase, VetoConfirmation
from surveys.records.kinds import Channel
from surveys.records.responses import Response

CONFIRMATIONS = 2
TICKED = "1"


@dataclass(frozen=True)
class VetoRaised:
    """A veto item in a case: how many panel members ticked it, and which assessors confirmed it."""

    case_code: str
    item: str
    raised: int
    confirmed_by: frozenset[str]

    @property
    def counts(self) -> bool:
        """Whether it changes the case's grade."""
        return len(self.confirmed_by) >= CONFIRMATIONS


def vetoes_raised(box: Session, wave_id: int, instrument: Instrument) -> list[VetoRaised]:
    """Every veto item ticked by a panel member in the sealed answers of a wave, in case order."""
    places = {
        item.code: item.position - 1 for item in instrument.items if instrument.questions[item.question].type.is_veto
    }
    marks = box.execute(
        select(Response.subject, Response.marks).where(Response.wave_id == wave_id, Response.channel == Channel.PANEL)
    )
    ticked = Counter((case, item) for case, kept in marks for item, place in places.items() if kept[place] == TICKED)
    confirmed = _confirmations(box, wave_id)
    return [
        VetoRaised(case, item, count, frozenset(confirmed.get((case, item), ())))
        for (case, item), count in sorted(ticked.items())
    ]


def confirm_veto(box: Session, wave_id: int, case_code: str, item: str, assessor: str) -> None:
    """One assessor confirms a veto item; confirming twice changes nothing. Raises NotFound for a case not drawn."""
    drawn = box.scalar(select(func.count()).where(DrawnCase.wave_id == wave_id, DrawnCase.code == case_code))
    if not drawn:
        raise NotFound("cases.not_drawn", case=case_code)
    box.merge(VetoConfirmation(wave_id=wave_id, case_code=case_code, item=item, assessor=assessor))


def withdraw_veto(box: Session, wave_id: int, case_code: str, item: str, assessor: str) -> None:
    """Take one's own confirmation back."""
    box.execute(
        delete(VetoConfirmation).where(
            VetoConfirmation.wave_id == wave_id,
            VetoConfirmation.case_code == case_code,
            VetoConfirmation.item == item,
            VetoConfirmation.assessor == assessor,
        )
    )


def _confirmations(box: Session, wave_id: int) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in box.scalars(select(VetoConfirmation).where(VetoConfirmation.wave_id == wave_id)):
        found.setdefault((row.case_code, row.item), []).append(row.assessor)
    return found
