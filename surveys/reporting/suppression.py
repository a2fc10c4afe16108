"""Which cells of one-way tables are hidden together, so that no published sum gives one of them back.

Source: measurement rules, docs/releases.md#the-gate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.analysis.drafts import DISTRICT, Draft
from surveys.analysis.waves.groups import COMPARISONS

FIELDWORK, VOLUNTEERS = "fieldwork", "volunteers"
Cell = tuple[str, str, str]  # family of figures, domain, code
Place = tuple[str, str]  # domain, code
Answers = dict[Place, int]


@dataclass(frozen=True)
class Nesting:
    """Which one-way table adds up to another's cells: every code of `child` belongs to one code of `parent`."""

    child: str
    parent: str
    parent_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sum:
    """Cells that add up, together with those whose answer to the question is missing, to the district or a `total`.

    exposed: the missing are some, but fewer than may be told; a difference of published counts would be just them.
    """

    parts: tuple[Place, ...]
    total: Place | None = None
    exposed: bool = False

    def next_to_hide(self, cells: Mapping[Place, int], gone: Collection[Place], threshold: int) -> Place | None:
        """The smallest cell still shown, where the sum tells too much; its total where no other is left."""
        if self._safe([cells[part] for part in self.parts if part in gone], self.total in gone, threshold):
            return None
        left = [part for part in self.parts if part not in gone]
        if left:
            return min(left, key=lambda part: (cells[part], part))
        return self.total if self.total not in gone else None

    def _safe(self, hidden: Sequence[int], hides_total: bool, threshold: int) -> bool:
        """A reader of the sum learns what its hidden cells hold between them.

        The missing protect no small cell, since the notes may count them, but one large cell protects them.
        """
        if hides_total:
            return bool(hidden)
        if not hidden:
            return not self.exposed
        alone = self.exposed and hidden[0] >= threshold
        return (len(hidden) > 1 or alone) and sum(hidden) >= threshold


def hidden_cells(drafts: Sequence[Draft], threshold: int, nestings: Sequence[Nesting]) -> set[Cell]:
    """The cells to hide: too few answers, and others where a sum would give those, or those missing, away.

    All figures of one item stand and fall together, by the smallest n among them. Families are judged from the most
    answers to the fewest, and what one hides the next hide too: their n are parts of its n, and would tell it.
    """
    counted = [draft for draft in drafts if counts_people(draft) and draft.part != VOLUNTEERS]
    families: dict[str, list[Draft]] = defaultdict(list)
    for draft in counted:
        families[family_of(draft)].append(draft)
    hidden: set[Cell] = set()
    forced: set[Place] = set()
    for family in sorted(families, key=lambda family: (-_all_answers(families[family], threshold), family)):
        cells = _answers(families[family], threshold)
        gone = complemented(cells, list(_sums(families[family], cells, threshold, nestings)), threshold, forced)
        forced |= gone
        hidden |= {(family, *place) for place in gone}
    return hidden


def complemented(
    cells: Mapping[Place, int], sums: Sequence[Sum], threshold: int, forced: Collection[Place] = ()
) -> set[Place]:
    """The cells to hide: those of too few answers or `forced`, and the smallest beside them until every sum is safe."""
    gone = {place for place, n in cells.items() if n < threshold or place in forced}
    while more := next((place for one in sums if (place := one.next_to_hide(cells, gone, threshold))), None):
        gone.add(more)
    return gone


def family_of(draft: Draft) -> str:
    """Figures made from the same answers: all of an item, or one indicator of persons."""
    return draft.item or draft.indicator


def counts_people(draft: Draft) -> bool:
    """Case scores are about cases of a known register; counts of the fieldwork are published as they are."""
    apart = draft.part in (FIELDWORK, COMPARISONS)
    return not apart and draft.unit != "count" and draft.domain != "case" and not draft.of_cases


def fewest(draft: Draft, threshold: int) -> int:
    """The fewest answers a figure may be shown for."""
    return max(threshold, draft.minimum)


def _answers(drafts: Sequence[Draft], threshold: int) -> Answers:
    """The fewest answers of each cell below the district; fewer than the indicator's own minimum count as too few."""
    cells: Answers = {}
    for draft in drafts:
        if draft.domain != DISTRICT:
            answers, place = draft.n or 0, _place(draft)
            n = answers if answers >= fewest(draft, threshold) else min(answers, threshold - 1)
            cells[place] = min(n, cells.get(place, n))
    return cells


def _all_answers(drafts: Sequence[Draft], threshold: int) -> int:
    return sum(_answers(drafts, threshold).values())


def _sums(drafts: Sequence[Draft], cells: Answers, threshold: int, nestings: Sequence[Nesting]) -> Iterator[Sum]:
    """Tables that others are nested in, then the nested groups, then every other table: small sums first."""
    tables: dict[str, list[Place]] = defaultdict(list)
    for place in cells:
        tables[place[0]].append(place)
    within = [nesting for nesting in nestings if nesting.child in tables and nesting.parent in tables]
    parents = {nesting.parent for nesting in within}
    for domain in sorted(parents):
        yield _sum(drafts, tables[domain], None, threshold)
    for nesting in within:
        for total, parts in _groups(tables[nesting.child], nesting).items():
            yield _sum(drafts, parts, total if total in cells else None, threshold)
    for domain in tables:
        if domain not in parents:
            yield _sum(drafts, tables[domain], None, threshold)


def _groups(places: Sequence[Place], nesting: Nesting) -> dict[Place, list[Place]]:
    groups: dict[Place, list[Place]] = defaultdict(list)
    for place in places:
        groups[nesting.parent, nesting.parent_of.get(place[1], "")].append(place)
    return groups


def _sum(drafts: Sequence[Draft], parts: Sequence[Place], total: Place | None, threshold: int) -> Sum:
    """`total` None is the district; where no figure of it is here, nothing is missing."""
    whole, inside = total or (DISTRICT, ""), set(parts)
    missing = [
        draft.n - sum(one.n or 0 for one in drafts if _of_same(one, draft) and _place(one) in inside)
        for draft in drafts
        if _place(draft) == whole and draft.n is not None
    ]
    least = max(fewest(draft, threshold) for draft in drafts)
    return Sum(tuple(parts), total, any(0 < n < least for n in missing))


def _place(draft: Draft) -> Place:
    return draft.domain, draft.domain_code


def _of_same(one: Draft, other: Draft) -> bool:
    return (one.indicator, one.item) == (other.indicator, other.item)
