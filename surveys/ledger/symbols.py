"""Characters that people copy by hand: 32 symbols without I, L, O and U, and a check symbol."""

from __future__ import annotations

import unicodedata

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
MISREAD = str.maketrans("OIL", "011")
BITS = 5
PRIMITIVE = 0b100101  # x^5 + x^2 + 1, whose root generates GF(32)


def written(number: int, length: int) -> str:
    """`number` as exactly `length` symbols, most significant first; raises ValueError when it does not fit."""
    if number >> (BITS * length):
        raise ValueError("the number needs more symbols")
    return "".join(SYMBOLS[number >> BITS * place & 31] for place in reversed(range(length)))


def number_of(symbols: str) -> int:
    """The number that `written` wrote; raises ValueError for anything but our symbols."""
    number = 0
    for symbol in symbols:
        number = number << BITS | SYMBOLS.index(symbol)
    return number


def tidied(text: str) -> str:
    """What a person typed, in our symbols where that is clear: case, width, spaces, hyphens, O, I, L are forgiven."""
    wide = unicodedata.normalize("NFKC", text).upper()
    kept = (symbol for symbol in wide if not symbol.isspace() and unicodedata.category(symbol) not in ("Pd", "Cf"))
    return "".join(kept).translate(MISREAD)


def check_symbol(symbols: str) -> str:
    """The symbol that goes behind `symbols` (at most 30).

    A polynomial over GF(32): every single wrong symbol and every exchange of two unlike ones is found.
    """
    check = 0
    for symbol in symbols:
        check = _times_root(check) ^ SYMBOLS.index(symbol)
    return SYMBOLS[_times_root(check)]


def _times_root(value: int) -> int:
    value <<= 1
    return value ^ PRIMITIVE if value > 31 else value
