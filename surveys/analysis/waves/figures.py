"""All figures of a legal-awareness wave, driven by the indicators of its instrument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.estimates.estimator import Estimator, Outcome, Pair
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import FloatArray, Variable
from surveys.analysis.totals.adding import AddedUp
from surveys.analysis.totals.live import MISSING_MARKS, Totals, Wanted, items_read, totals
from surveys.analysis.waves.comparisons import comparison_drafts
from surveys.analysis.waves.domains import HEADLINE, Domain, Town, areas_of, domains_of, towns_of
from surveys.analysis.waves.fieldwork import Fieldwork, fieldwork_drafts
from surveys.analysis.waves.plan_kept import standing
from surveys.analysis.waves.published import BY_DOMAIN, COMPLETE, is_by_domain, published
from surveys.analysis.waves.variables import items_of, variable_of
from surveys.analysis.waves.weights import Sample, sample_of
from surveys.instrument import Indicator, Instrument, Item
from surveys.records.kinds import Channel
from surveys.records.waves import Wave

VOLUNTEERS = "volunteers"
SATISFACTION = "satisfaction"
PART_OF = {"item_rate": "items", "choice_share": "choices"} | dict.fromkeys(BY_DOMAIN, SATISFACTION)

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Result:
    """What a wave's answers came to: figures before the gate, and what the notes print about their making."""

    drafts: list[Draft]
    towns: list[Town]
    facts: dict[str, Any]


def figures_of(
    box: Session,
    wave: Wave,
    instrument: Instrument,
    fieldwork: Fieldwork,
    progress: Progress,
    added: AddedUp | None = None,
) -> Result:
    """Every figure that the plan names, each with n, effective n, df, standard error and interval, or with its reason.

    `added` is what the answers came to, where an engine has added them up; without it the box does so now.
    Raises AnalysisRefused when answers lie outside the design, and what `standing` raises.
    """
    lodged = standing(wave, instrument)
    plan = lodged.plan
    indicators = [indicator for indicator in published(instrument) if plan.reports(indicator)]
    progress(0.05, "totals")
    kept = added.totals if added else totals(box, wave.id, Wanted.by(instrument))
    invited, opened = kept.came_by(Channel.INVITED), kept.came_by(Channel.OPEN)
    complete = complete_rows(kept, instrument)
    progress(0.25, "weights")
    sample = sample_of(box, wave, instrument, kept.rows(invited & complete), plan)
    towns = towns_of(box, wave)
    progress(0.35, "estimates")
    drafts = list(sample_drafts(sample, instrument, indicators, towns))
    drafts += comparison_drafts(sample, instrument, towns)
    drafts += volunteer_drafts(kept.rows(opened & complete), indicators)
    completes, partials = _persons(kept, invited & complete), _persons(kept, invited & ~complete)
    drafts += fieldwork_drafts(fieldwork, completes, partials, _persons(kept, opened & complete))
    progress(0.6, "estimates")
    design = sample.facts["design"] | {"towns_in_area": len(areas_of(box, wave))}
    return Result(drafts, towns, sample.facts | {"design": design, "plan": lodged.facts})


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


@dataclass(frozen=True, eq=False)
class Cell:
    """One figure to come: an indicator, or one item of it, in one domain."""

    indicator: Indicator
    item: Item | None
    variable: Variable
    domain: Domain


def sample_drafts(
    sample: Sample, instrument: Instrument, indicators: Sequence[Indicator], towns: list[Town]
) -> Iterator[Draft]:
    """Every indicator in every domain it is reported for, in print order; all of them estimated together.

    With and without what was refused is told apart for the district only: in a town the difference tells of few.
    """
    cells = list(_cells(sample, indicators, list(domains_of(sample, instrument, towns))))
    for cell, outcome in zip(cells, _outcomes(sample.estimator, cells), strict=True):
        behind = [cell.item] if cell.item else items_read(cell.indicator, instrument)
        draft = _draft(cell.indicator, cell.item, cell.domain)
        draft = draft.with_outcome(outcome, _counted(cell.variable.n, cell.domain))
        yield replace(draft, counts=_counts(sample.totals, behind, cell.domain))


def _cells(sample: Sample, indicators: Sequence[Indicator], domains: Sequence[Domain]) -> Iterator[Cell]:
    weight = sample.totals.base_weight * sample.person
    for indicator in indicators:
        for item in items_of(indicator):
            variable = variable_of(sample.totals, indicator, item, weight)
            for domain in domains if is_by_domain(indicator) else domains[:1]:
                yield Cell(indicator, item, variable, domain)


def _outcomes(estimator: Estimator | None, cells: Sequence[Cell]) -> list[Outcome]:
    """Shares and means, each kind side by side, in the order of the cells."""
    outcomes: list[Outcome] = [NotEstimable("no_answers")] * len(cells)
    if estimator is None:
        return outcomes
    for shares, estimated in ((True, estimator.proportions), (False, estimator.means)):
        places = [place for place, cell in enumerate(cells) if (cell.indicator.unit == "percent") == shares]
        pairs: list[Pair] = [(cells[place].variable, cells[place].domain.mask) for place in places]
        for place, outcome in zip(places, estimated(pairs), strict=True):
            outcomes[place] = outcome
    return outcomes


def _draft(indicator: Indicator, item: Item | None, domain: Domain | None = None) -> Draft:
    part = part_of(indicator)
    draft = Draft(part, indicator.code, str(indicator.version), indicator.unit, item=item.code if item else "")
    if domain is None or domain.part == HEADLINE:
        return draft
    return replace(draft, part=domain.part, domain=domain.domain, domain_code=domain.code)


def _counted(persons: FloatArray, domain: Domain) -> int:
    return round(float(np.sum(persons, where=domain.mask)))


def _counts(kept: Totals, behind: Sequence[Item], domain: Domain) -> dict[str, int]:
    """Answers by mark; in domains below the district only don't know and refused."""
    counts: dict[str, int] = {}
    for item in behind:
        for character, column in kept.marks[item.code].items():
            if domain.part == HEADLINE or character in MISSING_MARKS:
                counts[character] = _counted(column, domain)
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
