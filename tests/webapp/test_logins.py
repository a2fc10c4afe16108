"""Failed log-ins are counted with growing waits; sessions end when they should."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from surveys.records.kinds import Role
from tests.webapp.conftest import PASSWORD
from webapp import logins
from webapp.db import Stores
from webapp.logins import TooManyAttempts, attempt, live_session, pause, revoke, seen, start
from webapp.people import Actor, grant, new_account, new_organisation

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def failed(count: int, apart: timedelta = SECOND) -> list[datetime]:
    """`count` failures, the last one at noon."""
    return [NOON - apart * back for back in range(count - 1, -1, -1)]


def test_three_mistakes_cost_nothing_and_then_the_wait_doubles() -> None:
    waits = [int(pause(failed(count), NOON).total_seconds()) for count in range(8)]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8]


def test_ten_mistakes_close_the_window_until_the_oldest_is_fifteen_minutes_old() -> None:
    ten = failed(10, MINUTE)
    assert pause(ten, NOON) == timedelta(minutes=6)
    assert pause(ten, NOON + timedelta(minutes=6)) == timedelta(0)


def test_a_hundred_mistakes_in_an_hour_close_the_hour() -> None:
    assert pause(failed(100, timedelta(seconds=30)), NOON) == timedelta(hours=1) - 99 * timedelta(seconds=30)


def test_an_attempt_that_had_to_wait_is_not_counted(registrar: Session) -> None:
    for number in range(10):
        attempt(registrar, "Wang", "", NOON + number * MINUTE)
    with pytest.raises(TooManyAttempts) as refused:
        attempt(registrar, "wang ", "", NOON + 10 * MINUTE)
    assert refused.value.values == {"seconds": 301}
    assert logins.attempts_of(registrar, "wang", NOON - SECOND) == 10


def test_a_browser_that_signed_in_before_has_its_own_count(registrar: Session) -> None:
    for number in range(10):
        attempt(registrar, "wang", "", NOON + number * MINUTE)
    attempt(registrar, "wang", "known", NOON + 10 * MINUTE)


def account(registrar: Session) -> int:
    return new_account(registrar, Actor(None, NOON), "wang.fang", "王芳", PASSWORD).id


def test_a_session_ends_after_half_an_hour_without_use(registrar: Session) -> None:
    cookie = start(registrar, account(registrar), NOON)
    assert live_session(registrar, cookie, NOON + timedelta(minutes=29)) is not None
    assert live_session(registrar, cookie, NOON + timedelta(minutes=30)) is None


def test_a_session_in_use_ends_after_twelve_hours(registrar: Session) -> None:
    cookie = start(registrar, account(registrar), NOON)
    for quarter in range(1, 48):
        now = NOON + quarter * timedelta(minutes=15)
        session = live_session(registrar, cookie, now)
        assert session is not None
        seen(registrar, session, now)
        registrar.expire_all()
    assert live_session(registrar, cookie, NOON + timedelta(hours=12)) is None


def test_a_clock_set_back_does_not_lengthen_a_session(registrar: Session) -> None:
    cookie = start(registrar, account(registrar), NOON)
    assert live_session(registrar, cookie, NOON - timedelta(days=1)) is None


def test_the_cookies_value_is_kept_nowhere(registrar: Session) -> None:
    cookie = start(registrar, account(registrar), NOON)
    session = live_session(registrar, cookie, NOON)
    assert session is not None
    assert len(session.fingerprint) == 32
    assert cookie.encode() not in session.fingerprint


def test_revoking_one_session_leaves_the_others(registrar: Session) -> None:
    owner = account(registrar)
    first, second = start(registrar, owner, NOON), start(registrar, owner, NOON)
    assert revoke(registrar, owner, NOON, only=logins.fingerprint(first)) == 1
    registrar.expire_all()
    assert live_session(registrar, first, NOON) is None
    assert live_session(registrar, second, NOON) is not None


def test_a_new_grant_ends_the_sessions(registrar: Session) -> None:
    owner = account(registrar)
    cookie = start(registrar, owner, NOON)
    new_organisation(registrar, Actor(None, NOON), "firm", "assessor", "机构", "")
    session = live_session(registrar, cookie, NOON)
    assert session is not None
    grant(registrar, Actor(None, NOON), session.account, Role.ASSESSOR, "firm")
    registrar.expire_all()
    assert live_session(registrar, cookie, NOON) is None


def test_parallel_guesses_are_counted_one_after_the_other(stores: Stores) -> None:
    def guess(_: int) -> bool:
        try:
            with stores.registrar_transaction() as registrar:
                logins.attempt(registrar, "admin.wang", "", NOON)
                time.sleep(0.02)  # the other guesses come meanwhile
        except logins.TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(16))) == logins.FREE_ATTEMPTS + 1
