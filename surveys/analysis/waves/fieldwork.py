"""What became of the issued units: counts, and the response rate by the plain AAPOR formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from surveys.analysis.drafts import Draft

PART = "fieldwork"
VERSION = "1"


class Fieldwork(Protocol):
    """What a release needs to know of the registrar's counts: units issued, and those found not to be eligible."""

    @property
    def issued(self) -> int: ...

    @property
    def ineligible(self) -> int: ...


@dataclass(frozen=True)
class FieldworkCounts:
    """The fewest counts a release can be made with; used reserve units are issued ones."""

    issued: int
    ineligible: int = 0


def rr1(fieldwork: Fieldwork, completes: int) -> float | None:
    """AAPOR RR1: completes over all issued units not known to be ineligible; None when there are none.

    Source: docs/methodology.md#response-rate.
    """
    possible = fieldwork.issued - fieldwork.ineligible
    return completes / possible if possible > 0 else None


def fieldwork_drafts(fieldwork: Fieldwork, completes: int, partials: int, volunteers: int) -> Iterator[Draft]:
    """Issued, ineligible, completes, partials, volunteers and RR1 as figures of their own."""
    counts = {
        "issued": fieldwork.issued,
        "ineligible": fieldwork.ineligible,
        "completes": completes,
        "partials": partials,
        "volunteers": volunteers,
    }
    for indicator, count in counts.items():
        yield Draft(PART, indicator, VERSION, "count", n=count, value=float(count), method="count")
    rate = rr1(fieldwork, completes)
    possible = max(0, fieldwork.issued - fieldwork.ineligible)
    reason = "" if rate is not None else "nothing_issued"
    method = "rr1" if rate is not None else ""
    yield Draft(PART, "rr1", VERSION, "percent", n=possible, value=rate, method=method, reason=reason)
