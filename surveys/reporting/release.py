"""Releasing what was prepared, and finding what was released. Officials see nothing before; nothing is edited after.

Imports nothing heavy: web pages use it. Preparing stands in surveys.reporting.prepare.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.errors import Conflict, NotFound
from surveys.records.kinds import Audience
from surveys.records.releases import Release, Rendition
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition, edition


def release(box: Session, prepared: Release, by: str, now: datetime) -> Release:
    """Let officials see a prepared release; `by` names who decided. Raises Conflict when it is out already."""
    if prepared.released_at is not None:
        raise Conflict("release.already_released", number=prepared.number)
    prepared.released_at, prepared.released_by = now, by
    box.flush()
    return prepared


def released(box: Session, wave: Wave, number: int | None = None) -> Release:
    """A released release of a wave by number, the latest without one; raises NotFound, also for one only prepared."""
    out = select(Release).where(Release.wave_id == wave.id, Release.released_at.is_not(None))
    if number is not None:
        out = out.where(Release.number == number)
    found = box.scalars(out.order_by(Release.number.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound("release.unknown", wave=wave.code, number=number)
    return found


def releases_of(box: Session, wave: Wave) -> list[Release]:
    """All releases of a wave, prepared ones too, the newest first: for the assessor."""
    return list(box.scalars(select(Release).where(Release.wave_id == wave.id).order_by(Release.number.desc())))


def released_edition(box: Session, wave: Wave, audience: Audience, number: int | None = None) -> Edition:
    """What an audience may read of a released release; raises NotFound."""
    return edition(box, released(box, wave, number), audience)


def superseded_by(box: Session, old: Release) -> Release | None:
    """The released erratum that corrects a release, if there is one."""
    errata = select(Release).where(Release.erratum_of == old.id, Release.released_at.is_not(None))
    return box.scalars(errata.order_by(Release.number.desc()).limit(1)).one_or_none()


def rendition(box: Session, of: Release, audience: Audience, form: str) -> Rendition:
    """A file of a release exactly as it was rendered; raises NotFound."""
    found = box.get(Rendition, (of.id, audience, form))
    if found is None:
        raise NotFound("release.no_rendition", number=of.number, format=form)
    return found


def renditions(box: Session, of: Release, audience: Audience) -> list[Rendition]:
    """Every file of a release for an audience, by format."""
    mine = select(Rendition).where(Rendition.release_id == of.id, Rendition.audience == audience)
    return list(box.scalars(mine.order_by(Rendition.format)))


def next_number(box: Session, wave_id: int) -> int:
    """Numbers count from 1 within a wave and are never used again."""
    return (box.scalar(select(func.max(Release.number)).where(Release.wave_id == wave_id)) or 0) + 1
