"""The one group-by over a wave's answers, written once in SQLAlchemy Core and run wherever the answers lie.

Only counts and sums are pushed down. Where the answers lie is a Relation: the live store, or the columns of a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Double, FromClause, Select, case, cast, func, literal, select

from surveys.analysis.table import FloatArray
from surveys.analysis.totals.partial import Counts, Partial, smallest
from surveys.analysis.totals.sums import PLACE, UNSCORED
from surveys.analysis.totals.wanted import Wanted

TOGETHER, BITS = 4, 15  # counts of four characters travel in one integer of 60 bits

Key = ColumnElement[Any]
Columns = Mapping[str, Any]  # (rows,) each, tuples or arrays


class Relation(Protocol):
    """One row a response. `rows` has the columns of PLACE."""

    @property
    def rows(self) -> FromClause: ...

    def score(self, name: str) -> Key:
        """A person's score; NULL where there is none."""

    def mark(self, item: str, position: int) -> Key:
        """The one character of an item."""


def score_column(name: str) -> str:
    return f"score.{name}"


def added_up(relation: Relation, wanted: Wanted, together: int) -> Select[Any]:
    """Counts and sums by place, weight, cell and bases; `together` characters of an item share one integer."""
    keys = [relation.rows.c[name].label(name) for name in PLACE]
    keys += [relation.score(name).label(f"base.{name}") for name in wanted.bases]
    sums = [*_score_sums(relation, wanted), *_mark_counts(relation, wanted, together)]
    grouped = select(*keys, func.count().label("count"), *sums).select_from(relation.rows)
    return grouped.group_by(*(key.element for key in keys))


def partial_of(run: Callable[[int], Columns], wanted: Wanted) -> Partial:
    """What the query came to; `run(together)` runs it and gives its columns by name.

    It is run again with every character alone where a row holds more people than packed counts do.
    """
    columns = run(TOGETHER)
    together = TOGETHER
    if wanted.marks and any(count >= 1 << BITS for count in columns["count"]):
        columns, together = run(1), 1
    keys: dict[str, Any] = {name: _texts(columns[name]) for name in PLACE if name != "base_weight"}
    keys["base_weight"] = _number(columns["base_weight"], 0.0)
    keys |= {f"base.{name}": _number(columns[f"base.{name}"], UNSCORED) for name in wanted.bases}
    order = (*PLACE, *(f"base.{name}" for name in wanted.bases))
    numbers = [_number(columns[name], 0.0) for name in layout_of(wanted)]
    counts = _unpacked(columns, wanted, together)
    return Partial({name: keys[name] for name in order}, np.column_stack(numbers), counts)


def layout_of(wanted: Wanted) -> list[str]:
    """The names of a partial's numbers: persons, then n and Σx of every score, then Σx² where it is not Σx."""
    names = [f"{kind}.{name}" for kind in ("n", "x") for name in wanted.scores]
    return ["count", *names, *(f"xx.{name}" for name in wanted.squared)]


def _score_sums(relation: Relation, wanted: Wanted) -> list[Key]:
    columns = {name: cast(relation.score(name), Double) for name in wanted.scores}
    sums: list[Key] = [func.count(x).label(f"n.{name}") for name, x in columns.items()]
    sums += [func.sum(x).label(f"x.{name}") for name, x in columns.items()]
    return sums + [func.sum(columns[name] * columns[name]).label(f"xx.{name}") for name in wanted.squared]


def _mark_counts(relation: Relation, wanted: Wanted, together: int) -> list[Key]:
    """One sum for every `together` characters of an item: each adds 1 at its own bits."""
    return [
        cast(
            func.sum(
                case(
                    {character: literal(1 << BITS * rank, BigInteger) for rank, character in enumerate(characters)},
                    value=relation.mark(item, wanted.marks[item][0]),
                    else_=literal(0, BigInteger),
                )
            ),
            BigInteger,
        ).label(name)
        for name, item, characters in _runs(wanted, together)
    ]


def _runs(wanted: Wanted, together: int) -> list[tuple[str, str, str]]:
    """A column's name, its item and the characters that travel in it."""
    return [
        (f"marks.{first}.{item}", item, characters[first : first + together])
        for item, (_, characters) in wanted.marks.items()
        for first in range(0, len(characters), together)
    ]


def _unpacked(columns: Columns, wanted: Wanted, together: int) -> Counts:
    """Counts (rows, characters of all items), taken apart again."""
    rows, width = len(columns["count"]), sum(len(characters) for _, characters in wanted.marks.values())
    packed = together > 1
    counts = np.zeros((rows, width), np.uint16 if packed else np.uint32, order="F")
    alone, place = (1 << BITS) - 1 if packed else (1 << 62) - 1, 0
    for name, _, characters in _runs(wanted, together):
        column = np.asarray(columns[name], dtype=np.int64)
        for rank in range(len(characters)):
            counts[:, place] = (column >> BITS * rank) & alone
            place += 1
    return smallest(counts)


def _texts(column: Sequence[Any]) -> Counts:
    return np.array([str(text) for text in column], dtype=object)


def _number(column: Sequence[Any], otherwise: float) -> FloatArray:
    """Numbers, with `otherwise` for NULL: a sum over nobody."""
    numbers = np.asarray(column, dtype=float)
    return np.where(np.isnan(numbers), otherwise, numbers)
