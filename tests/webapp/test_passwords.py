"""Passwords that are long, not guessable from the place, and kept as Argon2id."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from webapp import passwords
from webapp.passwords import PasswordRefused, must_be_strong


@pytest.mark.parametrize(
    "password", ["yangliu heping qiao 27", "春江潮水连海平海上明月共潮生滟滟", "correct horse battery"]
)
def test_a_long_sentence_is_taken_without_rules_on_signs(password: str) -> None:
    must_be_strong(password, "li.wei")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "password.length"),
        ("x" * 201, "password.length"),
        ("aaaaaaaaaaaaaaaaaa", "password.repeats"),
        ("abababababababababab", "password.repeats"),
        ("minping1234567890", "password.common"),
        ("li.wei.li.wei.li.wei.2026", "password.common"),
        ("Administrator20260101", "password.common"),
        ("qwertyuiop123456789", "password.common"),
    ],
)
def test_a_short_repeated_or_local_password_is_refused_with_the_reason(password: str, code: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        must_be_strong(password, "li.wei")
    assert refused.value.code == code


def test_the_hash_is_argon2id_with_nineteen_mebibytes() -> None:
    kept = passwords.hashed("yangliu heping qiao 27")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, "yangliu heping qiao 27")
    assert not passwords.matches(kept, "yangliu heping qiao 28")


def test_the_same_password_typed_full_width_is_the_same() -> None:
    assert passwords.matches(passwords.hashed("yangliu heping qiao 27"), "yangliu　heping qiao ２７")


def test_without_a_hash_or_with_a_broken_one_nothing_matches() -> None:
    assert not passwords.matches(None, "yangliu heping qiao 27")
    assert not passwords.matches("not a hash", "yangliu heping qiao 27")


def test_an_older_hash_is_to_be_made_anew() -> None:
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("x"))
    assert not passwords.needs_rehash(passwords.hashed("yangliu heping qiao 27"))


def test_a_made_up_password_is_strong_and_never_the_same() -> None:
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        must_be_strong(password, "li.wei")
