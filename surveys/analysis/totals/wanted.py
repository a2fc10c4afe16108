"""What a wave's group-by adds up: read off an instrument's indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.instrument import Indicator, Instrument, Item

MISSING_MARKS = "dr"


@dataclass(frozen=True)
class Wanted:
    """What to add up: scores by name, marks by item (position from 1, characters), and scores to tell rows apart by.

    `binary` names the scores that are 0 or 1 for everybody: their squares are themselves and are not added up.
    """

    scores: tuple[str, ...]
    marks: Mapping[str, tuple[int, str]]
    bases: tuple[str, ...]
    binary: frozenset[str] = field(default=frozenset())

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
        shares = frozenset(one.code for one in indicators if one.per_person and one.unit == "percent")
        return cls(tuple(scores), marks, tuple(bases), shares)

    def without_marks(self) -> Wanted:
        """The indicators that a person's scores carry, without what stands behind them: a fraction of the work."""
        return replace(self, marks={})

    @property
    def all_scores(self) -> tuple[str, ...]:
        """Scores that are added up or tell rows apart, each once."""
        return tuple(dict.fromkeys((*self.scores, *self.bases)))

    @property
    def squared(self) -> tuple[str, ...]:
        """The scores whose squares are added up."""
        return tuple(name for name in self.scores if name not in self.binary)


def items_read(indicator: Indicator, instrument: Instrument) -> Sequence[Item]:
    """The items whose marks stand behind an indicator: its own, or the first of the one question a score reads."""
    if not indicator.per_person:
        return indicator.items
    if len(indicator.questions) != 1:
        return ()
    return [item for item in instrument.items if item.question == indicator.questions[0].code][:1]
