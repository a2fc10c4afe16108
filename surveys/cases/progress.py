"""How the evaluations stand: counts, and never a mark before the wave is closed.

Panel members are confidential, not anonymous: whether one has evaluated a case may be seen. Parties of a case are few
and known: their answers are counted over all cases only, and shown from 10 on (measurement rules, "Time").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case as when
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.cases.declared import score_of
from surveys.cases.evaluators import letters_made
from surveys.cases.members import members_of
from surveys.cases.store import drawn_cases
from surveys.collection.progress import shown_by_town
from surveys.errors import NotYetOpen
from surveys.instrument.instrument import Instrument
from surveys.instrument.missing import Missing
from surveys.records.evaluations import DrawnCase
from surveys.records.kinds import Channel, WaveState
from surveys.records.passes import Slot
from surveys.records.responses import Response
from surveys.records.waves import Wave

FEWEST_PARTIES = 5  # below this even a closed wave does not say how many parties answered


@dataclass(frozen=True)
class CaseProgress:
    """One drawn case: panel members invited to it, and those who have sent it, recusals included."""

    case: DrawnCase
    invited: int
    done: int


@dataclass(frozen=True)
class MemberProgress:
    """One panel member: cases invited to, and cases sent."""

    rater: str
    group: str
    name: str
    invited: int
    done: int


@dataclass(frozen=True)
class PartyProgress:
    """Parties over all cases: letters made, and answers; None while they are too few to be shown."""

    letters: int
    answered: int | None


@dataclass(frozen=True)
class Recusal:
    """A panel member who withdrew from a case."""

    case_code: str
    rater: str


def case_progress(box: Session, wave_id: int) -> list[CaseProgress]:
    """Every drawn case in register order."""
    counts = _counts(box, wave_id, by_rater=False)
    return [CaseProgress(case, *counts.get(case.code, (0, 0))) for case in drawn_cases(box, wave_id)]


def member_progress(box: Session, registrar: Session, wave_id: int, groups: Iterable[str] = ()) -> list[MemberProgress]:
    """Every panel member by group, in the order of `groups`, and by pseudonym."""
    counts = _counts(box, wave_id, by_rater=True)
    places = {group: place for place, group in enumerate(groups)}
    found = [
        MemberProgress(one.rater, one.panel_group, one.name, *counts.get(one.rater, (0, 0)))
        for one in members_of(registrar, wave_id)
    ]
    return sorted(found, key=lambda one: places.get(one.group, len(places)))


def party_progress(box: Session, registrar: Session, wave: Wave) -> PartyProgress:
    """Counted over all cases; in steps of 10 while the wave runs, and the true number from 5 on when it is closed."""
    shown = sum(shown_by_town(box, wave, Channel.PARTY).values())
    return PartyProgress(letters_made(registrar, wave.id), shown if shown >= FEWEST_PARTIES else None)


def letters_by_case(box: Session, wave_id: int) -> Counter[str]:
    """Party letters made for each case."""
    of_party = (Slot.wave_id == wave_id, Slot.channel == Channel.PARTY)
    by_case = select(Slot.subject, func.count()).where(*of_party).group_by(Slot.subject)
    return Counter({case: count for case, count in box.execute(by_case)})


def recusals(box: Session, wave: Wave, instrument: Instrument) -> list[Recusal]:
    """Who withdrew from which case: sent it without being asked for a single mark. By case, then pseudonym.

    Raises NotYetOpen before the wave has closed: until then answers are not looked at.
    """
    if wave.state is not WaveState.CLOSED:
        raise NotYetOpen("cases.after_closing", wave=wave.code)
    score = score_of(instrument)
    asked = {question.code for question in score.questions} if score else set()
    places = [item.position - 1 for item in instrument.items if item.question in asked]
    sealed = select(Response.subject, Response.rater, Response.marks).where(
        Response.wave_id == wave.id, Response.channel == Channel.PANEL
    )
    withdrawn = [
        Recusal(case, rater)
        for case, rater, marks in box.execute(sealed)
        if all(marks[place] == Missing.NOT_ASKED.mark for place in places)
    ]
    return sorted(withdrawn, key=lambda one: (one.case_code, one.rater))


def _counts(box: Session, wave_id: int, by_rater: bool) -> dict[str, tuple[int, int]]:
    key = Slot.rater if by_rater else Slot.subject
    done = func.sum(when((Slot.spent, 1), else_=0))
    found = select(key, func.count(), done).where(Slot.wave_id == wave_id, Slot.channel == Channel.PANEL).group_by(key)
    return {name: (invited, int(sent)) for name, invited, sent in box.execute(found)}
