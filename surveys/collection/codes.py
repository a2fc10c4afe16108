"""Access codes, and the nonces that take their place on the open link. Both are secrets: no repr shows them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from surveys.errors import NotFound, UnknownCode
from surveys.ledger.symbols import SYMBOLS, check_symbol, tidied, written

LENGTH = 16
BITS = 80
GROUP = 4
Store = Literal["box", "registrar"]


@dataclass(frozen=True, repr=False)
class AccessCode:
    """Eighty random bits in 16 symbols and a check symbol. `symbols` holds all 17, as in an address.

    Each store knows it by a fingerprint of its own; the two cannot be joined without the code.
    """

    symbols: str

    @classmethod
    def random(cls) -> AccessCode:
        """A new code."""
        symbols = written(secrets.randbits(BITS), LENGTH)
        return cls(symbols + check_symbol(symbols))

    @classmethod
    def parse(cls, text: str) -> AccessCode:
        """A code as somebody typed it; raises UnknownCode with code.length, code.character or code.check."""
        symbols = tidied(text[:200])
        if len(symbols) != LENGTH + 1:
            raise UnknownCode("code.length", given=len(symbols), length=LENGTH + 1)
        if not set(symbols) <= set(SYMBOLS):
            raise UnknownCode("code.character")
        if check_symbol(symbols[:LENGTH]) != symbols[LENGTH]:
            raise UnknownCode("code.check")
        return cls(symbols)

    @property
    def printed(self) -> str:
        """Four groups, the check symbol behind the last."""
        groups = (self.symbols[place : place + GROUP] for place in range(0, LENGTH, GROUP))
        return "-".join(groups) + self.symbols[LENGTH]

    def fingerprint(self, store: Store) -> bytes:
        """SHA-256 over the store's label and the code."""
        return hashlib.sha256(f"{store}\0{self.symbols}".encode()).digest()

    def __repr__(self) -> str:
        return "AccessCode(…)"


def new_nonce() -> str:
    """A fresh key for the open link: 80 random bits."""
    return written(secrets.randbits(BITS), LENGTH)


def nonce_fingerprint(poster: str, nonce: str) -> bytes:
    """What the box keeps of an open-link address; raises NotFound for a nonce that we never gave out in this form."""
    if len(nonce) != LENGTH or not set(nonce) <= set(SYMBOLS):
        raise NotFound("nonce.malformed")
    return hashlib.sha256(f"open\0{poster}\0{nonce}".encode()).digest()
