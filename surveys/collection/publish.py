"""Publishing an instrument: from then on its text is never edited."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.errors import Conflict
from surveys.instrument import Instrument
from surveys.records.waves import InstrumentVersion, Wave


def publish(box: Session, content: str, now: datetime) -> InstrumentVersion:
    """Keep an instrument for good; publishing the same text again gives the same version.

    Raises InstrumentInvalid with every fault, and Conflict when another text has this code and version.
    """
    instrument = Instrument.parse(content)
    known = select(InstrumentVersion).filter_by(code=instrument.code, version=instrument.version)
    earlier = box.scalars(known).one_or_none()
    if earlier is not None:
        if earlier.sha256 != instrument.sha256:
            raise Conflict("instrument.version_taken", instrument=instrument.code, version=instrument.version)
        return earlier
    version = InstrumentVersion(
        code=instrument.code,
        version=instrument.version,
        content=content,
        sha256=instrument.sha256,
        published_at=now,
    )
    box.add(version)
    box.flush()
    return version


def instrument_of(wave: Wave) -> Instrument:
    """The instrument a wave asks, parsed once a process; raises Conflict when its text was altered in the store."""
    return _parsed(wave.instrument_version.sha256, wave.instrument_version.content)


@lru_cache(maxsize=32)
def _parsed(sha256: str, content: str) -> Instrument:
    instrument = Instrument.parse(content)
    if instrument.sha256 != sha256:
        raise Conflict("instrument.altered", instrument=instrument.code, version=instrument.version)
    return instrument
