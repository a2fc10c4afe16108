"""Answers: arrivals while a phase runs, responses once sealed. Neither says who answered, or when."""

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import WITHOUT_ROWID, BoxRecord, Code, Long
from surveys.records.kinds import Channel, Mode


class Kept:
    """What an arrival and the response it becomes have in common."""

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    form: Mapped[str] = mapped_column(Code)
    mode: Mapped[Mode]
    channel: Mapped[Channel]
    phase: Mapped[int]
    stratum: Mapped[str] = mapped_column(Code)
    psu: Mapped[str] = mapped_column(Code)
    town: Mapped[str] = mapped_column(Code)
    base_weight: Mapped[float]
    subject: Mapped[str] = mapped_column(Code, default="")  # case code, empty for residents
    rater: Mapped[str] = mapped_column(Code, default="")  # panel member's pseudonym, never a party's
    cell: Mapped[str] = mapped_column(Long)  # the wave's declared margin and domain answers, canonical text
    marks: Mapped[str] = mapped_column(Long)  # one character an item, in the version's order: 1 0 2-5 d r -
    scores: Mapped[dict[str, float]]
    answers: Mapped[bytes]  # canonical JSON, untouched
    receipt_id: Mapped[bytes] = mapped_column(LargeBinary(16))  # the receipt's tag depends on this alone
    commitment_key: Mapped[bytes] = mapped_column(LargeBinary(32))


class Arrival(Kept, BoxRecord):
    """An answer between its acknowledgement and its sealing; the fingerprint lets a resend see the same receipt."""

    __tablename__ = "arrival"
    __table_args__ = (UniqueConstraint("fingerprint", "subject"), WITHOUT_ROWID)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))


class Response(Kept, BoxRecord):
    """One person's sealed answers with their place in the design, under a new random id."""

    __tablename__ = "response"
    __table_args__ = WITHOUT_ROWID

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
