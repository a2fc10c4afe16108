"""Enforcement cases as the box knows them: the drawn ones, and vetoes that assessors confirmed."""

from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import BoxRecord, Code, Name


class DrawnCase(BoxRecord):
    """A closed case drawn for evaluation, as its evaluators see it; no party's name is kept."""

    __tablename__ = "drawn_case"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    body: Mapped[str] = mapped_column(Name)  # the enforcing body
    kind: Mapped[str] = mapped_column(Name)
    closed_on: Mapped[date] = mapped_column(Date)
    position: Mapped[int]  # register order
    register_size: Mapped[int]  # N of the register it was drawn from


class VetoConfirmation(BoxRecord):
    """One assessor's confirmation that a veto item holds in a case; a veto counts when two assessors confirmed it."""

    __tablename__ = "veto_confirmation"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    case_code: Mapped[str] = mapped_column(Code, primary_key=True)
    item: Mapped[str] = mapped_column(Code, primary_key=True)
    assessor: Mapped[str] = mapped_column(Code, primary_key=True)  # account id of the registrar, as text
