"""The demonstration as it stands: whether it is whole, and the ways into its open wave. Imports nothing heavy."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from surveys.collection.codes import AccessCode
from surveys.records.passes import Poster
from surveys.records.releases import Release
from surveys.records.waves import Wave
from webapp.db import Stores
from webapp.issuing import issue_codes

LIVE = "demo-live"


def is_loaded(stores: Stores) -> bool:
    """Whether the demonstration stands, to its last step."""
    with stores.box_reading() as box:
        released = box.scalar(select(Release.id).where(Release.released_at.is_not(None)).limit(1))
        live = box.scalar(select(Wave.id).where(Wave.code == LIVE))
    return released is not None and live is not None


def live_poster(stores: Stores) -> str:
    """The open-link poster of the wave that is open now."""
    with stores.box_reading() as box:
        return box.scalars(select(Poster.code).join(Wave).where(Wave.code == LIVE)).first() or ""


def fresh_code(stores: Stores) -> AccessCode | None:
    """An access code of the wave that is open now, never used; None when its sample is used up."""
    with stores.box_reading() as box:
        live = select(Wave).where(Wave.code == LIVE).options(joinedload(Wave.instrument_version))
        wave = box.scalars(live).one()
    return next((one.invitation for one in issue_codes(stores, wave, most=1)), None)
