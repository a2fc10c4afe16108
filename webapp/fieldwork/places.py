"""The areas a wave is about: those one can choose, and the towns of the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.records.areas import Area, as_of
from surveys.records.waves import Wave


def areas_with_towns(box: Session) -> Sequence[Area]:
    """Areas that have towns below them, the latest of each code, in register order."""
    parents = select(Area.scheme, Area.parent).where(Area.parent != "").distinct().subquery()
    above = (Area.scheme == parents.c.scheme) & (Area.code == parents.c.parent)
    found = box.scalars(select(Area).join(parents, above).order_by(Area.scheme, Area.code, Area.valid_from)).all()
    return list({(area.scheme, area.code): area for area in found}.values())


def area_in(box: Session, scheme: str, code: str) -> Area | None:
    """The latest area under a code, if there is one."""
    of_code = select(Area).where(Area.scheme == scheme, Area.code == code)
    return box.scalars(of_code.order_by(Area.valid_from.desc())).first()


def towns_of(box: Session, wave: Wave) -> dict[str, Area]:
    """The wave's towns by code, in register order, each as it stood when the wave opens (else as it stood last)."""
    below = select(Area).where(Area.scheme == wave.area_scheme, Area.parent == wave.area_code)
    return {area.code: area for area in as_of(box.scalars(below), local_day(wave.opens_at, wave.time_zone))}


def local_day(instant: datetime, zone: str) -> date:
    """The date people there read on the calendar."""
    return instant.astimezone(ZoneInfo(zone)).date()
