"""All figures of a case evaluation: the district's mean by simple random sampling of cases, and the list of cases.

Source: docs/methodology.md#case-score. Departments are never ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from surveys.analysis.design import Design
from surveys.analysis.drafts import DISTRICT, Draft
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.evaluations.kept import (
    FEWEST_RATERS,
    Evaluation,
    ScoredCase,
    cases_of,
    confirmed_vetoes,
    evaluations_of,
    scored,
)
from surveys.analysis.outcome import AnalysisRefused, Definition, NotEstimable
from surveys.analysis.table import BoolArray, Table
from surveys.instrument import Indicator, Instrument, Item
from surveys.records.evaluations import DrawnCase
from surveys.records.kinds import Channel
from surveys.records.waves import Wave

PART = "cases"
CASE_SCORE = "case_score"  # the kind of indicator that makes S
BODY, CASE = "body", "case"
FEWEST_CASES = 5  # below this a department has a list and no mean
FEWEST_PARTIES, FEWEST_PARTIES_OF_BODY = 10, 5
PARTY_FORM = "party"

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class CaseResult:
    """Figures before the gate, the cases they are about, and what the notes print."""

    drafts: list[Draft]
    cases: list[ScoredCase]
    facts: dict[str, Any]


def is_case_wave(instrument: Instrument) -> bool:
    """Whether the instrument evaluates cases."""
    return any(indicator.kind == CASE_SCORE for indicator in instrument.indicators.values())


def case_figures_of(box: Session, wave: Wave, instrument: Instrument, progress: Progress) -> CaseResult:
    """Every figure of a case-evaluation wave.

    Raises AnalysisRefused cases.more_than_register: more cases are kept than the register they were drawn from held.
    """
    progress(0.1, "totals")
    cases, evaluations = cases_of(box, wave.id), evaluations_of(box, wave.id)
    if len(cases) > (size := _register_size(cases)):
        raise AnalysisRefused("cases.more_than_register", drawn=len(cases), register=size)
    score = next(indicator for indicator in instrument.indicators.values() if indicator.kind == CASE_SCORE)
    judged = scored(cases, evaluations, confirmed_vetoes(box, wave.id), score)
    progress(0.35, "estimates")
    drafts = [*_score_drafts(judged, score), *_case_rows(judged, score), *_grade_counts(judged, score)]
    for indicator in instrument.indicators.values():
        if indicator.kind != CASE_SCORE:
            drafts += _answer_drafts(indicator, cases, evaluations)
    drafts += _count_drafts(judged, evaluations)
    progress(0.6, "estimates")
    return CaseResult(drafts, judged, _facts(judged, evaluations, score))


def _register_size(cases: Sequence[DrawnCase]) -> int:
    """How many cases the register held; 0 without any."""
    return max((case.register_size for case in cases), default=0)


def _draft(indicator: Indicator, item: Item | None = None) -> Draft:
    code = item.code if item else ""
    return Draft(PART, indicator.code, str(indicator.version), indicator.unit, item=code)


def _score_drafts(judged: Sequence[ScoredCase], indicator: Indicator) -> Iterator[Draft]:
    """The district's mean S with SRS variance over cases, and a mean for departments with enough of them."""
    values = [float(one.score) if one.score is not None else np.nan for one in judged]
    bodies = np.array([one.case.body for one in judged], dtype=object)
    estimator = _estimator([one.case for one in judged], [one.case.code for one in judged], values, indicator)
    evaluated = ~np.isnan(np.array(values, dtype=float))
    district = replace(_draft(indicator), of_cases=True)
    yield _filled(district, estimator, None, int(evaluated.sum()))
    for body in dict.fromkeys(one.case.body for one in judged):
        mask = bodies == body
        n = int((mask & evaluated).sum())
        draft = replace(district, domain=BODY, domain_code=body, n=n)
        if n < FEWEST_CASES:
            yield draft.without_value("few_cases", n=n, fewest=FEWEST_CASES)
        else:
            yield _filled(draft, estimator, mask, n)


def _case_rows(judged: Sequence[ScoredCase], indicator: Indicator) -> Iterator[Draft]:
    """One row a case for officials: its S, and the grade with what changed it."""
    for one in judged:
        draft = replace(
            _draft(indicator), domain=CASE, domain_code=one.case.code, n=one.raters, officials_only=True, of_cases=True
        )
        if one.score is None or one.grade is None or not one.may_be_shown:
            yield draft.without_value("few_raters", fewest=FEWEST_RATERS)
        else:
            said = {"grade": one.grade.code, "vetoes": list(one.vetoes)}
            yield replace(
                draft, value=float(one.score), method="panel", flag="veto" if one.vetoes else "", reason_values=said
            )


def _grade_counts(judged: Sequence[ScoredCase], indicator: Indicator) -> Iterator[Draft]:
    """How many of the evaluated cases have each grade, vetoes included: counts of cases, no estimate."""
    found = Counter(one.grade.code for one in judged if one.grade is not None)
    n = sum(found.values())
    for grade in indicator.grades:
        count = found[grade.code]
        yield Draft(
            PART, "grade", str(indicator.version), "count", item=grade.code, n=n, value=float(count), method="count"
        )


def _answer_drafts(
    indicator: Indicator, cases: Sequence[DrawnCase], evaluations: Sequence[Evaluation]
) -> Iterator[Draft]:
    """A figure of evaluators' or parties' own answers: their mean, with the drawn cases as clusters."""
    party = all(question.forms == (PARTY_FORM,) for question in indicator.questions)
    channel = Channel.PARTY if party else Channel.PANEL
    answers = [one for one in evaluations if one.channel is channel]
    bodies = {case.code: case.body for case in cases}
    for item in [None] if indicator.per_person else indicator.items:
        values = [_value(indicator, item, one) for one in answers]
        estimator = _estimator(cases, [one.case for one in answers], values, indicator)
        known = ~np.isnan(np.array(values, dtype=float))
        draft = replace(_draft(indicator, item), minimum=FEWEST_PARTIES if party else 0)
        yield replace(_filled(draft, estimator, None, int(known.sum())), counts=_missing(item, answers))
        if party and indicator.per_person:
            place = np.array([bodies.get(one.case, "") for one in answers], dtype=object)
            for body in dict.fromkeys(bodies.values()):
                mask = place == body
                cell = replace(draft, domain=BODY, domain_code=body, minimum=FEWEST_PARTIES_OF_BODY)
                yield _filled(cell, estimator, mask, int((mask & known).sum()))


def _value(indicator: Indicator, item: Item | None, one: Evaluation) -> float:
    if item is None:
        return one.scores.get(indicator.code, np.nan)
    return indicator.values.get(one.marks[item.position - 1], np.nan)


def _missing(item: Item | None, answers: Sequence[Evaluation]) -> dict[str, int]:
    if item is None:
        return {}
    marks = [one.marks[item.position - 1] for one in answers]
    return {mark: marks.count(mark) for mark in "dr" if mark in item.alphabet}


def _estimator(
    cases: Sequence[DrawnCase], of_case: Sequence[str], values: Sequence[float], indicator: Indicator
) -> Estimator | None:
    """Answers clustered in drawn cases; drawn cases without any are silent PSUs. None without an answer."""
    known = [place for place, value in enumerate(values) if not np.isnan(value)]
    if not known or not cases:
        return None
    size = _register_size(cases)
    table = Table.of_units(
        stratum=["cases"] * len(values),
        psu=list(of_case),
        weight=[size / len(cases)] * len(values),
        values={"answer": list(values)},
        definitions={"answer": Definition(indicator.code, str(indicator.version))},
    )
    design = Design(np.array([len(cases)], dtype=np.int64), np.array([float(size)]), "equal")
    return Estimator(table, design)


def _filled(draft: Draft, estimator: Estimator | None, mask: BoolArray | None, n: int) -> Draft:
    outcome: Outcome = NotEstimable("no_answers")
    if estimator is not None:
        estimate = estimator.proportion if draft.unit == "percent" else estimator.mean
        outcome = estimate("answer", mask)
    return draft.with_outcome(outcome, n)


def _count_drafts(judged: Sequence[ScoredCase], evaluations: Sequence[Evaluation]) -> Iterator[Draft]:
    counts = {
        "cases_in_register": _register_size([one.case for one in judged]),
        "cases_drawn": len(judged),
        "cases_evaluated": sum(one.is_evaluated for one in judged),
        "panel_answers": sum(one.channel is Channel.PANEL for one in evaluations),
        "party_answers": sum(one.channel is Channel.PARTY for one in evaluations),
        "cases_vetoed": sum(bool(one.vetoes) for one in judged),
    }
    for indicator, count in counts.items():
        yield Draft("fieldwork", indicator, "1", "count", DISTRICT, n=count, value=float(count), method="count")


def _facts(judged: Sequence[ScoredCase], evaluations: Sequence[Evaluation], indicator: Indicator) -> dict[str, Any]:
    raters = {one.rater for one in evaluations if one.channel is Channel.PANEL}
    reweighted = sum(one.is_evaluated and one.groups < len(indicator.groups) for one in judged)
    return {
        "cases": {
            "drawn": len(judged),
            "register": _register_size([one.case for one in judged]),
            "raters": len(raters),
            "groups": {code: group.weight for code, group in indicator.groups.items()},
            "reweighted": reweighted,
            "grades": {grade.code: grade.lowest for grade in indicator.grades},
        }
    }
