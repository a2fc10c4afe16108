"""Calibrating a wave's sample to its margins, or why its base weights stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.analysis.drafts import plain
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table
from surveys.analysis.waves.plan import AnalysisPlan
from surveys.analysis.waves.population import Laid
from surveys.analysis.weighting.calibration import Calibration, calibrate

MOST_JOINS = 25


@dataclass(frozen=True)
class Uncalibrated:
    """Why the base weights stand: a code, and where a margin stands in the way its name and categories."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, refusal: AnalysisRefused) -> Uncalibrated:
        """A refusal of `calibrate` as JSON keeps it; its `cell` (margin, category) as `margin` and `categories`."""
        values = dict(refusal.values)
        if isinstance(cell := values.pop("cell", None), tuple):
            values |= {"margin": cell[0], "categories": [cell[1]]}
        return cls(refusal.code, plain(values))


def calibrated(table: Table, margins: Sequence[Laid], plan: AnalysisPlan) -> Calibration | Uncalibrated:
    """Calibrate as planned; where the bounds forbid it, join the category that stands in the way, and try again."""
    if not margins or not (table.w > 0).any():
        return Uncalibrated("no_margins" if not margins else "no_answers")
    for _ in range(MOST_JOINS):
        try:
            return calibrate(table, [laid.margin for laid in margins], plan.method, plan.bounds, lift=True)
        except AnalysisRefused as refusal:
            reason = Uncalibrated.of(refusal)
            if not (plan.joins_empty_cells and _joined(refusal, margins)):
                break
    return reason


def _joined(refusal: AnalysisRefused, margins: Sequence[Laid]) -> bool:
    """Whether the category that could not be met was joined with its neighbour."""
    cell = refusal.values.get("cell")
    if refusal.code != "calibration.not_converged" or not isinstance(cell, tuple):
        return False
    return next(laid for laid in margins if laid.known.name == cell[0]).join(str(cell[1]))
