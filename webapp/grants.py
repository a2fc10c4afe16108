"""What an account may reach: every query is by grant, and another's wave does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.errors import NotFound
from surveys.records.kinds import Role
from surveys.records.staff import Account, Grant
from surveys.records.waves import Wave

SIDE = {Role.ASSESSOR: Wave.assessor, Role.OFFICIAL: Wave.commissioner}  # whose organisation a wave names


def live_grants(account: Account) -> list[Grant]:
    """The account's grants that were not revoked."""
    return [grant for grant in account.grants if grant.revoked_at is None]


def roles_of(account: Account) -> frozenset[Role]:
    """Every role the account has somewhere."""
    return frozenset(grant.role for grant in live_grants(account))


def granted_waves(account: Account, roles: Iterable[Role]) -> ColumnElement[bool]:
    """The condition on Wave that the account's grants of these roles make; an administrator reaches no wave."""
    asked = set(roles)
    ways = [_way(grant) for grant in live_grants(account) if grant.role in asked and grant.role in SIDE]
    return or_(false(), *ways)


def _way(grant: Grant) -> ColumnElement[bool]:
    asked = [SIDE[grant.role] == grant.organisation]
    if grant.wave_id is not None:
        asked.append(Wave.id == grant.wave_id)
    if grant.area:
        asked.append(_within_reach(grant))
    return and_(*asked)


def _within_reach(grant: Grant) -> ColumnElement[bool]:
    """`fits` as a condition on Wave."""
    whole = func.substr(Wave.area_code, 1, len(grant.area)) == grant.area
    if grant.role is Role.ASSESSOR:
        return whole
    return or_(whole, func.substr(literal(grant.area), 1, func.length(Wave.area_code)) == Wave.area_code)


def fits(grant: Grant, wave: Wave) -> bool:
    """Whether a grant's area reaches a wave: it holds the wave's whole area or, for officials, lies inside it.

    An assessor's pages draw, print, close and release for the whole wave, and so ask for a grant that holds it all.
    """
    inside = grant.role is not Role.ASSESSOR and grant.area.startswith(wave.area_code)
    return inside or wave.area_code.startswith(grant.area)


def granted_wave(box: Session, account: Account, code: str, roles: Iterable[Role]) -> Wave:
    """The wave with its instrument version; raises NotFound when it is not there or not granted, alike."""
    mine = select(Wave).where(Wave.code == code, granted_waves(account, roles))
    wave = box.scalar(mine.options(joinedload(Wave.instrument_version)))
    if wave is None:
        raise NotFound("wave.unknown")
    return wave


def waves_of(box: Session, account: Account, *roles: Role) -> list[Wave]:
    """The waves granted in one of these roles (in any, when none is named), the latest to open first."""
    mine = select(Wave).where(granted_waves(account, roles or tuple(Role)))
    return list(box.scalars(mine.order_by(Wave.opens_at.desc(), Wave.code)))


def areas_granted(account: Account, wave: Wave, *roles: Role) -> list[str]:
    """Area code prefixes the account may see in a wave; [""] is the whole area."""
    asked = set(roles or tuple(Role))
    fitting = [
        grant.area
        for grant in live_grants(account)
        if grant.role in asked & SIDE.keys()
        and grant.wave_id in (None, wave.id)
        and fits(grant, wave)
        and grant.organisation == (wave.assessor if grant.role is Role.ASSESSOR else wave.commissioner)
    ]
    return [""] if "" in fitting else sorted(set(fitting))
