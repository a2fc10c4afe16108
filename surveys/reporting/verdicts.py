"""What planned comparisons say together: adjusted p-values by family, verdicts, and the places towns may hold.

It comes after the gate and once for each audience, so that nothing hidden from a reader enters a number he reads.
Source: docs/methodology.md#comparisons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from surveys.analysis.drafts import Draft
from surveys.analysis.estimands.families import Family
from surveys.analysis.estimands.ranks import RankInterval, rank_intervals
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.waves.groups import COMPARISONS, REST, TOWN

ABOVE, NOT_DIFFERENT, BELOW = "above", "not_different", "below"
NOT_SHOWN = 1.0  # the p of a planned difference that cannot be shown: it makes the others more cautious, never less
UNKNOWN = NotEstimable("no_answers")  # a town whose interval nobody made may stand anywhere
Families = Mapping[str, Mapping[str, Any]]


def judged(drafts: Sequence[Draft], families: Families) -> list[Draft]:
    """Drafts that have passed the gate, comparisons with `p_adjusted` and `verdict`, towns' also with their places.

    `families` says method and level by name. A difference without a value has no verdict.
    """
    verdicts = {place: said for name, rule in families.items() for place, said in _verdicts(drafts, name, rule).items()}
    ranks = _ranks(drafts, families)
    return [
        replace(draft, reason_values={**draft.reason_values, **verdicts[place], **ranks.get(_cell(draft), {})})
        if place in verdicts
        else draft
        for place, draft in enumerate(drafts)
    ]


def _verdicts(drafts: Sequence[Draft], name: str, rule: Mapping[str, Any]) -> dict[int, dict[str, object]]:
    """By place among the drafts."""
    mine = {str(place): draft for place, draft in enumerate(drafts) if _is_of(draft, name)}
    raw = {place: NOT_SHOWN if draft.value is None else _p(draft) for place, draft in mine.items()}
    adjusted = Family(name, rule["method"], raw).adjusted
    return {
        int(place): {"p_adjusted": adjusted[place], "verdict": _verdict(draft, adjusted[place] <= rule["level"])}
        for place, draft in mine.items()
        if draft.value is not None
    }


def _is_of(draft: Draft, family: str) -> bool:
    return draft.part == COMPARISONS and draft.reason_values["family"] == family


def _p(draft: Draft) -> float:
    p = draft.reason_values["p"]
    return p if isinstance(p, float) else NOT_SHOWN


def _verdict(draft: Draft, differs: bool) -> str:
    if not differs or not draft.value:
        return NOT_DIFFERENT
    return ABOVE if draft.value > 0 else BELOW


Cell = tuple[str, str, str, str]  # indicator, item, domain, code


def _cell(draft: Draft) -> Cell:
    return draft.indicator, draft.item, draft.domain, draft.domain_code


def _ranks(drafts: Sequence[Draft], families: Families) -> dict[Cell, dict[str, object]]:
    """The places of towns that are compared with the rest, among those whose figure this audience sees."""
    found: dict[Cell, dict[str, object]] = {}
    shown = {_cell(one) for one in drafts if one.part != COMPARISONS and one.value is not None}
    groups: dict[tuple[str, str, str], dict[str, Estimate | NotEstimable]] = {}
    for one in drafts:
        if _is_of_rest(one) and _cell(one) in shown:
            group = groups.setdefault((one.indicator, one.item, str(one.reason_values["family"])), {})
            group[one.domain_code] = one.joint or UNKNOWN
    for (indicator, item, family), estimates in groups.items():
        for rank in rank_intervals(estimates if len(estimates) > 1 else {}, 1 - families[family]["level"]):
            found[indicator, item, TOWN, rank.code] = _said(rank)
    return found


def _is_of_rest(draft: Draft) -> bool:
    return draft.part == COMPARISONS and draft.domain == TOWN and draft.reason_values["against"] == REST


def _said(rank: RankInterval) -> dict[str, object]:
    return {"rank_first": rank.first, "rank_last": rank.last, "ranked": rank.of}
