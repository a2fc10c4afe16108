"""Which releases an account may open: officials what was released, assessors what they prepared, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from surveys.errors import NotFound
from surveys.records.kinds import Audience, Role
from surveys.records.releases import Figure, Release
from surveys.records.staff import Account
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition, edition
from surveys.reporting.release import releases_of
from webapp import auth, grants

READERS = (Role.OFFICIAL, Role.ASSESSOR)
AUDIENCE = Audience.OFFICIAL  # whoever signs in here reads what passed the officials' gate


@dataclass(frozen=True)
class Opened:
    """A release somebody may read, and how much of it: `areas` are town code prefixes, None is everywhere."""

    release: Release
    wave: Wave
    areas: tuple[str, ...] | None
    newer: Release | None  # the erratum to read in its place

    @property
    def is_preview(self) -> bool:
        """Not released: only the assessor sees it."""
        return self.release.released_at is None

    @property
    def partial(self) -> bool:
        """Whether some towns of the wave stay out of sight, and with them every file that holds all towns."""
        return self.areas is not None

    def edition(self, box: Session) -> Edition:
        """The figures this reader may see."""
        return within(edition(box, self.release, AUDIENCE), self.areas)


def may_preview(account: Account, wave: Wave) -> bool:
    """Whether the account is the assessor of this wave."""
    return bool(grants.areas_granted(account, wave, Role.ASSESSOR))


def visible(box: Session, account: Account, wave: Wave) -> list[Release]:
    """The wave's releases that the account may read, the newest first."""
    everything = may_preview(account, wave)
    return [release for release in releases_of(box, wave) if everything or release.released_at is not None]


def newest_released(box: Session, waves: Iterable[Wave]) -> dict[int, int]:
    """The number of the latest released release by wave id; waves without one are left out."""
    mine = Release.wave_id.in_([wave.id for wave in waves])
    out = select(Release.wave_id, func.max(Release.number)).where(mine, Release.released_at.is_not(None))
    return {wave_id: number for wave_id, number in box.execute(out.group_by(Release.wave_id))}


def opened(box: Session, wave_code: str, number: int) -> Opened:
    """One release for the signed-in account; raises NotFound alike for what is not there, not granted, not released."""
    account = auth.current_account()
    wave = auth.wave_for(wave_code, *READERS, box=box)
    shown = visible(box, account, wave)
    release = next((release for release in shown if release.number == number), None)
    if release is None:
        raise NotFound("release.unknown", wave=wave_code, number=number)
    return Opened(release, wave, areas_of(account, wave), newest_erratum(release, shown))


def areas_of(account: Account, wave: Wave) -> tuple[str, ...] | None:
    """The prefixes of the towns the account may see; None when that is the whole wave."""
    granted = grants.areas_granted(account, wave, *READERS)
    return None if any(wave.area_code.startswith(area) for area in granted) else tuple(granted)


def newest_erratum(release: Release, shown: Iterable[Release]) -> Release | None:
    """The released erratum at the end of the chain that corrects a release."""
    released = [one for one in shown if one.released_at is not None]
    found: Release | None = None
    sought = release
    while (later := next((one for one in released if one.erratum_of == sought.id), None)) is not None:
        found = sought = later
    return found


def within(whole: Edition, areas: tuple[str, ...] | None) -> Edition:
    """The edition without the towns outside `areas`; the district's own figures stay."""
    if areas is None:
        return whole
    kept = tuple(figure for figure in whole.figures if figure.domain != "town" or figure.domain_code.startswith(areas))
    return replace(whole, figures=kept)


def waves_with_releases(box: Session, account: Account) -> list[tuple[Wave, list[Release]]]:
    """Every wave of which the account may read something, the latest to open first."""
    mine = select(Wave).where(grants.granted_waves(account, READERS)).options(joinedload(Wave.instrument_version))
    waves = box.scalars(mine.order_by(Wave.opens_at.desc(), Wave.code)).all()
    found = [(wave, visible(box, account, wave)) for wave in waves]
    return [(wave, releases) for wave, releases in found if releases]


def cover(box: Session, wave: Wave, release: Release) -> Edition:
    """An edition of the headline figure alone, for lists."""
    of_all = select(Figure).where(
        Figure.release_id == release.id, Figure.audience == AUDIENCE, Figure.part.in_(("headline", "cases"))
    )
    first = box.scalars(of_all.order_by(Figure.position).limit(1)).all()
    return Edition(release, wave, AUDIENCE, tuple(first))
