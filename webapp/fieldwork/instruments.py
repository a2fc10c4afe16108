"""The instruments a new wave may ask: published versions, and surveys of the catalogue that publishing would add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.catalog import catalog_codes, catalog_content
from surveys.collection.publish import instrument_of, publish
from surveys.errors import NotFound
from surveys.instrument import Instrument
from surveys.records.waves import InstrumentVersion, Wave

RESIDENTS = "resident"  # the form of sampled households


@dataclass(frozen=True)
class Offer:
    """One line to choose from; `value` is "code version"."""

    value: str
    title: dict[str, str]
    published: bool


@cache
def of_catalogue() -> dict[str, Instrument]:
    """The catalogue's surveys by "code version"."""
    found = [Instrument.parse(catalog_content(code)) for code in catalog_codes()]
    return {f"{instrument.code} {instrument.version}": instrument for instrument in found}


def offers(box: Session) -> list[Offer]:
    """Published versions, the newest first, then what the catalogue holds beside them."""
    versions = box.scalars(select(InstrumentVersion).order_by(InstrumentVersion.id.desc()))
    kept = {f"{version.code} {version.version}": version for version in versions}
    published = [Offer(value, _title(version.content), True) for value, version in kept.items()]
    return published + [
        Offer(value, dict(instrument.title), False) for value, instrument in of_catalogue().items() if value not in kept
    ]


def chosen(box: Session, value: str, now: datetime) -> tuple[str, str]:
    """The code and version of a choice, published now when it stands in the catalogue; raises NotFound."""
    code, _, version = value.partition(" ")
    known = select(InstrumentVersion.id).filter_by(code=code, version=version)
    if box.scalar(known) is None:
        if value not in of_catalogue():
            raise NotFound("instrument.unknown", instrument=code, version=version)
        publish(box, catalog_content(code), now)
    return code, version


def is_for_residents(wave: Wave) -> bool:
    """Whether a wave asks sampled households: a case evaluation has a register instead of a frame."""
    return RESIDENTS in instrument_of(wave).forms


@cache
def _title(content: str) -> dict[str, str]:
    return dict(Instrument.parse(content).title)
