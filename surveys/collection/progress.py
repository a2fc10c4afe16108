"""How the fieldwork stands: counters and response rates. Nothing here looks at an outcome."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from surveys.collection.contacts import latest_dispositions
from surveys.errors import NotYetOpen
from surveys.records.frames import Invitation, Unit
from surveys.records.kinds import Channel, Disposition, WaveState
from surveys.records.passes import TownCount
from surveys.records.responses import Response
from surveys.records.waves import Wave

EXPECTED = "expected_response"  # of the wave's plan: answers per letter, 0 to 1


@dataclass(frozen=True)
class TownProgress:
    """One town: letters issued, answers as shown (from 10, in steps of 10 until the closing), answers expected."""

    town: str
    issued: int
    answered: int
    expected: int | None


@dataclass(frozen=True)
class FieldworkCounts:
    """Every issued unit once, by AAPOR's words; `unknown` are those nothing is known of."""

    issued: int
    completes: int
    partials: int
    ineligible: int
    refused: int
    non_contact: int
    other: int
    unknown: int

    @property
    def rr1(self) -> float | None:
        """I / (issued - known ineligible); None when nobody eligible was issued."""
        return _share(self.completes, self.issued - self.ineligible)


def town_progress(box: Session, registrar: Session, wave: Wave) -> list[TownProgress]:
    """The towns with letters or answers, by code; invited answers only."""
    issued, answered = issued_by_town(registrar, wave.id), shown_by_town(box, wave, Channel.INVITED)
    share = wave.plan.get(EXPECTED)
    return [
        TownProgress(town, issued.get(town, 0), answered.get(town, 0), _expected(issued.get(town, 0), share))
        for town in sorted(issued | answered)
    ]


def issued_by_town(registrar: Session, wave_id: int) -> dict[str, int]:
    """Units with a letter, by town."""
    invited = select(Invitation.unit_id).where(Invitation.wave_id == wave_id)
    by_town = select(Unit.town, func.count()).where(Unit.id.in_(invited)).group_by(Unit.town)
    return {town: count for town, count in registrar.execute(by_town)}


def shown_by_town(box: Session, wave: Wave, channel: Channel) -> dict[str, int]:
    """Answers by town as they may be shown: the stepped counters, and after the closing the true ones."""
    count = TownCount.answered if wave.state is WaveState.CLOSED else TownCount.shown
    by_town = select(TownCount.town, count).where(TownCount.wave_id == wave.id, TownCount.channel == channel)
    return {town: number for town, number in box.execute(by_town)}


def response_so_far(box: Session, registrar: Session, wave: Wave) -> float | None:
    """Answers shown / (issued - known ineligible), for the whole wave; RR1 itself waits for the closing."""
    issued = sum(issued_by_town(registrar, wave.id).values())
    answered = sum(shown_by_town(box, wave, Channel.INVITED).values())
    return _share(answered, issued - _dispositions(registrar, wave.id)[Disposition.INELIGIBLE])


def fieldwork_counts(box: Session, registrar: Session, wave: Wave) -> FieldworkCounts:
    """What became of every issued unit; raises NotYetOpen before the closing.

    Who answered in small PSUs is not known to the registrar, so that their last contact may be a "nobody there". Such
    entries give way: what the box counts is counted first, then refusals, then non-contacts, then others.
    """
    if wave.state is not WaveState.CLOSED:
        raise NotYetOpen("progress.after_closing", wave=wave.code)
    issued = sum(issued_by_town(registrar, wave.id).values())
    completes, partials = _completes_and_partials(box, wave.id)
    known = _dispositions(registrar, wave.id)
    left = max(issued - completes - partials, 0)
    parts: dict[Disposition, int] = {}
    for disposition in (Disposition.INELIGIBLE, Disposition.REFUSED, Disposition.NON_CONTACT, Disposition.OTHER):
        parts[disposition] = min(known[disposition], left)
        left -= parts[disposition]
    by_name = {disposition.value: count for disposition, count in parts.items()}
    return FieldworkCounts(issued=issued, completes=completes, partials=partials, unknown=left, **by_name)


def _completes_and_partials(box: Session, wave_id: int) -> tuple[int, int]:
    complete = func.coalesce(func.sum(case((Response.scores["complete"].as_float() == 1, 1), else_=0)), 0)
    invited = select(complete, func.count()).where(Response.wave_id == wave_id, Response.channel == Channel.INVITED)
    completes, total = box.execute(invited).one()
    return completes, total - completes


def _dispositions(registrar: Session, wave_id: int) -> dict[Disposition, int]:
    """Units by their last entry, those known to have answered left out."""
    answered = set(
        registrar.scalars(select(Invitation.unit_id).where(Invitation.wave_id == wave_id, Invitation.answered))
    )
    counts = dict.fromkeys(Disposition, 0)
    for unit_id, disposition in latest_dispositions(registrar, wave_id).items():
        if unit_id not in answered:
            counts[disposition] += 1
    return counts


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _expected(issued: int, share: float | None) -> int | None:
    return None if share is None else round(issued * share)
