"""The one gate every figure passes, for one audience: confidentiality first, then reliability.

Source: measurement rules, docs/releases.md#the-gate. A hidden cell, an empty one and the cell hidden beside it look the
same: no n, no value, reason "confidential". A comparison passes where both its sides do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from surveys.analysis.drafts import DISTRICT, Draft
from surveys.analysis.estimates.reliability import COMFORTABLE_DF, LEAST_DF, LEAST_N_EFF, WIDEST_POINTS
from surveys.analysis.waves.groups import COMPARISONS, REST
from surveys.records.kinds import Audience
from surveys.reporting.suppression import FIELDWORK, Cell, Nesting, counts_people, family_of, fewest, hidden_cells

THRESHOLD = {Audience.PUBLIC: 10, Audience.OFFICIAL: 5}
SIDES = ("first", "against")
POINTS = {"percent": 100.0, "points": 1.0}  # how many points one unit of a value is


def gated(drafts: Sequence[Draft], audience: Audience, nestings: Sequence[Nesting] = ()) -> list[Draft]:
    """The drafts as this audience may see them, in the same order; what is for officials only is left out."""
    allowed = [draft for draft in drafts if audience is Audience.OFFICIAL or not draft.officials_only]
    hidden = hidden_cells(allowed, THRESHOLD[audience], nestings)
    passed = [_passed(draft, hidden, THRESHOLD[audience]) for draft in allowed]
    figures = [draft for draft in passed if draft.value is not None and draft.part != COMPARISONS]
    shown = {_side(draft, draft.domain_code) for draft in figures}
    least = THRESHOLD[audience]
    return [_compared(draft, shown, least) if draft.part == COMPARISONS else draft for draft in passed]


def _passed(draft: Draft, hidden: Collection[Cell], threshold: int) -> Draft:
    if draft.part in (FIELDWORK, COMPARISONS) or draft.unit == "count" or draft.domain == "case":
        return draft
    if (family_of(draft), draft.domain, draft.domain_code) in hidden and counts_people(draft):
        return _confidential(draft, threshold)
    if draft.domain == DISTRICT and counts_people(draft) and 0 < (draft.n or 0) < fewest(draft, threshold):
        return _confidential(draft, threshold)
    return _reliable(draft)


def _has_own_minimum(draft: Draft) -> bool:
    """Parties are shown from 10 (a department's from 5), departments' means from 5 cases: no n_eff of 30 beside it."""
    return draft.minimum > 0 or draft.of_cases


def _confidential(draft: Draft, threshold: int) -> Draft:
    bare = draft.without_value("confidential", threshold=fewest(draft, threshold))
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
    return draft.flagged("few_df") if draft.df is not None and draft.df < COMFORTABLE_DF else draft


Side = tuple[str, str, str, str]  # indicator, item, domain, code


def _side(draft: Draft, code: str) -> Side:
    return draft.indicator, draft.item, draft.domain, code


def _compared(draft: Draft, shown: Collection[Side], threshold: int) -> Draft:
    """A difference is shown where the figures of both sides are; it tells nothing of a cell that is hidden.

    The rest of the district is known from the district and the domain compared with it, and is a side like any other:
    its n and n_eff are judged too. A difference carries those of its smaller side; its width in points means nothing.
    """
    said = draft.reason_values
    sides = [str(said["first"]), *([] if said["against"] == REST else [str(said["against"])])]
    if (draft.n or 0) < threshold or not all(_side(draft, code) in shown for code in sides):
        return _withheld(replace(draft, n=None, n_eff=None, df=None, deff=None), "side_not_shown")
    if draft.value is None:
        return draft
    if draft.n_eff is not None and draft.n_eff < LEAST_N_EFF:
        return _withheld(draft, "n_eff_below_30", n_eff=round(draft.n_eff, 1), fewest=LEAST_N_EFF)
    if draft.df is None or draft.df < LEAST_DF:
        return _withheld(draft, "df_below_3", df=draft.df, fewest=LEAST_DF)
    if said.get("p") is None:
        return _withheld(draft, "psus_alike", n=draft.n)
    return draft.flagged("few_df") if draft.df < COMFORTABLE_DF else draft


def _withheld(draft: Draft, reason: str, **values: object) -> Draft:
    """Without its number and its p; what it would have compared stays."""
    named = {name: value for name, value in draft.reason_values.items() if name in ("family", "comparison", *SIDES)}
    return draft.without_value(reason, **named, **values)
