"""Accounts, grants and organisations: the acts that pages and commands share. Each is written to the action log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.kinds import Role
from surveys.records.staff import Account, Grant, Organisation
from webapp import logins, passwords
from webapp.action_log import record_action

LOGIN = re.compile(r"[a-z][a-z0-9.-]{2,39}")
ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
SIDES = {Role.ASSESSOR: "assessor", Role.OFFICIAL: "commissioner"}
KINDS = ("commissioner", "assessor")


@dataclass(frozen=True)
class Actor:
    """Who does it and when; `account_id` is None for the command line."""

    account_id: int | None
    now: datetime


def new_account(
    registrar: Session, actor: Actor, login: str, name: str, password: str, demonstration: bool = False
) -> Account:
    """Add a member of staff without any grant. Raises Conflict for a taken login, Refusal for a bad one."""
    login, name = logins.normal(login), name.strip()
    if not LOGIN.fullmatch(login) or login.startswith(logins.DEMO_PREFIX) is not demonstration:
        raise Refusal("account.login_invalid")
    if not name or len(name) > 200:
        raise Refusal("account.name_missing")
    if registrar.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Conflict("account.login_taken", login=login)
    passwords.must_be_strong(password, login)
    account = Account(login=login, name=name, password_hash=passwords.hashed(password), created_at=actor.now)
    registrar.add(account)
    registrar.flush()
    record_action(registrar, actor.account_id, "account.new", None, actor.now, account=account.id, login=login)
    return account


def account_by_login(registrar: Session, login: str) -> Account:
    """The account with its grants; raises NotFound."""
    mine = select(Account).where(Account.login == logins.normal(login))
    account = registrar.scalar(mine.options(selectinload(Account.grants)))
    if account is None:
        raise NotFound("account.unknown")
    return account


def set_password(registrar: Session, actor: Actor, account: Account, password: str) -> None:
    """Replace the password and end every session of the account; raises PasswordRefused."""
    passwords.must_be_strong(password, account.login)
    account.password_hash = passwords.hashed(password)
    ended = logins.revoke(registrar, account.id, actor.now)
    record_action(registrar, actor.account_id, "account.password", None, actor.now, account=account.id, ended=ended)


def disable(registrar: Session, actor: Actor, account: Account) -> None:
    """Let nobody sign in with it, from now on; `enable` undoes it. Raises Conflict for the last administrator."""
    for organisation in {grant.organisation for grant in _live(account) if grant.role is Role.ADMINISTRATOR}:
        _must_leave_an_administrator(registrar, account, organisation)
    account.disabled_at = account.disabled_at or actor.now
    logins.revoke(registrar, account.id, actor.now)
    record_action(registrar, actor.account_id, "account.disable", None, actor.now, account=account.id)


def enable(registrar: Session, actor: Actor, account: Account) -> None:
    """Undo `disable`."""
    account.disabled_at = None
    record_action(registrar, actor.account_id, "account.enable", None, actor.now, account=account.id)


def grant(
    registrar: Session,
    actor: Actor,
    account: Account,
    role: Role,
    organisation: str,
    wave_id: int | None = None,
    area: str = "",
) -> Grant:
    """Give a role for an organisation, in one wave or all, in one area or everywhere; ends the account's sessions.

    The caller has checked that `wave_id` is a wave of the organisation.
    Raises NotFound for an unknown organisation, Conflict for a grant already held, Refusal for the wrong side.
    """
    kept = registrar.get(Organisation, organisation)
    if kept is None:
        raise NotFound("organisation.unknown", organisation=organisation)
    if SIDES.get(role, kept.kind) != kept.kind:
        raise Refusal("grant.side")
    wanted = (role, organisation, wave_id, area)
    if any((held.role, held.organisation, held.wave_id, held.area) == wanted for held in _live(account)):
        raise Conflict("grant.exists")
    given = Grant(
        account=account, role=role, organisation=organisation, wave_id=wave_id, area=area, granted_at=actor.now
    )
    registrar.add(given)
    registrar.flush()
    logins.revoke(registrar, account.id, actor.now)
    said = {"account": account.id, "role": role.value, "organisation": organisation, "area": area}
    record_action(registrar, actor.account_id, "grant.give", wave_id, actor.now, **said)
    return given


def revoke(registrar: Session, actor: Actor, account: Account, grant_id: int) -> None:
    """Take a grant back and end the account's sessions. Raises NotFound, or Conflict for the last administrator."""
    held = next((held for held in _live(account) if held.id == grant_id), None)
    if held is None:
        raise NotFound("grant.unknown")
    if held.role is Role.ADMINISTRATOR:
        _must_leave_an_administrator(registrar, account, held.organisation)
    held.revoked_at = actor.now
    logins.revoke(registrar, account.id, actor.now)
    said = {"account": account.id, "role": held.role.value, "organisation": held.organisation}
    record_action(registrar, actor.account_id, "grant.revoke", held.wave_id, actor.now, **said)


def new_organisation(registrar: Session, actor: Actor, code: str, kind: str, zh: str, en: str) -> Organisation:
    """Add a commissioner or an assessor; raises Conflict for a code in use, Refusal for a bad one."""
    code, zh, en = code.strip().lower(), zh.strip(), en.strip()
    if not ORGANISATION.fullmatch(code) or kind not in KINDS or not zh or len(zh) > 200 or len(en) > 200:
        raise Refusal("organisation.invalid")
    if registrar.get(Organisation, code) is not None:
        raise Conflict("organisation.exists", organisation=code)
    organisation = Organisation(code=code, kind=kind, name={"zh": zh, **({"en": en} if en else {})})
    registrar.add(organisation)
    registrar.flush()
    record_action(registrar, actor.account_id, "organisation.new", None, actor.now, organisation=code, kind=kind)
    return organisation


def _live(account: Account) -> list[Grant]:
    return [held for held in account.grants if held.revoked_at is None]


def _must_leave_an_administrator(registrar: Session, account: Account, organisation: str) -> None:
    others = select(Account.id).join(Account.grants)
    held = Grant.role == Role.ADMINISTRATOR, Grant.organisation == organisation, Grant.revoked_at.is_(None)
    usable = Account.disabled_at.is_(None), Account.id != account.id
    if registrar.scalar(others.where(*held, *usable).limit(1)) is None:
        raise Conflict("account.last_administrator")
