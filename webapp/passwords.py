"""Passwords: long, not guessable from the place, and kept as Argon2id only."""

from __future__ import annotations

import re
import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from surveys.errors import Refusal

SHORTEST, LONGEST = 15, 200
WORDS = ("minping", "民评", "普法", "password", "passw0rd", "administrator", "1q2w3e", "zhongguo", "woaini")
RUNS = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)  # 19 MiB
_turns = BoundedSemaphore(2)  # a flood of log-ins must not eat the machine's memory
_DUMMY = _hasher.hash(secrets.token_hex(16))


class PasswordRefused(Refusal):
    """A new password that is too short or too easy to guess."""


def hashed(password: str) -> str:
    """The Argon2id text to keep."""
    with _turns:
        return _hasher.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none to compare with."""
    with _turns:
        try:
            _hasher.verify(kept or _DUMMY, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(kept)


def must_be_strong(password: str, login: str) -> None:
    """Raises PasswordRefused with the reason; no rule asks for capitals or signs."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordRefused("password.length", shortest=SHORTEST, longest=LONGEST)
    if len(set(plain)) < 6:
        raise PasswordRefused("password.repeats")
    rest = _without_known_parts(plain.lower(), login.lower())
    if len(rest) < 8:
        raise PasswordRefused("password.common")


def _without_known_parts(plain: str, login: str) -> str:
    """What is left of a password without the login, local words, runs of digits or keys, and repeats."""
    for part in (login, *WORDS):
        plain = plain.replace(part, "") if len(part) > 2 else plain
    for run in RUNS:
        for length in range(len(run), 3, -1):
            for start in range(len(run) - length + 1):
                plain = plain.replace(run[start : start + length], "")
    plain = re.sub(r"(?:19|20)\d\d(?:[01]\d[0-3]\d)?", "", plain)
    return re.sub(r"(.+?)\1+", r"\1", plain)


def random_password() -> str:
    """Five groups of four that one can read out: about 98 random bits."""
    letters = [secrets.choice(ALPHABET) for _ in range(20)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 20, 4))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
