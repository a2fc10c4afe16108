"""Accounts and what they may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from surveys.errors import NotFound, Refusal
from surveys.records.kinds import Role
from surveys.records.staff import Account
from surveys.records.waves import Wave
from webapp import auth, passwords, people
from webapp.errors import status_of
from webapp.people import Actor
from webapp.staff.blueprint import bp
from webapp.staff.login import renew_login
from webapp.staff.scope import (
    account_in_reach,
    accounts_in_reach,
    administered,
    belongs_here,
    organisation_names,
    organisations_administered,
    own_account,
)
from webapp.stores import box_reading, clock, registrar_reading, registrar_transaction
from webapp.tables import Column, csv_download, file_asked, small_table
from webapp.words import words_for


def actor() -> Actor:
    """The signed-in account, now."""
    return Actor(auth.current_account().id, clock())


@bp.get("/accounts")
@auth.role(Role.ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """Everybody who works for the administered organisations; `?csv=accounts` gives them as a file."""
    with registrar_reading() as registrar:
        found, names = accounts_in_reach(registrar), organisation_names(registrar)
        if file_asked() == "accounts":
            return csv_download("accounts.csv", _columns(names), found)
        listed = small_table("accounts", found, _columns(names), "staff.accounts")
        return render_template("staff/accounts.html", accounts=listed, organisations=names)


@bp.get("/accounts/new")
@auth.role(Role.ADMINISTRATOR)
def new_account() -> ResponseReturnValue:
    """The form for a new account with its first grant."""
    return _new_page({}, "")


@bp.post("/accounts/new")
@auth.role(Role.ADMINISTRATOR)
def add_account() -> ResponseReturnValue:
    """Add the account; the page shows its password this once."""
    password = passwords.random_password()
    login, name = request.form.get("login", ""), request.form.get("name", "")
    try:
        asked = _asked_grant()
        with registrar_transaction() as registrar:
            account = people.new_account(registrar, actor(), login, name, password)
            _give(registrar, account, asked)
    except Refusal as refusal:
        return _new_page(request.form.to_dict(), words_for(refusal)), status_of(refusal)
    return render_template("staff/password_once.html", account=account, password=password, is_new=True)


def _new_page(typed: dict[str, str], fault: str) -> str:
    with registrar_reading() as registrar:
        organisations = organisations_administered(registrar)
        return render_template(
            "staff/account_new.html", typed=typed, fault=fault, organisations=organisations, roles=list(Role)
        )


@bp.get("/accounts/<int:account_id>")
@auth.role(Role.ADMINISTRATOR)
def account(account_id: int) -> ResponseReturnValue:
    """One account: its grants and what can be done with it."""
    return _account_page(account_id, {}, "")


def _account_page(account_id: int, typed: dict[str, str], fault: str) -> str:
    with registrar_reading() as registrar:
        shown = account_in_reach(registrar, account_id)
        organisations = organisations_administered(registrar)
        waves, names = _waves_by_id(), organisation_names(registrar)
        return render_template(
            "staff/account.html",
            account=shown,
            belongs_here=belongs_here(shown),
            administered=administered(),
            organisations=organisations,
            names=names,
            roles=list(Role),
            waves=waves,
            typed=typed,
            fault=fault,
        )


@bp.post("/accounts/<int:account_id>/grants")
@auth.role(Role.ADMINISTRATOR)
def give_grant(account_id: int) -> ResponseReturnValue:
    """Give one more grant; the account signs in anew."""
    try:
        asked = _asked_grant()
    except Refusal as refusal:
        return _account_page(account_id, request.form.to_dict(), words_for(refusal)), status_of(refusal)
    done = gettext("已授权。")
    return _change(account_id, account_in_reach, lambda registrar, kept: _give(registrar, kept, asked), done)


@bp.post("/accounts/<int:account_id>/grants/<int:grant_id>/revoke")
@auth.role(Role.ADMINISTRATOR)
def revoke_grant(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a grant of an administered organisation back."""

    def act(registrar: Session, kept: Account) -> None:
        if not any(held.id == grant_id and held.organisation in administered() for held in kept.grants):
            raise NotFound("grant.unknown")
        people.revoke(registrar, actor(), kept, grant_id)

    return _change(account_id, account_in_reach, act, gettext("授权已收回。"))


@bp.post("/accounts/<int:account_id>/disable")
@auth.role(Role.ADMINISTRATOR)
def disable_account(account_id: int) -> ResponseReturnValue:
    """Nobody signs in with it from now on; it can be enabled again."""
    done = gettext("账号已停用，可随时恢复。")
    return _change(account_id, own_account, lambda registrar, kept: people.disable(registrar, actor(), kept), done)


@bp.post("/accounts/<int:account_id>/enable")
@auth.role(Role.ADMINISTRATOR)
def enable_account(account_id: int) -> ResponseReturnValue:
    """Undo the above."""
    done = gettext("账号已恢复。")
    return _change(account_id, own_account, lambda registrar, kept: people.enable(registrar, actor(), kept), done)


@bp.post("/accounts/<int:account_id>/password")
@auth.role(Role.ADMINISTRATOR)
def reset_password(account_id: int) -> ResponseReturnValue:
    """A new random password, shown this once; all sessions of the account end."""
    password = passwords.random_password()
    with registrar_transaction() as registrar:
        kept = own_account(registrar, account_id)
        people.set_password(registrar, actor(), kept, password)
    return render_template("staff/password_once.html", account=kept, password=password, is_new=False)


def _change(
    account_id: int,
    found: Callable[[Session, int], Account],
    act: Callable[[Session, Account], object],
    done: str,
) -> ResponseReturnValue:
    try:
        with registrar_transaction() as registrar:
            act(registrar, found(registrar, account_id))
    except NotFound:
        raise
    except Refusal as refusal:
        return _account_page(account_id, request.form.to_dict(), words_for(refusal)), status_of(refusal)
    response = redirect(url_for("staff.account", account_id=account_id), 303)
    if account_id == auth.current_account().id:
        renew_login(response, actor())
    flash(done, "success")
    return response


@dataclass(frozen=True)
class AskedGrant:
    """A grant as the form asked for it, checked to be within the administrator's reach."""

    role: Role
    organisation: str
    wave_id: int | None
    area: str


def _asked_grant() -> AskedGrant:
    role, organisation = request.form.get("role", ""), request.form.get("organisation", "")
    if role not in set(Role):
        raise Refusal("grant.role_unknown", role=role)
    if organisation not in administered():
        raise Refusal("organisation.unknown", organisation=organisation)
    wave, area = request.form.get("wave", "").strip(), request.form.get("area", "").strip()[:64]
    return AskedGrant(Role(role), organisation, _wave_id(wave, organisation) if wave else None, area)


def _give(registrar: Session, account: Account, asked: AskedGrant) -> None:
    people.grant(registrar, actor(), account, asked.role, asked.organisation, asked.wave_id, asked.area)


def _wave_id(code: str, organisation: str) -> int:
    theirs = or_(Wave.assessor == organisation, Wave.commissioner == organisation)
    with box_reading() as box:
        wave_id = box.scalar(select(Wave.id).where(Wave.code == code, theirs))
    if wave_id is None:
        raise Refusal("grant.wave_unknown", wave=code)
    return wave_id


def _waves_by_id() -> dict[int, str]:
    with box_reading() as box:
        return {row.id: row.code for row in box.execute(select(Wave.id, Wave.code))}


def _columns(organisations: Mapping[str, str]) -> list[Column[Account]]:
    roles = {
        Role.ADMINISTRATOR: gettext("管理员"),
        Role.ASSESSOR: gettext("测评人员"),
        Role.OFFICIAL: gettext("委托单位人员"),
    }

    def granted(account: Account) -> str:
        live = [grant for grant in account.grants if not grant.revoked_at]
        words = [f"{roles[grant.role]} · {organisations.get(grant.organisation, grant.organisation)}" for grant in live]
        return "；".join(words)

    def state(account: Account) -> str:
        return str(gettext("已停用") if account.disabled_at else gettext("可用"))

    return [
        Column("name", gettext("姓名"), lambda account: account.name),
        Column("login", gettext("登录名"), lambda account: account.login, is_code=True),
        Column("roles", gettext("角色"), granted),
        Column("state", gettext("状态"), state),
    ]
