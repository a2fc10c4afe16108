"""The design as the box knows it, and the passes that let an answer in."""

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import WITHOUT_ROWID, BoxRecord, Code
from surveys.records.kinds import Channel, PassKind


class DesignPsu(BoxRecord):
    """A PSU drawn for a wave, answered or not: the variance needs the silent ones as zeros."""

    __tablename__ = "design_psu"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(Code, primary_key=True)
    psu: Mapped[str] = mapped_column(Code, primary_key=True)
    town: Mapped[str] = mapped_column(Code)
    dwellings: Mapped[int]  # listed dwellings M_i
    stratum_dwellings: Mapped[int]  # Σ M_i over the stratum's frame
    psus_drawn: Mapped[int]  # n_h of the stratum
    inclusion_probability: Mapped[float]  # of the PSU at stage 1
    take: Mapped[int]  # dwellings issued, reserve apart
    base_weight: Mapped[float]  # of a household: 1 / (π_i · take / M_i)


class Slot(BoxRecord):
    """Room for one answer in the design; spending any of its codes spends it. It does not say whose it is."""

    __tablename__ = "slot"
    __table_args__ = WITHOUT_ROWID

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    channel: Mapped[Channel]
    form: Mapped[str] = mapped_column(Code)
    booklet: Mapped[int] = mapped_column(default=0)
    stratum: Mapped[str] = mapped_column(Code, default="")
    psu: Mapped[str] = mapped_column(Code, default="")
    town: Mapped[str] = mapped_column(Code, default="")
    base_weight: Mapped[float] = mapped_column(default=1.0)
    subject: Mapped[str] = mapped_column(Code, default="")  # a case code for evaluators, empty for residents
    rater: Mapped[str] = mapped_column(Code, default="")  # a panel member's pseudonym for this wave
    spent: Mapped[bool] = mapped_column(default=False)


class Pass(BoxRecord):
    """One access code by its box fingerprint; unique with its subject. A void code opens nothing."""

    __tablename__ = "pass"
    __table_args__ = WITHOUT_ROWID

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    subject: Mapped[str] = mapped_column(Code, primary_key=True, default="")
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"), index=True)
    kind: Mapped[PassKind]
    batch: Mapped[UUID] = mapped_column(index=True)  # issue run until the registrar has it, then all alike
    void: Mapped[bool] = mapped_column(default=False)


class Poster(BoxRecord):
    """A printed open-link address; each visit is sent on to a nonce of its own."""

    __tablename__ = "poster"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    place: Mapped[str] = mapped_column(Code)
    form: Mapped[str] = mapped_column(Code, default="open")


class Answered(BoxRecord):
    """The registrar's fingerprint of a code that was used, waiting for a reminder cut-off; no response id, no time."""

    __tablename__ = "answered"
    __table_args__ = WITHOUT_ROWID

    registrar_fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    psu: Mapped[str] = mapped_column(Code)
    leaving: Mapped[bool] = mapped_column(default=False)  # may go to the registrar; forgotten once it is there


class TownCount(BoxRecord):
    """How many answered in a town; `shown` follows `answered` only in steps of at least 10."""

    __tablename__ = "town_count"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    town: Mapped[str] = mapped_column(Code, primary_key=True)
    channel: Mapped[Channel] = mapped_column(primary_key=True)
    answered: Mapped[int] = mapped_column(default=0)
    shown: Mapped[int] = mapped_column(default=0)
