"""The three ways an answer can be missing; they are never one blank."""

from __future__ import annotations

from enum import Enum


class Missing(Enum):
    """Why there is no substantive answer; the value is the character that `marks` and `cell` carry."""

    DONT_KNOW = "d"
    REFUSED = "r"
    NOT_ASKED = "-"

    @property
    def mark(self) -> str:
        return self.value

    @property
    def number(self) -> int:
        """The number codebooks print: 97 don't know, 98 refused or blank, 99 not asked."""
        return {"d": 97, "r": 98, "-": 99}[self.value]
