"""Accounts and grants from the terminal (账号与授权): add, grant, revoke, password, list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from surveys.errors import NotFound, Refusal
from surveys.records.kinds import Role
from surveys.records.staff import Account
from surveys.records.waves import Wave
from webapp import passwords, people
from webapp.commands._installation import stores
from webapp.grants import live_grants
from webapp.people import Actor
from webapp.stores import clock

ROLES = click.Choice([role.value for role in Role])


@contextmanager
def _registrar() -> Iterator[tuple[Session, Actor]]:
    opened = stores()
    with opened.registrar_transaction() as registrar:
        yield registrar, Actor(None, clock())
    opened.dispose()


@click.group()
def command() -> None:
    """Accounts and grants. What is done here is written to the action log as "command line"."""


@command.command()
@click.argument("login")
@click.argument("name")
def add(login: str, name: str) -> None:
    """Add an account for one person (新建账号) and print its password once; then grant it something."""
    password = passwords.random_password()
    with _registrar() as (registrar, actor):
        people.new_account(registrar, actor, login, name, password)
    _once(login, password)


@command.command()
@click.argument("login")
def password(login: str) -> None:
    """Give an account a new password (重设密码), printed once; its sessions end."""
    fresh = passwords.random_password()
    with _registrar() as (registrar, actor):
        people.set_password(registrar, actor, people.account_by_login(registrar, login), fresh)
    _once(login, fresh)


def _once(login: str, fresh: str) -> None:
    click.echo(f"Login (登录名): {login}")
    click.echo(f"Password, shown only now (密码，只显示这一次): {fresh}")


@command.command()
@click.argument("login")
@click.argument("role", type=ROLES)
@click.argument("organisation")
@click.option("--wave", default="", help="Code of one wave; default: every wave of the organisation.")
@click.option("--area", default="", help="Area code prefix; default: the whole area.")
def grant(login: str, role: str, organisation: str, wave: str, area: str) -> None:
    """Let an account act in ROLE for ORGANISATION (授权)."""
    wave_id = _wave_id(wave, organisation) if wave else None
    with _registrar() as (registrar, actor):
        account = people.account_by_login(registrar, login)
        given = people.grant(registrar, actor, account, Role(role), organisation, wave_id, area)
        click.echo(f"grant {given.id}: {login} {role} {organisation} {wave or '*'} {area or '*'}")


def _wave_id(code: str, organisation: str) -> int:
    opened = stores()
    with opened.box_reading() as box:
        theirs = or_(Wave.assessor == organisation, Wave.commissioner == organisation)
        wave_id = box.scalar(select(Wave.id).where(Wave.code == code, theirs))
    opened.dispose()
    if wave_id is None:
        raise Refusal("grant.wave_unknown", wave=code)
    return wave_id


@command.command()
@click.argument("grant_id", type=int)
def revoke(grant_id: int) -> None:
    """Take a grant back (收回授权) by its number, see `minping staff list`; the account's sessions end."""
    with _registrar() as (registrar, actor):
        account = next((kept for kept in _everybody(registrar) if any(g.id == grant_id for g in kept.grants)), None)
        if account is None:
            raise NotFound("grant.unknown")
        people.revoke(registrar, actor, account, grant_id)
    click.echo(f"grant {grant_id} revoked / 已收回")


@command.command("list")
def list_() -> None:
    """Show accounts and what they may do (账号列表)."""
    with _registrar() as (registrar, _actor):
        for account in _everybody(registrar):
            click.echo(f"{account.login}  {account.name}{'  DISABLED 已停用' if account.disabled_at else ''}")
            for held in live_grants(account):
                scope = f"wave {held.wave_id}" if held.wave_id else "every wave"
                click.echo(
                    f"    grant {held.id}: {held.role.value} {held.organisation}, {scope}, area {held.area or '*'}"
                )


def _everybody(registrar: Session) -> list[Account]:
    return list(registrar.scalars(select(Account).options(selectinload(Account.grants)).order_by(Account.login)))
