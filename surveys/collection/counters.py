"""Counters by town: what may be seen while a wave runs, since no answer may."""

from __future__ import annotations

from sqlalchemy import case, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.records.kinds import Channel
from surveys.records.passes import TownCount

STEP = 10  # a shown count moves by no fewer, so that no single answer can be watched coming in


def count_one(box: Session, wave_id: int, town: str, channel: Channel) -> None:
    """One more answer from a town; `shown` follows in steps of at least 10."""
    if _add_one(box, wave_id, town, channel):
        return
    try:
        with box.begin_nested():
            box.add(TownCount(wave_id=wave_id, town=town, channel=channel, answered=1, shown=0))
    except IntegrityError:  # another transaction was the town's first
        _add_one(box, wave_id, town, channel)


def _add_one(box: Session, wave_id: int, town: str, channel: Channel) -> bool:
    answered = TownCount.answered + 1
    counted = (
        update(TownCount)
        .where(TownCount.wave_id == wave_id, TownCount.town == town, TownCount.channel == channel)
        .values(answered=answered, shown=case((answered - TownCount.shown >= STEP, answered), else_=TownCount.shown))
        .returning(TownCount.town)
        .execution_options(synchronize_session=False)
    )
    return box.scalar(counted) is not None
