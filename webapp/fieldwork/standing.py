"""How far the fieldwork is, by town; nothing here looks at an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.collection.counters import STEP
from surveys.collection.progress import TownProgress, town_progress
from surveys.records.areas import Area
from surveys.records.kinds import WaveState
from surveys.records.waves import Wave
from webapp.fieldwork.places import towns_of
from webapp.fieldwork.sample import town_words


@dataclass(frozen=True)
class TownStanding:
    """One town with its name; `by_now` is what a steady pace would have brought, None without a plan."""

    town: str
    name: str
    issued: int
    answered: int
    by_now: int | None
    few: bool  # fewer than may be shown

    @property
    def pace(self) -> str:
        """ "behind", "ahead" or nothing, for words beside the bar."""
        if self.by_now is None or self.few:
            return ""
        return "behind" if self.answered < self.by_now else "ahead"


def standing(box: Session, registrar: Session, wave: Wave, now: datetime) -> list[TownStanding]:
    """The towns in register order."""
    towns = towns_of(box, wave)
    found = {town.town: town for town in town_progress(box, registrar, wave)}
    order = [code for code in towns if code in found] + sorted(found.keys() - towns.keys())
    return [_standing(found[code], towns, wave, now) for code in order]


def elapsed(wave: Wave, now: datetime) -> float:
    """The share of the planned time that has gone by, 0 to 1."""
    planned = (wave.closes_at - wave.opens_at).total_seconds()
    return min(1.0, max(0.0, (now - wave.opens_at).total_seconds() / planned))


def _standing(town: TownProgress, towns: dict[str, Area], wave: Wave, now: datetime) -> TownStanding:
    closed = wave.state is WaveState.CLOSED
    share = 1.0 if closed else elapsed(wave, now)
    by_now = None if town.expected is None else round(town.expected * share)
    few = not closed and town.answered < STEP
    return TownStanding(town.town, town_words(towns, town.town), town.issued, town.answered, by_now, few)
