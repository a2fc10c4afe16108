"""Log-in sessions that can be revoked, and failed log-ins counted in one table for all workers and over restarts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from surveys.errors import Refusal
from surveys.records.staff import Account, LoginFailure, LoginSession
from webapp import passwords

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
WINDOW, MOST_IN_WINDOW = timedelta(minutes=15), 10
HOUR, MOST_IN_HOUR = timedelta(hours=1), 100
FREE_ATTEMPTS = 3
DEMO_PREFIX = "demo-"  # logins of the demonstration; they work on loopback only


class LoginRefused(Refusal):
    """Not signed in; the same words for an unknown login, a wrong password and a disabled account."""


class TooManyAttempts(Refusal):
    """Too many failed log-ins for now; `seconds` says how long to wait."""


def fingerprint(cookie: str) -> bytes:
    """What the table keeps of a log-in cookie."""
    return hashlib.sha256(b"login session\0" + cookie.encode()).digest()


def log_in(registrar: Session, login: str, password: str, device: str) -> Account:
    """The account, when login and password belong together.

    Call `attempt` in an earlier transaction of its own: it counts this attempt as failed until
    success takes the count back. Raises LoginRefused.
    """
    account = registrar.scalar(select(Account).where(Account.login == normal(login)))
    live = account is not None and account.disabled_at is None
    if not passwords.matches(account.password_hash if account and live else None, password) or account is None:
        raise LoginRefused("login.refused")
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hashed(password)
    forgive(registrar, login, device)
    return account


def forgive(registrar: Session, login: str, device: str) -> None:
    """Take the count of failures back."""
    registrar.execute(delete(LoginFailure).where(LoginFailure.login_hash == counter(login, device)))


def attempt(registrar: Session, login: str, device: str, now: datetime) -> None:
    """Count an attempt before it is tried, so that parallel ones cannot slip by; raises TooManyAttempts, uncounted.

    `device` is the mark of a browser that signed in to this account before: it has a counter of its
    own, so that a stranger who fails on purpose cannot lock the owner out.
    """
    _one_at_a_time(registrar, login, device)
    registrar.execute(delete(LoginFailure).where(LoginFailure.at < now - HOUR))
    mine = select(LoginFailure.at).where(LoginFailure.login_hash == counter(login, device))
    failed = sorted(registrar.scalars(mine))
    wait = pause(failed, now)
    if wait > timedelta(0):
        raise TooManyAttempts("login.too_many", seconds=int(wait.total_seconds()) + 1)
    registrar.add(LoginFailure(login_hash=counter(login, device), at=now))


def _one_at_a_time(registrar: Session, login: str, device: str) -> None:
    """PostgreSQL would let parallel attempts count the same failures; SQLite has one writer anyway."""
    if registrar.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(counter(login, device)[:8], signed=True)
        registrar.execute(select(func.pg_advisory_xact_lock(key)))


def pause(failed: list[datetime], now: datetime) -> timedelta:
    """How long to wait after failures at these instants (ascending): 1, 2, 4 … seconds from the fourth on."""
    recent = [at for at in failed if at > now - WINDOW]
    waits = [timedelta(0)]
    if len(recent) > FREE_ATTEMPTS:
        waits.append(recent[-1] + timedelta(seconds=2 ** min(len(recent) - FREE_ATTEMPTS - 1, 6)) - now)
    if len(recent) >= MOST_IN_WINDOW:
        waits.append(recent[-MOST_IN_WINDOW] + WINDOW - now)
    if len(failed) >= MOST_IN_HOUR:
        waits.append(failed[-MOST_IN_HOUR] + HOUR - now)
    return max(waits)


def counter(login: str, device: str = "") -> bytes:
    """Under which the failures of a login (and of one known browser) are counted."""
    return hashlib.sha256(b"login failure\0" + normal(login).encode() + b"\0" + device.encode()).digest()


def normal(login: str) -> str:
    """Logins do not tell capitals apart."""
    return login.strip().lower()


def start(registrar: Session, account_id: int, now: datetime) -> str:
    """A new log-in session; gives the cookie's value, which is kept nowhere."""
    cookie = secrets.token_urlsafe(32)
    registrar.add(LoginSession(fingerprint=fingerprint(cookie), account_id=account_id, created_at=now, seen_at=now))
    return cookie


def live_session(registrar: Session, cookie: str, now: datetime) -> LoginSession | None:
    """The session behind a cookie with its account and grants, while it may be used."""
    wanted = select(LoginSession).where(LoginSession.fingerprint == fingerprint(cookie), *_live(now))
    whole = selectinload(LoginSession.account).selectinload(Account.grants)
    found = registrar.scalar(wanted.options(whole))
    return found if found is not None and found.account.disabled_at is None else None


def live_sessions(registrar: Session, account_id: int, now: datetime) -> list[LoginSession]:
    """The sessions of an account that may be used, newest first."""
    mine = select(LoginSession).where(LoginSession.account_id == account_id, *_live(now))
    return list(registrar.scalars(mine.order_by(LoginSession.created_at.desc())))


def _live(now: datetime) -> list[ColumnElement[bool]]:
    return [
        LoginSession.revoked_at.is_(None),
        LoginSession.seen_at > now - IDLE,
        LoginSession.created_at > now - LONGEST,
        LoginSession.created_at <= now + TOUCH,  # a clock set back must not lengthen a session
    ]


def seen(registrar: Session, session: LoginSession, now: datetime) -> None:
    """Keep a session from going idle."""
    mine = update(LoginSession).where(LoginSession.fingerprint == session.fingerprint)
    registrar.execute(mine.where(LoginSession.seen_at < now).values(seen_at=now))


def revoke(registrar: Session, account_id: int, now: datetime, only: bytes | None = None) -> int:
    """End all sessions of an account, or the `only` one; gives how many."""
    mine = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None))
    if only is not None:
        mine = mine.where(LoginSession.fingerprint == only)
    return len(registrar.scalars(mine.values(revoked_at=now).returning(LoginSession.fingerprint)).all())


def attempts_of(registrar: Session, login: str, since: datetime) -> int:
    """How many failed log-ins stand against a login without a known browser."""
    counted = select(func.count()).where(LoginFailure.login_hash == counter(login), LoginFailure.at > since)
    return registrar.scalar(counted) or 0
