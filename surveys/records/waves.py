"""Published instrument versions and the waves that ask them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.records.base import BoxRecord, Code, Long, Name
from surveys.records.kinds import WaveState


class InstrumentVersion(BoxRecord):
    """A published instrument: its whole text in the row. The database refuses edits; a change is a new version."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code)
    version: Mapped[str] = mapped_column(Code)
    content: Mapped[str] = mapped_column(Long)
    sha256: Mapped[str] = mapped_column(Code)
    published_at: Mapped[datetime]


class Wave(BoxRecord):
    """One round of asking: an instrument version, an area, a commissioner, an assessor and an approval."""

    __tablename__ = "wave"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[dict[str, str]]
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    area_scheme: Mapped[str] = mapped_column(Code)
    area_code: Mapped[str] = mapped_column(Code)
    area_name: Mapped[dict[str, str]]
    commissioner: Mapped[str] = mapped_column(Code)  # organisation codes; the registrar keeps the organisations
    commissioner_name: Mapped[dict[str, str]]
    assessor: Mapped[str] = mapped_column(Code)
    assessor_name: Mapped[dict[str, str]]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]  # the stopping date of the plan
    time_zone: Mapped[str] = mapped_column(Name, default="Asia/Shanghai")
    approval_body: Mapped[str] = mapped_column(Name)
    approval_number: Mapped[str] = mapped_column(Name)
    approval_expires: Mapped[date] = mapped_column(Date)  # collection refuses past this day
    contact: Mapped[str] = mapped_column(Name)  # whom a resident may ask
    synthetic: Mapped[bool] = mapped_column(default=False)
    state: Mapped[WaveState] = mapped_column(default=WaveState.PLANNED)
    phase: Mapped[int] = mapped_column(default=0)  # 0 before the first reminder, 1 and 2 after them, 3 visit
    booklets: Mapped[int] = mapped_column(default=4)  # random item orders in the field
    log_id: Mapped[bytes]  # 16 random bytes that name this wave's ledger
    assessor_key: Mapped[bytes] = mapped_column(default=b"")  # X25519 public key that unsent codes are sealed to
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)  # analysis choices declared before fieldwork

    instrument_version: Mapped[InstrumentVersion] = relationship()


class Margin(BoxRecord):
    """One cell of a population margin that responses are weighted to, with its source and date."""

    __tablename__ = "margin"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Code, primary_key=True)  # "age*sex" or "town"
    key: Mapped[str] = mapped_column(Code, primary_key=True)  # answer codes joined by "*": "3*2"; or a town code
    total: Mapped[int]
    source: Mapped[str] = mapped_column(Name)
    dated: Mapped[date] = mapped_column(Date)
    synthetic: Mapped[bool] = mapped_column(default=False)
