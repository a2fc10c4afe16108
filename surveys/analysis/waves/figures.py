"""All figures of a legal-awareness wave, driven by the indicators of its instrument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import FloatArray, Variable
from surveys.analysis.totals.live import MISSING_MARKS, Totals, Wanted, items_read, totals
from surveys.analysis.waves.domains import HEADLINE, Domain, Town, areas_of, domains_of, towns_of
from surveys.analysis.waves.fieldwork import Fieldwork, fieldwork_drafts
from surveys.analysis.waves.weights import Sample, sample_of
from surveys.instrument import Indicator, Instrument, Item
from surveys.records.kinds import Channel
from surveys.records.waves import Wave

VOLUNTEERS = "volunteers"
SATISFACTION = "satisfaction"
COMPLETE = "complete_share"  # the kind of indicator that says which answers are complete
BY_DOMAIN = {
    "satisfied_share",
    "satisfied_share_all",
    "satisfaction_score",
}  # item figures that towns and groups get too
PART_OF = {"item_rate": "items", "choice_share": "choices"} | dict.fromkeys(BY_DOMAIN, SATISFACTION)

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Result:
    """What a wave's answers came to: figures before the gate, and what the notes print about their making."""

    drafts: list[Draft]
    towns: list[Town]
    facts: dict[str, Any]


def figures_of(box: Session, wave: Wave, instrument: Instrument, fieldwork: Fieldwork, progress: Progress) -> Result:
    """Every figure of a wave, each with n, effective n, df, standard error and interval, or with its reason.

    Raises AnalysisRefused when answers lie outside the design.
    """
    indicators = published(instrument)
    progress(0.05, "totals")
    kept = totals(box, wave.id, Wanted.by(instrument))
    invited, opened = kept.came_by(Channel.INVITED), kept.came_by(Channel.OPEN)
    complete = complete_rows(kept, instrument)
    progress(0.25, "weights")
    sample = sample_of(box, wave, instrument, kept.rows(invited & complete))
    towns = towns_of(box, wave)
    progress(0.35, "estimates")
    drafts = list(sample_drafts(sample, instrument, indicators, towns))
    drafts += volunteer_drafts(kept.rows(opened & complete), indicators)
    completes, partials = _persons(kept, invited & complete), _persons(kept, invited & ~complete)
    drafts += fieldwork_drafts(fieldwork, completes, partials, _persons(kept, opened & complete))
    progress(0.6, "estimates")
    design = sample.facts["design"] | {"towns_in_area": len(areas_of(box, wave))}
    return Result(drafts, towns, sample.facts | {"design": design})


def published(instrument: Instrument) -> list[Indicator]:
    """The indicators that become figures: all but the rule of completeness."""
    return [indicator for indicator in instrument.indicators.values() if indicator.kind != COMPLETE]


def rule_of_completeness(instrument: Instrument) -> Indicator | None:
    """The indicator that says which answers are complete; None where the instrument has none."""
    return next((indicator for indicator in instrument.indicators.values() if indicator.kind == COMPLETE), None)


def complete_rows(kept: Totals, instrument: Instrument) -> Any:
    """Rows of complete answers by the instrument's own rule; all of them where it has none."""
    rules = [indicator.code for indicator in instrument.indicators.values() if indicator.kind == COMPLETE]
    complete = np.ones(len(kept.count), bool)
    for rule in rules:
        complete &= kept.based(rule) if rule in kept.bases else kept.scores[rule].x == kept.count
    return complete


def part_of(indicator: Indicator) -> str:
    """Where the report prints an indicator, by its kind."""
    return HEADLINE if indicator.per_person else PART_OF.get(indicator.kind, "items")


def sample_drafts(
    sample: Sample, instrument: Instrument, indicators: Sequence[Indicator], towns: list[Town]
) -> Iterator[Draft]:
    """Every indicator in every domain it is reported for, in print order.

    With and without what was refused is told apart for the district only: in a town the difference tells of few.
    """
    estimator = Estimator(sample.table, sample.design, sample.calibration) if len(sample.table.w) else None
    domains = list(domains_of(sample, instrument, towns))
    for indicator in indicators:
        by_domain = (indicator.per_person or indicator.kind in BY_DOMAIN) and not indicator.refused_out
        for item in items_of(indicator):
            variable = variable_of(sample.totals, indicator, item, sample.totals.base_weight * sample.person)
            for domain in domains if by_domain else domains[:1]:
                draft = _estimated(estimator, indicator, item, variable, domain)
                behind = [item] if item else items_read(indicator, instrument)
                yield replace(draft, counts=_counts(sample.totals, behind, domain))


def items_of(indicator: Indicator) -> Sequence[Item | None]:
    return [None] if indicator.per_person else indicator.items


def variable_of(kept: Totals, indicator: Indicator, item: Item | None, weight: FloatArray) -> Variable:
    """The indicator as sums over rows; `weight` (rows,) is a person's."""
    based = kept.based(indicator.base)
    if item is None:
        sums = kept.scores[indicator.code]
        n, y, yy = sums.n * based, sums.x * based, sums.xx * based
    else:
        marks = kept.marks[item.code]
        worth = [(value, marks[character] * based) for character, value in indicator.values.items()]
        n = np.sum([count for _, count in worth], axis=0)
        y = np.sum([value * count for value, count in worth], axis=0)
        yy = np.sum([value**2 * count for value, count in worth], axis=0)
    return Variable(n * (weight > 0), weight * n, weight * y, weight * yy)


def _draft(indicator: Indicator, item: Item | None, domain: Domain | None = None) -> Draft:
    part = part_of(indicator)
    draft = Draft(part, indicator.code, str(indicator.version), indicator.unit, item=item.code if item else "")
    if domain is None or domain.part == HEADLINE:
        return draft
    return replace(draft, part=domain.part, domain=domain.domain, domain_code=domain.code)


def _estimated(
    estimator: Estimator | None,
    indicator: Indicator,
    item: Item | None,
    variable: Variable,
    domain: Domain,
) -> Draft:
    draft = _draft(indicator, item, domain)
    outcome: Outcome = NotEstimable("no_answers")
    if estimator is not None:
        estimate = estimator.proportion if indicator.unit == "percent" else estimator.mean
        outcome = estimate(variable, domain.mask)
    return draft.with_outcome(outcome, round(float(domain.mask @ variable.n)))


def _counts(kept: Totals, behind: Sequence[Item], domain: Domain) -> dict[str, int]:
    """Answers by mark; in domains below the district only don't know and refused."""
    counts: dict[str, int] = {}
    for item in behind:
        for character, column in kept.marks[item.code].items():
            if domain.part == HEADLINE or character in MISSING_MARKS:
                counts[character] = round(float(domain.mask @ column))
    return counts


def volunteer_drafts(opened: Totals, indicators: Sequence[Indicator]) -> Iterator[Draft]:
    """Open-link answers: plain shares and means with n, without a standard error or an interval."""
    for indicator in indicators:
        if not (indicator.per_person or indicator.kind in BY_DOMAIN):
            continue
        for item in items_of(indicator):
            variable = variable_of(opened, indicator, item, np.ones(len(opened.count)))
            n = round(float(variable.n.sum()))
            draft = replace(_draft(indicator, item), part=VOLUNTEERS, n=n, method=VOLUNTEERS)
            if n:
                yield replace(draft, value=float(variable.wy.sum()) / n)
            else:
                yield replace(draft, method="", reason="no_answers")


def _persons(kept: Totals, mask: Any) -> int:
    return round(float(kept.count[mask].sum()))
