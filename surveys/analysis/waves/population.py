"""Margins as kept, laid over a sample's rows: answers to fill, categories nobody answered for, gaps that stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Labels
from surveys.analysis.weighting.margins import AGREEMENT, Margin
from surveys.records import waves

TOWN = "town"


@dataclass(frozen=True)
class Known:
    """One population margin of a wave: totals by key in a fixed order, with where they come from."""

    name: str
    totals: Mapping[str, float]
    source: str
    dated: date
    synthetic: bool

    @property
    def questions(self) -> list[str]:
        return self.name.split("*")


@dataclass
class Laid:
    """A margin over rows: every row's category, the totals, how many answers were filled and what was joined."""

    known: Known
    key: Labels
    totals: dict[str, float]
    filled: int = 0
    joined: list[tuple[str, str]] = field(default_factory=list)

    @property
    def margin(self) -> Margin:
        return Margin(self.known.name, self.key, dict(self.totals), self.known.source, self.known.dated)

    def join(self, category: str) -> bool:
        """Put a category together with its neighbour, people and total; False when it is the only one left."""
        order = sorted(self.totals, key=neighbourhood)
        if len(order) < 2 or category not in self.totals:
            return False
        place = order.index(category)
        neighbour = order[place + 1] if place + 1 < len(order) and _near(category, order[place + 1]) else None
        neighbour = neighbour or (order[place - 1] if place else order[1])
        self.totals[neighbour] += self.totals.pop(category)
        self.key = np.where(self.key == category, neighbour, self.key)
        self.joined.append((category, neighbour))
        return True


def known_margins(box: Session, wave_id: int) -> list[Known]:
    """The margins kept for a wave, by name; empty when it has none."""
    record = waves.Margin
    kept: dict[str, list[waves.Margin]] = {}
    for row in box.scalars(select(record).where(record.wave_id == wave_id).order_by(record.name, record.key)):
        kept.setdefault(row.name, []).append(row)
    return [
        Known(
            name,
            {row.key: float(row.total) for row in rows},
            "; ".join(dict.fromkeys(row.source for row in rows)),
            max(row.dated for row in rows),
            any(row.synthetic for row in rows),
        )
        for name, rows in kept.items()
    ]


def refuse_differing(known: Sequence[Known]) -> None:
    """Margins count the same people: where their sums differ, nothing is computed until the assessor has mended them.

    Raises AnalysisRefused analysis.totals_differ with the sums by margin and the largest difference.
    """
    sums = {margin.name: float(sum(margin.totals.values())) for margin in known}
    if not sums:
        return
    most, apart = max(sums.values()), max(sums.values()) - min(sums.values())
    if apart > AGREEMENT * most:
        said = {name: f"{total:,.10g}" for name, total in sums.items()}
        raise AnalysisRefused("analysis.totals_differ", sums=said, apart=f"{apart:,.10g}")


def lay(
    known: Known, towns: Sequence[str], cells: Sequence[Mapping[str, str]], count: FloatArray, joining: bool = True
) -> Laid:
    """Give every row its category; one without (an answer is missing) takes the commonest of its town, counted.

    Categories with a total and nobody to carry it are joined with their neighbour, and named; without `joining` they
    stay, and the calibration refuses.
    """
    keys = [
        "*".join(_part(part, town, cell) for part in known.questions) for town, cell in zip(towns, cells, strict=True)
    ]
    strange = [row for row, key in enumerate(keys) if key not in known.totals]
    common = _commonest(known, keys, towns, count) if strange else {}
    for row in strange:
        keys[row] = common.get(towns[row], common[""])
    laid = Laid(known, np.array(keys, dtype=object), dict(known.totals), round(float(count[strange].sum())))
    present = set(keys) if joining else set(known.totals)
    for category in [key for key, total in known.totals.items() if key not in present and total > 0]:
        laid.join(category)
    return laid


def neighbourhood(key: str) -> tuple[str, ...]:
    """Order in which categories lie beside each other: "3*2" beside "4*2", so the first part runs fastest."""
    return tuple(reversed(key.split("*")))


def _near(one: str, other: str) -> bool:
    return neighbourhood(one)[:-1] == neighbourhood(other)[:-1]


def _part(question: str, town: str, cell: Mapping[str, str]) -> str:
    return town if question == TOWN else cell.get(question, "")


def _commonest(known: Known, keys: Sequence[str], towns: Sequence[str], count: FloatArray) -> dict[str, str]:
    """The commonest category by town, and over all towns under ""."""
    seen: dict[str, Counter[str]] = {"": Counter({max(known.totals, key=lambda key: known.totals[key]): 0})}
    for key, town, n in zip(keys, towns, count, strict=True):
        if key in known.totals:
            for place in ("", town):
                seen.setdefault(place, Counter())[key] += round(float(n))
    return {town: counter.most_common(1)[0][0] for town, counter in seen.items()}
