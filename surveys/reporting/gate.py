"""The one gate every figure passes, for one audience: confidentiality first, then reliability.

Source: measurement rules, docs/releases.md#the-gate. A hidden cell, an empty one and the cell hidden beside it look the
same: no n, no value, reason "confidential".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.analysis.drafts import DISTRICT, Draft
from surveys.analysis.estimates.reliability import COMFORTABLE_DF, LEAST_DF, LEAST_N_EFF, WIDEST_POINTS
from surveys.records.kinds import Audience

THRESHOLD = {Audience.PUBLIC: 10, Audience.OFFICIAL: 5}
FIELDWORK = "fieldwork"
Cell = tuple[str, str, str]  # family of figures, domain, code
POINTS = {"percent": 100.0, "points": 1.0}  # how many points one unit of a value is


@dataclass(frozen=True)
class Nesting:
    """Which one-way table adds up to another's cells: every code of `child` belongs to one code of `parent`."""

    child: str
    parent: str
    parent_of: Mapping[str, str] = field(default_factory=dict)


def gated(drafts: Sequence[Draft], audience: Audience, nestings: Sequence[Nesting] = ()) -> list[Draft]:
    """The drafts as this audience may see them, in the same order; what is for officials only is left out."""
    allowed = [draft for draft in drafts if audience is Audience.OFFICIAL or not draft.officials_only]
    hidden = hidden_cells(allowed, THRESHOLD[audience], nestings)
    return [_passed(draft, hidden, THRESHOLD[audience]) for draft in allowed]


def hidden_cells(drafts: Sequence[Draft], threshold: int, nestings: Sequence[Nesting]) -> set[Cell]:
    """The cells to hide: too few answers, and a second one where a sum would give the first away.

    All figures of one item stand and fall together, by the smallest n among them. Families are judged from the most
    answers to the fewest, and what one hides the next hide too: their n are parts of its n, and would tell it.
    """
    tables = _tables(drafts, threshold)
    order = sorted({family for family, _ in tables}, key=lambda family: (-_all_answers(tables, family), family))
    hidden: set[Cell] = set()
    forced: set[tuple[str, str]] = set()
    for family in order:
        for domain in _children_first([domain for of, domain in tables if of == family], nestings):
            nesting = next((nesting for nesting in nestings if nesting.child == domain), None)
            for parent, cells in _summed_together(tables[family, domain], nesting).items():
                gone = complemented(cells, threshold, {code for level, code in forced if level == domain})
                forced |= {(domain, code) for code in gone}
                hidden |= {(family, domain, code) for code in gone}
                if nesting and gone and not _safe(cells, gone, threshold):
                    forced.add((nesting.parent, parent))
    return hidden


def _tables(drafts: Sequence[Draft], threshold: int) -> dict[tuple[str, str], dict[str, int]]:
    """By family and domain the fewest answers of each cell; fewer than the indicator's own minimum count as too few."""
    tables: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for draft in drafts:
        if draft.domain == DISTRICT or not _counts_people(draft):
            continue
        answers = draft.n or 0
        n = answers if answers >= _fewest(draft, threshold) else min(answers, threshold - 1)
        table = tables[family_of(draft), draft.domain]
        table[draft.domain_code] = min(n, table.get(draft.domain_code, n))
    return tables


def family_of(draft: Draft) -> str:
    """Figures made from the same answers: all of an item, or one indicator of persons."""
    return draft.item or draft.indicator


def _all_answers(tables: Mapping[tuple[str, str], Mapping[str, int]], family: str) -> int:
    return sum(sum(cells.values()) for (of, _), cells in tables.items() if of == family)


def complemented(cells: Mapping[str, int], threshold: int, given_up: Collection[str] = ()) -> set[str]:
    """The cells of one table, which add up to a published sum, that must be hidden together.

    The next smallest joins until at least two are hidden and they hold `threshold` answers between them.
    """
    gone = {code for code, n in cells.items() if n < threshold or code in given_up}
    for code in sorted(cells, key=lambda code: (cells[code], code)):
        if not gone or _safe(cells, gone, threshold):
            break
        gone.add(code)
    return gone


def _safe(cells: Mapping[str, int], gone: Collection[str], threshold: int) -> bool:
    return len(gone) >= 2 and sum(cells[code] for code in gone) >= threshold


def _children_first(domains: Sequence[str], nestings: Sequence[Nesting]) -> list[str]:
    parents = {nesting.parent for nesting in nestings}
    return sorted(domains, key=lambda domain: domain in parents)


def _summed_together(table: Mapping[str, int], nesting: Nesting | None) -> dict[str, dict[str, int]]:
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for code, n in table.items():
        groups[nesting.parent_of.get(code, "") if nesting else ""][code] = n
    return groups


def _counts_people(draft: Draft) -> bool:
    """Case scores are about cases of a known register; counts of the fieldwork are published as they are."""
    return draft.part != FIELDWORK and draft.unit != "count" and draft.domain != "case" and not draft.of_cases


def _fewest(draft: Draft, threshold: int) -> int:
    return max(threshold, draft.minimum)


def _passed(draft: Draft, hidden: Collection[Cell], threshold: int) -> Draft:
    if draft.part == FIELDWORK or draft.unit == "count" or draft.domain == "case":
        return draft
    if (family_of(draft), draft.domain, draft.domain_code) in hidden and _counts_people(draft):
        return _confidential(draft, threshold)
    if draft.domain == DISTRICT and _counts_people(draft) and 0 < (draft.n or 0) < _fewest(draft, threshold):
        return _confidential(draft, threshold)
    return _reliable(draft)


def _has_own_minimum(draft: Draft) -> bool:
    """Parties are shown from 10 (a department's from 5), departments' means from 5 cases: no n_eff of 30 beside it."""
    return draft.minimum > 0 or draft.of_cases


def _confidential(draft: Draft, threshold: int) -> Draft:
    bare = draft.without_value("confidential", threshold=_fewest(draft, threshold))
    return replace(bare, n=None, n_eff=None, df=None, deff=None, counts={})


def _reliable(draft: Draft) -> Draft:
    """Withhold what noise would explain; without a second cell, since nobody is identified by it."""
    if draft.value is None or draft.lower is None or draft.upper is None:
        return draft
    n_eff = draft.n if draft.n_eff is None else draft.n_eff
    width = round((draft.upper - draft.lower) * POINTS[draft.unit], 9)
    if n_eff is not None and n_eff < LEAST_N_EFF and not _has_own_minimum(draft):
        return draft.without_value("n_eff_below_30", n_eff=round(n_eff, 1), fewest=LEAST_N_EFF)
    if draft.df is not None and draft.df < LEAST_DF:
        return draft.without_value("df_below_3", df=draft.df, fewest=LEAST_DF)
    if width >= WIDEST_POINTS:
        return draft.without_value("width_30_points", width=round(width, 1), widest=WIDEST_POINTS)
    if width == 0:  # every PSU alike: chance, not certainty; an interval of no width is never printed
        return draft.without_value("psus_alike", n=draft.n)
    return replace(draft, flag="few_df") if draft.df is not None and draft.df < COMFORTABLE_DF else draft
