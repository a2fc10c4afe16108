"""What stands in an evaluator's letter; the code is in memory only, and printed once both stores have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveys.cases.declared import PANEL
from surveys.cases.evaluators import Invited
from surveys.collection.letters.letter import Letter
from surveys.instrument.indicators import Group
from surveys.records.evaluations import DrawnCase


def evaluator_letters(
    invited: Sequence[Invited], groups: Mapping[str, Group], cases: Mapping[str, DrawnCase], origin: str
) -> list[Letter]:
    """One letter an evaluator: a member's carries name and group, a party's the case and no name."""
    return [Letter(_address(one, groups, cases), one.code.printed, f"{origin}/e/{one.code.printed}") for one in invited]


def _address(one: Invited, groups: Mapping[str, Group], cases: Mapping[str, DrawnCase]) -> tuple[str, ...]:
    if one.kind == PANEL:
        return one.name, groups[one.group].title.zh, f"编号 {one.rater}，请您评议 {len(one.cases)} 件案件"
    case = cases[one.cases[0]]
    return f"案件编号：{case.code}", f"{case.kind}，{case.closed_on:%Y年%m月%d日}办结", f"办案单位：{case.body}"
