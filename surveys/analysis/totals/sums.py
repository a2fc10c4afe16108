"""A wave's totals as the estimates read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from surveys.analysis.table import BoolArray, FloatArray, IntArray
from surveys.analysis.totals.partial import Counts, Partial
from surveys.analysis.totals.wanted import Wanted
from surveys.records.kinds import Channel

PLACE = ("channel", "stratum", "psu", "town", "base_weight", "cell")
UNSCORED = -1.0  # stands in a key where a person has no such score


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """Σ1, Σx and Σx² over the persons of each row who have the score: arrays of shape (rows,)."""

    n: FloatArray
    x: FloatArray
    xx: FloatArray


class Marks(Mapping[str, Mapping[str, FloatArray]]):
    """`marks[item][character]` counts persons by row, (rows,); kept as small integers, given as numbers."""

    def __init__(self, characters: Mapping[str, str], counts: Counts) -> None:
        """`counts` (rows, columns) has a column for each character of each item, in this order."""
        self._characters, self._counts = characters, counts
        ends = np.cumsum([len(text) for text in characters.values()]).tolist()
        self._ends = dict(zip(characters, ends, strict=True))

    def __getitem__(self, item: str) -> Mapping[str, FloatArray]:
        first = self._ends[item] - len(self._characters[item])
        return {
            character: self._counts[:, first + rank].astype(float)
            for rank, character in enumerate(self._characters[item])
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._characters)

    def __len__(self) -> int:
        return len(self._characters)

    def rows(self, chosen: IntArray) -> Marks:
        return Marks(self._characters, self._counts[chosen])


@dataclass(frozen=True, eq=False)
class Totals:
    """Rows by (channel, stratum, psu, town, base weight, cell, bases), in this order; every column has shape (rows,).

    In the stratum of a PSU that was certain to be drawn each answering household is a PSU of its own, numbered.
    `bases[name]` is the score that tells complete from partial, UNSCORED where there is none.
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
    marks: Marks

    @classmethod
    def of(cls, partial: Partial, wanted: Wanted) -> Totals:
        """From sums in the layout of `query.layout_of`."""
        numbers = np.asfortranarray(partial.numbers)
        x, squares = 1 + len(wanted.scores), 1 + 2 * len(wanted.scores)
        xx = {name: squares + place for place, name in enumerate(wanted.squared)}
        texts = {name: tuple(partial.keys[name].tolist()) for name in PLACE if name != "base_weight"}
        return cls(
            **texts,
            base_weight=np.asarray(partial.keys["base_weight"], float),
            bases={name: np.asarray(partial.keys[f"base.{name}"], float) for name in wanted.bases},
            count=numbers[:, 0],
            scores={
                name: ScoreSums(numbers[:, 1 + place], numbers[:, x + place], numbers[:, xx.get(name, x + place)])
                for place, name in enumerate(wanted.scores)
            },
            marks=Marks({item: text for item, (_, text) in wanted.marks.items()}, np.asfortranarray(partial.counts)),
        )

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
            marks=self.marks.rows(chosen),
        )
