"""How far an administrator's hand reaches: the organisations of the grants, and their accounts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from surveys.errors import NotFound
from surveys.records.kinds import Role
from surveys.records.staff import Account, Grant, Organisation
from webapp.auth import current_account
from webapp.grants import live_grants
from webapp.i18n import text_in


def administered() -> frozenset[str]:
    """Codes of the organisations the signed-in account administers."""
    held = live_grants(current_account())
    return frozenset(grant.organisation for grant in held if grant.role is Role.ADMINISTRATOR)


def organisations_administered(registrar: Session) -> list[Organisation]:
    """Those organisations, by kind and code."""
    mine = select(Organisation).where(Organisation.code.in_(administered()))
    return list(registrar.scalars(mine.order_by(Organisation.kind, Organisation.code)))


def organisation_names(registrar: Session) -> dict[str, str]:
    """Every organisation's name by code, in the reader's language: accounts in reach may hold grants of others."""
    return {one.code: text_in(one.name) for one in registrar.scalars(select(Organisation))}


def accounts_in_reach(registrar: Session) -> list[Account]:
    """Accounts that hold, or held, a grant of an administered organisation."""
    within = select(Grant.account_id).where(Grant.organisation.in_(administered()))
    mine = select(Account).where(Account.id.in_(within)).options(selectinload(Account.grants))
    return list(registrar.scalars(mine.order_by(Account.login)))


def account_in_reach(registrar: Session, account_id: int) -> Account:
    """One of them; raises NotFound for any other."""
    found = next((account for account in accounts_in_reach(registrar) if account.id == account_id), None)
    if found is None:
        raise NotFound("account.unknown")
    return found


def belongs_here(account: Account) -> bool:
    """Whether all its live grants are of administered organisations: only then may password and access be changed."""
    return {grant.organisation for grant in live_grants(account)} <= administered()


def own_account(registrar: Session, account_id: int) -> Account:
    """An account in reach that belongs here alone; raises NotFound otherwise."""
    account = account_in_reach(registrar, account_id)
    if not belongs_here(account):
        raise NotFound("account.unknown")
    return account
