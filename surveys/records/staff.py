"""Organisations, the people who work for them, what they may do, and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.records.base import Code, Name, RegistrarRecord
from surveys.records.kinds import Role


class Organisation(RegistrarRecord):
    """A commissioner or an assessor; several live on one installation without seeing each other."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)  # commissioner, assessor
    name: Mapped[dict[str, str]]


class Account(RegistrarRecord):
    """A member of staff; the password is kept as an Argon2id hash only."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(Code, default="zh")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    grants: Mapped[list["Grant"]] = relationship(back_populates="account")


class SecondFactor(RegistrarRecord):
    """Room for a second factor of an account; the secret is kept encrypted."""

    __tablename__ = "second_factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    secret: Mapped[bytes]
    confirmed_at: Mapped[datetime | None]


class LoginSession(RegistrarRecord):
    """A log-in that can be revoked; the cookie's random value is kept hashed."""

    __tablename__ = "login_session"

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class LoginFailure(RegistrarRecord):
    """A failed log-in, counted for all workers alike; the login as typed is kept hashed."""

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime]


class Grant(RegistrarRecord):
    """What an account may do for an organisation, in one wave or all of them, in one area subtree or everywhere."""

    __tablename__ = "grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role]
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    wave_id: Mapped[int | None]  # of the box; empty for every wave of the organisation
    area: Mapped[str] = mapped_column(Code, default="")  # code prefix; empty for the whole area of the wave
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="grants")


class Action(RegistrarRecord):
    """One line of the append-only action log, chained by hash; it never holds an answer or a resident's address."""

    __tablename__ = "action"

    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]  # empty for the command line
    action: Mapped[str] = mapped_column(Code)
    wave_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
