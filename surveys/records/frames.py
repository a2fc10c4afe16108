"""Frames, draws, sampled units and the letters to them: whom we asked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import Code, Name, RegistrarRecord
from surveys.records.kinds import Disposition, PassKind


class Frame(RegistrarRecord):
    """A sampling frame as imported, frozen; a better file is a new frame."""

    __tablename__ = "frame"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    wave_id: Mapped[int] = mapped_column(index=True)  # of the box
    filename: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(Code)  # of the canonical rows
    synthetic: Mapped[bool] = mapped_column(default=False)
    psus: Mapped[int]
    dwellings: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None]


class FramePsuRow(RegistrarRecord):
    """One PSU of a frame: a block of listed dwellings, in the geographic order of the file."""

    __tablename__ = "frame_psu"

    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"), primary_key=True)
    psu: Mapped[str] = mapped_column(Code, primary_key=True)
    town: Mapped[str] = mapped_column(Code)
    community: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Code)
    dwellings: Mapped[int]
    residents_15: Mapped[int | None]
    position: Mapped[int]


class DrawRecord(RegistrarRecord):
    """A draw with all that is needed to run it again: seed, frame, allocation, algorithm, digest."""

    __tablename__ = "draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(unique=True)
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"))
    seed: Mapped[str] = mapped_column(Name)
    algorithm: Mapped[str] = mapped_column(Code)
    software: Mapped[str] = mapped_column(Code)
    allocation: Mapped[dict[str, int]]
    settings: Mapped[dict[str, Any]]  # take, reserve, floor ...
    sha256: Mapped[str] = mapped_column(Code)
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[int | None]


class Unit(RegistrarRecord):
    """A sampled dwelling: its PSU and its number on that PSU's list."""

    __tablename__ = "unit"
    __table_args__ = (Index("ix_unit_wave_id_town", "wave_id", "town"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), index=True)
    wave_id: Mapped[int]
    stratum: Mapped[str] = mapped_column(Code)
    psu: Mapped[str] = mapped_column(Code)
    town: Mapped[str] = mapped_column(Code)
    dwelling: Mapped[int]  # 1-based number on the PSU's list
    position: Mapped[int]  # order of the draw; a reserve unit is used in this order only
    reserve: Mapped[bool] = mapped_column(default=False)
    base_weight: Mapped[float]


class Invitation(RegistrarRecord):
    """A letter to a unit, by the registrar's fingerprint of its code; the code itself is nowhere."""

    __tablename__ = "invitation"

    registrar_fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[PassKind]
    batch: Mapped[UUID] = mapped_column(index=True)
    void: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[bool] = mapped_column(default=False)  # learned at reminder cut-offs only


class SealedCodes(RegistrarRecord):
    """A unit's unsent codes, sealed to the assessor's offline key (HPKE); destroyed after their own mail-out."""

    __tablename__ = "sealed_codes"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    wave_id: Mapped[int] = mapped_column(index=True)
    sealed: Mapped[bytes]


class Contact(RegistrarRecord):
    """One attempt to reach a unit, or what it brought; the latest counts, none is edited."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    wave_id: Mapped[int] = mapped_column(index=True)
    disposition: Mapped[Disposition]
    note: Mapped[str] = mapped_column(Name, default="")
