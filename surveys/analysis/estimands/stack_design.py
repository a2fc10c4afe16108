"""The design of several waves taken together: drawn once for all of them, or each for itself.

Source: docs/methodology.md#change-between-waves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, IntArray, Table
from surveys.analysis.weighting.projection import Weighting


@dataclass(frozen=True, eq=False)
class Sample:
    """One wave: its code, table, design, and the weighting to its own year's population."""

    wave: str
    table: Table
    design: Design
    weighting: Weighting | None = None


Drawn = dict[str, tuple[int, float | None]]  # by stratum: PSUs drawn, and how many there are where that is known


def separate_design(samples: Sequence[Sample], table: Table) -> Design:
    """Every stratum of `table`, one after the other, with what was drawn in its own wave.

    Raises AnalysisRefused: stack.rules (waves with other lonely rules), stack.mixed_fpc (waves without counts of the
    population where another has them), stack.mixed_second (waves without a second stage where another has one).
    """
    designs = [sample.design for sample in samples]
    drawn = np.concatenate([design.psus_drawn for design in designs])
    return _design(samples, table, drawn, [design.population for design in designs], _second(samples))


def shared_design(samples: Sequence[Sample], table: Table) -> Design:
    """What was drawn once for all waves; `table` holds their rows with strata and PSUs matched by label.

    Raises AnalysisRefused: stack.rules, stack.mixed_fpc, stack.designs (the waves drew other numbers in a stratum, or
    PSUs of other labels), stack.second_stage (the dwellings inside were not the same, and their draw has no place).
    """
    if any(sample.design.second is not None for sample in samples):
        raise AnalysisRefused("stack.second_stage")
    known: Drawn = {}
    differing = set()
    for sample in samples:
        own = _drawn(sample)
        differing |= {label for label in own if known.get(label, own[label]) != own[label]}
        known |= own
    drawn = np.array([known[label][0] for label in table.strata], np.int64)
    differing |= {table.strata[place] for place in np.flatnonzero(Design.of_table(table).psus_drawn > drawn)}
    if differing:
        raise AnalysisRefused("stack.designs", strata=sorted(differing))
    populations = [known[label][1] for label in table.strata]
    return _design(samples, table, drawn, [None if one is None else np.array([one]) for one in populations], None)


def _drawn(sample: Sample) -> Drawn:
    design = sample.design
    counts = [None] * len(design.psus_drawn) if design.population is None else design.population.tolist()
    return dict(zip(sample.table.strata, zip(design.psus_drawn.tolist(), counts, strict=True), strict=True))


def _design(
    samples: Sequence[Sample],
    table: Table,
    drawn: IntArray,
    populations: Sequence[FloatArray | None],
    second: SecondStage | None,
) -> Design:
    rules = sorted({sample.design.lonely for sample in samples})
    if len(rules) > 1:
        raise AnalysisRefused("stack.rules", rules=rules)
    known = [counts for counts in populations if counts is not None]
    if not known:
        return Design(drawn, lonely=rules[0], strata=table.strata)
    if len(known) < len(populations):
        without = [sample.wave for sample in samples if sample.design.population is None]
        raise AnalysisRefused("stack.mixed_fpc", waves=without)
    return Design(drawn, np.concatenate(known), "equal", rules[0], second, table.strata)


def _second(samples: Sequence[Sample]) -> SecondStage | None:
    """The second stages of all waves under each other; those of one wave's strata never meet another's."""
    stages = [sample.design.second for sample in samples]
    given = [stage for stage in stages if stage is not None]
    if not given:
        return None
    if len(given) < len(stages):
        without = [sample.wave for sample in samples if sample.design.second is None]
        raise AnalysisRefused("stack.mixed_second", waves=without)
    units = np.concatenate([stage.ssu.astype(str) for stage in given])
    return SecondStage(units, np.concatenate([stage.population for stage in given]))
