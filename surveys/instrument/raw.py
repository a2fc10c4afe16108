"""What was posted, before anybody has judged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing


class Posted(Protocol):
    """Anything that lists the values posted under one name, as a web form does."""

    def getlist(self, key: str, /) -> list[str]: ...


class RawAnswers:
    """A posted form, or a dict of lists; a name that was not posted has no values."""

    def __init__(self, source: Posted | Mapping[str, Sequence[str]]) -> None:
        self._source = source
        self._plain: Mapping[str, Sequence[str]] = source if isinstance(source, Mapping) else {}

    def values(self, code: str) -> tuple[str, ...]:
        """Every value posted under a question's code, exactly as it came."""
        getlist = getattr(self._source, "getlist", None)
        found = getlist(code) if getlist is not None else self._plain.get(code, ())
        return (found,) if isinstance(found, str) else tuple(found)


@dataclass(frozen=True)
class RawAnswer:
    """The values posted for one question, and what its don't-know and refusal codes mean."""

    exact: tuple[str, ...]
    missing_codes: Mapping[str, Missing]

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The values without outer spaces, blanks and repeats, in the order posted."""
        trimmed = (value.strip() for value in self.exact)
        return tuple(dict.fromkeys(value for value in trimmed if value))

    @property
    def is_missing(self) -> bool:
        return not self.given or (len(self.given) == 1 and self.given[0] in self.missing_codes)

    @property
    def missing(self) -> Missing:
        """A blank counts as refused; only meaningful when `is_missing`."""
        return self.missing_codes[self.given[0]] if self.given else Missing.REFUSED

    @property
    def only(self) -> str:
        """The one value; raises AnswerInvalid when there are several."""
        if len(self.several) > 1:
            raise AnswerInvalid("answer.too_many", given=len(self.given))
        return self.several[0]

    @property
    def several(self) -> tuple[str, ...]:
        """All values; raises AnswerInvalid when "don't know" or a refusal stands beside an answer."""
        if len(self.given) > 1 and any(value in self.missing_codes for value in self.given):
            raise AnswerInvalid("answer.contradiction")
        return self.given
