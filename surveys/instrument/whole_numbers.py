"""Whole numbers as people type them."""

from __future__ import annotations

from surveys.errors import AnswerInvalid

LONGEST = 9


def whole_number(typed: str, minimum: int | None, maximum: int | None, kind: str) -> int:
    """The number typed, full-width digits included; raises AnswerInvalid `kind.not_whole` or `kind.out_of_range`."""
    if not typed.isdecimal():
        raise AnswerInvalid(f"{kind}.not_whole", given=typed, minimum=minimum, maximum=maximum)
    # int() refuses very long digit strings with an error of its own; nobody means such a number
    number = int(typed) if len(typed) <= LONGEST else 10**LONGEST
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise AnswerInvalid(f"{kind}.out_of_range", given=typed, minimum=minimum, maximum=maximum)
    return number
