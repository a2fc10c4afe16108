"""The register of closed enforcement cases, and the evaluators invited to them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import Code, Name, RegistrarRecord


class CaseRegister(RegistrarRecord):
    """An imported register of closed cases; a draw from it is repeatable from seed and digest."""

    __tablename__ = "case_register"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(unique=True)
    filename: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(Code)
    cases: Mapped[int]
    imported_at: Mapped[datetime]
    seed: Mapped[str] = mapped_column(Name, default="")
    drawn: Mapped[int] = mapped_column(default=0)


class RegisterCase(RegistrarRecord):
    """One closed case of a register."""

    __tablename__ = "register_case"

    register_id: Mapped[int] = mapped_column(ForeignKey("case_register.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    body: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Name)
    closed_on: Mapped[date] = mapped_column(Date)
    position: Mapped[int]


class Evaluator(RegistrarRecord):
    """A panel member or a party invited to evaluate; confidential, not anonymous. A party's name is not kept."""

    __tablename__ = "evaluator"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(Code)  # panel, party
    panel_group: Mapped[str] = mapped_column(Code, default="")  # deputies, lawyers, residents ...
    name: Mapped[str] = mapped_column(Name, default="")
    rater: Mapped[str] = mapped_column(Code, default="")
    registrar_fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    void: Mapped[bool] = mapped_column(default=False)
