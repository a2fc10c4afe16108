"""Vetoes: what panel members ticked, and which of them two assessors confirmed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotFound, NotYetOpen
from surveys.instrument.instrument import Instrument
from surveys.records.evaluations import VetoConfirmation
from surveys.records.kinds import Channel, WaveState
from surveys.records.releases import Release
from surveys.records.responses import Response
from surveys.records.waves import Wave

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
    """One assessor confirms a veto item that the panel raised; confirming twice changes nothing.

    Raises NotYetOpen before the closing, Conflict after the release, NotFound for what nobody raised.
    """
    wave = _to_decide(box, wave_id)
    raised = {(veto.case_code, veto.item) for veto in vetoes_raised(box, wave_id, instrument_of(wave))}
    if (case_code, item) not in raised:
        raise NotFound("cases.veto_not_raised", case=case_code, item=item)
    key = {"wave_id": wave_id, "case_code": case_code, "item": item, "assessor": assessor}
    if box.get(VetoConfirmation, tuple(key.values())) is not None:
        return
    try:
        with box.begin_nested():
            box.add(VetoConfirmation(**key))
    except IntegrityError:  # the same assessor was quicker in another window
        return


def withdraw_veto(box: Session, wave_id: int, case_code: str, item: str, assessor: str) -> None:
    """Take one's own confirmation back; raises NotYetOpen and Conflict as confirming does."""
    _to_decide(box, wave_id)
    box.execute(
        delete(VetoConfirmation).where(
            VetoConfirmation.wave_id == wave_id,
            VetoConfirmation.case_code == case_code,
            VetoConfirmation.item == item,
            VetoConfirmation.assessor == assessor,
        )
    )


def is_released(box: Session, wave_id: int) -> bool:
    """Whether figures of the wave were released: from then on its grades stand."""
    released = select(Release.id).where(Release.wave_id == wave_id, Release.released_at.is_not(None)).limit(1)
    return box.scalar(released) is not None


def _to_decide(box: Session, wave_id: int) -> Wave:
    wave = box.get_one(Wave, wave_id, with_for_update={"read": True})
    if wave.state is not WaveState.CLOSED:
        raise NotYetOpen("cases.after_closing", wave=wave.code)
    if is_released(box, wave_id):
        raise Conflict("cases.released", wave=wave.code)
    return wave


def _confirmations(box: Session, wave_id: int) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in box.scalars(select(VetoConfirmation).where(VetoConfirmation.wave_id == wave_id)):
        found.setdefault((row.case_code, row.item), []).append(row.assessor)
    return found
