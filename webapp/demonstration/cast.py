"""Who is in the demonstration: two organisations and three people, whose sign-ins work on loopback only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.records.kinds import Role
from webapp import people
from webapp.people import Actor

COMMISSIONER = ("demo-justice", "渝北区司法局（模拟）", "Yubei Justice Bureau (synthetic)")
ASSESSOR = ("demo-survey", "民评调查中心（模拟）", "Minping Survey Centre (synthetic)")


@dataclass(frozen=True)
class SignIn:
    """One person of the demonstration."""

    login: str
    name: str
    password: str
    role: Role
    organisation: str


SIGN_INS = (
    SignIn("demo-assessor", "演示·测评人员", "pine-river-lantern-21", Role.ASSESSOR, ASSESSOR[0]),
    SignIn("demo-assessor-2", "演示·复核人员", "stone-bridge-window-21", Role.ASSESSOR, ASSESSOR[0]),
    SignIn("demo-official", "演示·司法局工作人员", "maple-harbour-paper-21", Role.OFFICIAL, COMMISSIONER[0]),
    SignIn("demo-admin", "演示·系统管理员", "cedar-valley-kettle-21", Role.ADMINISTRATOR, ASSESSOR[0]),
)


def keep_cast(registrar: Session, now: datetime) -> None:
    """Keep organisations, accounts and grants."""
    actor = Actor(None, now)
    for kind, (code, zh, en) in (("commissioner", COMMISSIONER), ("assessor", ASSESSOR)):
        people.new_organisation(registrar, actor, code, kind, zh, en)
    for one in SIGN_INS:
        account = people.new_account(registrar, actor, one.login, one.name, one.password, demonstration=True)
        people.grant(registrar, actor, account, one.role, one.organisation)


def sign_in_of(role: Role) -> SignIn:
    """The first sign-in of a role."""
    return next(one for one in SIGN_INS if one.role is role)
