"""The evaluations of drawn cases as the box keeps them: panel members' and parties' answers, confirmed vetoes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.instrument import Grade, Indicator, grade_of, panel_score
from surveys.records.evaluations import DrawnCase, VetoConfirmation
from surveys.records.kinds import Channel
from surveys.records.responses import Response

CONFIRMATIONS = 2  # assessors who must agree before a veto counts
FEWEST_RATERS, FEWEST_GROUPS = 3, 2


@dataclass(frozen=True)
class Evaluation:
    """One person's sealed answers about one case; `rater` is "<group>-<number>", empty for a party."""

    case: str
    channel: Channel
    rater: str
    marks: str
    scores: Mapping[str, float]

    @property
    def group(self) -> str:
        """The panel group a pseudonym such as "deputies-03" belongs to."""
        return self.rater.rpartition("-")[0]


@dataclass(frozen=True)
class ScoredCase:
    """A drawn case with its panel score S (exact, None without evaluators), its grade, and the vetoes that count.

    `groups`: how many panel groups are in S. Below FEWEST_RATERS raters or FEWEST_GROUPS groups S is not shown by
    itself: it would tell what one member said.
    """

    case: DrawnCase
    score: Fraction | None
    grade: Grade | None
    raters: int
    groups: int
    vetoes: tuple[str, ...]

    @property
    def is_evaluated(self) -> bool:
        return self.score is not None

    @property
    def may_be_shown(self) -> bool:
        return self.raters >= FEWEST_RATERS and self.groups >= FEWEST_GROUPS


def evaluations_of(box: Session, wave_id: int) -> list[Evaluation]:
    """All sealed evaluations of a wave, in an order that says nothing of their arrival."""
    columns = (Response.subject, Response.channel, Response.rater, Response.marks, Response.scores)
    found = box.execute(select(*columns).where(Response.wave_id == wave_id, Response.subject != ""))
    kept = [Evaluation(case, channel, rater, marks, scores) for case, channel, rater, marks, scores in found]
    return sorted(kept, key=lambda one: (one.case, one.channel, one.rater, one.marks, sorted(one.scores.items())))


def cases_of(box: Session, wave_id: int) -> list[DrawnCase]:
    """The drawn cases in register order."""
    return list(box.scalars(select(DrawnCase).where(DrawnCase.wave_id == wave_id).order_by(DrawnCase.position)))


def confirmed_vetoes(box: Session, wave_id: int) -> dict[str, tuple[str, ...]]:
    """By case the veto items that at least two assessors confirmed."""
    record = VetoConfirmation
    confirmed = (
        select(record.case_code, record.item)
        .where(record.wave_id == wave_id)
        .group_by(record.case_code, record.item)
        .having(func.count(record.assessor.distinct()) >= CONFIRMATIONS)
        .order_by(record.case_code, record.item)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for case, item in box.execute(confirmed):
        found[case].append(item)
    return {case: tuple(items) for case, items in found.items()}


def scored(
    cases: Sequence[DrawnCase],
    evaluations: Sequence[Evaluation],
    vetoes: Mapping[str, tuple[str, ...]],
    indicator: Indicator,
) -> list[ScoredCase]:
    """Every drawn case with its S; a confirmed veto gives the last grade and leaves S as it is.

    Source: docs/methodology.md#case-score.
    """
    by_case: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in evaluations:
        if one.channel is Channel.PANEL and indicator.code in one.scores and one.group in indicator.groups:
            by_case[one.case][one.group].append(one.scores[indicator.code])
    return [_scored(case, by_case[case.code], vetoes.get(case.code, ()), indicator) for case in cases]


def _scored(
    case: DrawnCase, by_group: Mapping[str, Sequence[float]], vetoes: tuple[str, ...], indicator: Indicator
) -> ScoredCase:
    raters = sum(len(scores) for scores in by_group.values())
    score = panel_score(indicator, by_group)
    grade = None if score is None else indicator.grades[-1] if vetoes else grade_of(indicator, score)
    return ScoredCase(case, score, grade, raters, len(by_group), vetoes)
