"""One group-by over the sealed responses of a wave: the counts and sums that every figure is made from.

Answers are added up where they lie, on SQLite and PostgreSQL alike; what comes back are rows by channel, place in
the design, base weight and cell (docs/methodology.md#sufficient-statistics).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import CTE, BigInteger, ColumnElement, Float, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from surveys.analysis.table import BoolArray, FloatArray
from surveys.instrument import Indicator, Instrument, Item
from surveys.records.kinds import Channel
from surveys.records.passes import DesignPsu
from surveys.records.responses import Response

MISSING_MARKS = "dr"
PLACE = 6  # channel, stratum, psu, town, base weight, cell
TOGETHER, BITS = 4, 15  # counts of four characters travel in one integer of 60 bits
HOUSEHOLD = "#"  # between a certainty PSU and one of its answering households
UNSCORED = -1.0  # stands in a key where a person has no such score

Key = ColumnElement[Any]


@dataclass(frozen=True)
class Wanted:
    """What to add up: scores by name, marks by item (position from 1, characters), and scores to tell rows apart by."""

    scores: tuple[str, ...]
    marks: Mapping[str, tuple[int, str]]
    bases: tuple[str, ...]

    @classmethod
    def by(cls, instrument: Instrument) -> Wanted:
        """All that an instrument's indicators read; don't know and refused are counted for every item."""
        indicators = list(instrument.indicators.values())
        marks: dict[str, tuple[int, str]] = {}
        for indicator in indicators:
            for item in items_read(indicator, instrument):
                seen = marks.get(item.code, (0, ""))[1]
                characters = sorted({*seen, *indicator.values, *MISSING_MARKS} & set(item.alphabet))
                marks[item.code] = (item.position, "".join(characters))
        scores = dict.fromkeys(indicator.code for indicator in indicators if indicator.per_person)
        bases = dict.fromkeys(indicator.base for indicator in indicators if indicator.base)
        return cls(tuple(scores), marks, tuple(bases))


def items_read(indicator: Indicator, instrument: Instrument) -> Sequence[Item]:
    """The items whose marks stand behind an indicator: its own, or the first of the one question a score reads."""
    if not indicator.per_person:
        return indicator.items
    if len(indicator.questions) != 1:
        return ()
    return [item for item in instrument.items if item.question == indicator.questions[0].code][:1]


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """Σ1, Σx and Σx² over the persons of each row who have the score: arrays of shape (rows,)."""

    n: FloatArray
    x: FloatArray
    xx: FloatArray


@dataclass(frozen=True, eq=False)
class Totals:
    """Rows by (channel, stratum, psu, town, base weight, cell, bases); every column has shape (rows,).

    In the stratum of a PSU that was certain to be drawn each answering household is a PSU of its own.
    `marks[item][character]` counts persons; `bases[name]` is the score that tells complete from partial, UNSCORED
    where there is none.
    """

    channel: tuple[str, ...]
    stratum: tuple[str, ...]
    psu: tuple[str, ...]
    town: tuple[str, ...]
    base_weight: FloatArray
    cell: tuple[str, ...]
    bases: Mapping[str, FloatArray]
    count: FloatArray
    scores: Mapping[str, ScoreSums]
    marks: Mapping[str, Mapping[str, FloatArray]]

    def based(self, base: str | None) -> BoolArray:
        """The rows whose persons count for an indicator with this base."""
        return np.ones(len(self.count), bool) if base is None else self.bases[base] == 1

    def came_by(self, channel: Channel) -> BoolArray:
        return np.array([name == channel.value for name in self.channel], dtype=bool)

    def rows(self, mask: BoolArray) -> Totals:
        """The rows of a mask as totals of their own. For channels and bases; domains stay masks."""
        chosen = np.flatnonzero(mask)

        def texts(column: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(column[row] for row in chosen)

        return Totals(
            channel=texts(self.channel),
            stratum=texts(self.stratum),
            psu=texts(self.psu),
            town=texts(self.town),
            base_weight=self.base_weight[chosen],
            cell=texts(self.cell),
            bases={name: column[chosen] for name, column in self.bases.items()},
            count=self.count[chosen],
            scores={name: ScoreSums(s.n[chosen], s.x[chosen], s.xx[chosen]) for name, s in self.scores.items()},
            marks={
                item: {character: column[chosen] for character, column in columns.items()}
                for item, columns in self.marks.items()
            },
        )


def totals(box: Session, wave_id: int, wanted: Wanted) -> Totals:
    """Add up all sealed answers of a wave without a subject (evaluations of cases are not residents' answers)."""
    certain = _certain(box, wave_id)
    rows = _added_up(box, wave_id, wanted, TOGETHER, certain)
    if any(row[PLACE + len(wanted.bases)] >= 1 << BITS for row in rows):  # a row too large for 15 bits a count
        return _totals(_added_up(box, wave_id, wanted, 1, certain), wanted, 1)
    return _totals(rows, wanted, TOGETHER)


def is_certain(psu: DesignPsu) -> bool:
    """Whether a PSU was certain to be drawn: a stratum of its own, whose households are the PSUs."""
    return psu.inclusion_probability >= 1


def _certain(box: Session, wave_id: int) -> list[str]:
    certain = DesignPsu.inclusion_probability >= 1
    return list(box.scalars(select(DesignPsu.stratum).where(DesignPsu.wave_id == wave_id, certain)))


def _added_up(
    box: Session, wave_id: int, wanted: Wanted, together: int, certain: Sequence[str]
) -> list[tuple[Any, ...]]:
    answer = _answers(wave_id, wanted, certain)
    keys: list[Key] = [
        answer.c[name] for name in ("channel", "stratum", "psu", "town", "base_weight", "cell", *_bases(wanted))
    ]
    sums = [*_score_sums(answer, wanted), *_mark_counts(answer, wanted, together)]
    grouped = select(*keys, func.count(), *sums).group_by(*keys)
    rows = [tuple(row) for row in box.connection().execute(grouped)]
    return sorted(rows, key=lambda row: row[: len(keys)])  # float sums in one order, whatever the database


def _answers(wave_id: int, wanted: Wanted, certain: Sequence[str]) -> CTE:
    """Each answer with its scores taken out of JSON once."""
    names = list(wanted.scores)
    place = (Response.stratum, _psu(certain), Response.town, Response.base_weight, Response.cell, Response.marks)
    # channel as plain text: an Enum column would make a Python object for each of many thousand rows
    channel = cast(Response.channel, Response.stratum.type).label("channel")
    scores = [Response.scores[name].as_float().label(_column("score", rank)) for rank, name in enumerate(names)]
    bases = [
        func.coalesce(Response.scores[name].as_float(), UNSCORED).label(_column("base", rank))
        for rank, name in enumerate(wanted.bases)
    ]
    chosen = select(channel, *place, *scores, *bases).where(Response.wave_id == wave_id, Response.subject == "")
    return chosen.cte("answer").prefix_with("MATERIALIZED")


def _psu(certain: Sequence[str]) -> Key:
    """The PSU an answer counts for. Source: docs/sampling.md#the-draw, certainty PSUs."""
    if not certain:
        return Response.psu.expression
    household = Response.psu + HOUSEHOLD + cast(Response.id, String)
    return case((Response.stratum.in_(certain), household), else_=Response.psu).label("psu")


def _column(kind: str, place: int) -> str:
    """Names from instruments stay out of SQL identifiers."""
    return f"{kind}_{place}"


def _bases(wanted: Wanted) -> list[str]:
    return [_column("base", place) for place in range(len(wanted.bases))]


def _score_sums(answer: CTE, wanted: Wanted) -> list[Key]:
    columns = [cast(answer.c[_column("score", place)], Float) for place in range(len(wanted.scores))]
    return [sum_ for x in columns for sum_ in (func.count(x), func.sum(x), func.sum(x * x))]


def _mark_counts(answer: CTE, wanted: Wanted, together: int) -> list[Key]:
    """One sum for every `together` characters of an item: each adds 1 at its own bits."""
    return [
        cast(
            func.sum(
                case(
                    {character: literal(1 << BITS * rank, BigInteger) for rank, character in enumerate(characters)},
                    value=func.substr(answer.c.marks, position, 1),
                    else_=literal(0, BigInteger),
                )
            ),
            BigInteger,
        )
        for position, characters in _runs(wanted, together)
    ]


def _runs(wanted: Wanted, together: int) -> list[tuple[int, str]]:
    return [
        (position, characters[first : first + together])
        for position, characters in wanted.marks.values()
        for first in range(0, len(characters), together)
    ]


def _totals(rows: Sequence[tuple[Any, ...]], wanted: Wanted, together: int) -> Totals:
    first = PLACE + len(wanted.bases)
    scored = first + 1 + 3 * len(wanted.scores)
    texts = [tuple(str(row[place]) for row in rows) for place in range(PLACE)]
    bases = _numbers([row[PLACE:first] for row in rows], first - PLACE)
    numbers = _numbers([row[first:scored] for row in rows], scored - first)
    return Totals(
        channel=texts[0],
        stratum=texts[1],
        psu=texts[2],
        town=texts[3],
        base_weight=np.array([row[4] for row in rows], dtype=float),
        cell=texts[5],
        bases={name: bases[:, place] for place, name in enumerate(wanted.bases)},
        count=numbers[:, 0],
        scores={
            name: ScoreSums(*(numbers[:, 1 + 3 * place + part] for part in range(3)))
            for place, name in enumerate(wanted.scores)
        },
        marks=_marks([row[scored:] for row in rows], wanted, together),
    )


def _marks(rows: Sequence[tuple[Any, ...]], wanted: Wanted, together: int) -> dict[str, dict[str, FloatArray]]:
    """Counts by item and character, taken apart again."""
    items = {position: item for item, (position, _) in wanted.marks.items()}
    runs = _runs(wanted, together)
    sums = np.array(rows, dtype=np.int64).reshape(len(rows), len(runs))
    counts: dict[str, dict[str, FloatArray]] = {item: {} for item in wanted.marks}
    alone = (1 << BITS if together > 1 else 1 << 62) - 1
    for (position, characters), column in zip(runs, sums.T, strict=True):
        for rank, character in enumerate(characters):
            counts[items[position]][character] = ((column >> BITS * rank) & alone).astype(float)
    return counts


def _numbers(rows: Sequence[tuple[Any, ...]], width: int) -> FloatArray:
    """An array (rows, width); a sum over nobody is NULL, and 0 here."""
    table = np.array(rows, dtype=float).reshape(len(rows), width)
    return np.asfortranarray(np.nan_to_num(table))
