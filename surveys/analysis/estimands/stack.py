"""Several waves as one sample: their tables one under the other, each with the weights of its own year.

Source: docs/methodology.md#change-between-waves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimands.stack_design import Sample, separate_design, shared_design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import PARTS, BoolArray, FloatArray, Labels, Table, Variable
from surveys.analysis.weighting.projection import Weighting

WAVE = "wave"  # the key that tells the waves of a stack apart


@dataclass(frozen=True, eq=False)
class ByWave:
    """The weightings of several waves side by side: what one wave's margins explain never touches another's rows."""

    weightings: tuple[Weighting | None, ...]
    bases: tuple[FloatArray, ...]

    @cached_property
    def base(self) -> FloatArray:
        return np.concatenate([own if one is None else one.base for one, own in self._pairs])

    @cached_property
    def g(self) -> FloatArray:
        return np.concatenate([np.ones(len(own)) if one is None else one.g for one, own in self._pairs])

    @property
    def _pairs(self) -> list[tuple[Weighting | None, FloatArray]]:
        return list(zip(self.weightings, self.bases, strict=True))

    @property
    def projection(self) -> ByWave:
        return self

    def scores(self, sums: FloatArray) -> FloatArray:
        parts = np.split(sums, np.cumsum([len(own) for own in self.bases])[:-1])
        pairs = zip(self.weightings, parts, strict=True)
        return np.concatenate([part if one is None else one.projection.scores(part) for one, part in pairs])


def stacked(samples: Sequence[Sample], shared: bool, design: Design | None = None, level: float = 0.95) -> Estimator:
    """One estimator over all waves; a wave is a domain of it: `in_wave(estimator, code)`.

    shared: the waves went to the same PSUs. Strata and PSUs are then matched by their labels, and what one PSU gave in
    both waves is added up, so that the variance of a difference knows that they went together. Not shared: drawn anew,
    every stratum stands for itself and nothing is added up, even where labels are alike. `design`: for waves that
    share some PSUs only, all PSUs drawn in either wave, over the strata of `strata_of(samples)`.

    Raises AnalysisRefused: stack.waves (none, or one code twice) and the codes of the two designs.
    """
    codes = [sample.wave for sample in samples]
    if not codes or len(set(codes)) < len(codes):
        raise AnalysisRefused("stack.waves", waves=codes)
    table = _table(samples, shared)
    joint = design or (shared_design(samples, table) if shared else separate_design(samples, table))
    bases = tuple(sample.table.w for sample in samples)
    weightings = tuple(sample.weighting for sample in samples)
    plain = all(weighting is None for weighting in weightings)
    return Estimator(table, joint, None if plain else ByWave(weightings, bases), level)


def in_wave(estimator: Estimator, wave: str, domain: BoolArray | None = None) -> BoolArray:
    """The mask (rows,) of one wave, or of a domain in it (a mask over the same rows), over the rows of a stack.

    Raises AnalysisRefused: stack.unknown_wave, table.no_key (no stack), domain.type, domain.length.
    """
    waves = estimator.table.key(WAVE)
    mask = np.asarray(waves == wave)
    if not mask.any():
        raise AnalysisRefused("stack.unknown_wave", wave=wave, known=np.unique(waves).tolist())
    return mask if domain is None else mask & estimator.table.domain(domain)


def strata_of(samples: Sequence[Sample]) -> tuple[str, ...]:
    """The strata of a stack that shares PSUs: those of the first wave, then those that later ones add."""
    return tuple(dict.fromkeys(label for sample in samples for label in sample.table.strata))


def _table(samples: Sequence[Sample], shared: bool) -> Table:
    tables = [sample.table for sample in samples]
    names = [table.strata if shared else _of_wave(sample) for sample, table in zip(samples, tables, strict=True)]
    strata = tuple(dict.fromkeys(label for own in names for label in own))
    place = {label: number for number, label in enumerate(strata)}
    numbered = [np.array([place[label] for label in own], np.int64) for own in names]
    psus, psu = np.unique(np.concatenate([_psu_labels(table) for table in tables]), return_inverse=True)
    return Table(
        strata=strata,
        stratum=np.concatenate([numbers[table.stratum] for numbers, table in zip(numbered, tables, strict=True)]),
        psu=psu.reshape(-1).astype(np.int64),
        count=np.concatenate([table.count for table in tables]),
        w=np.concatenate([table.w for table in tables]),
        variables=_variables(tables),
        keys=_keys(tables) | {WAVE: np.repeat([sample.wave for sample in samples], [len(table.w) for table in tables])},
        ww=np.concatenate([table.squared_weights for table in tables]),
        psus=psus,
    )


def _of_wave(sample: Sample) -> tuple[str, ...]:
    return tuple(f"{sample.wave}: {label}" for label in sample.table.strata)


def _psu_labels(table: Table) -> Labels:
    return np.array([table.psu_name(psu) for psu in table.psu.tolist()], dtype=str)


def _variables(tables: Sequence[Table]) -> dict[str, Variable]:
    """All variables; a wave that did not ask one has nobody who answered it."""
    names = dict.fromkeys(name for table in tables for name in table.variables)
    return {name: _joined([table.variables.get(name) or _unasked(table) for table in tables]) for name in names}


def _unasked(table: Table) -> Variable:
    nothing = np.zeros(len(table.w))
    return Variable(nothing, nothing, nothing, nothing)


def _joined(parts: Sequence[Variable]) -> Variable:
    """One variable over all waves; a definition that changed between those that asked it is none of the whole."""
    definitions = {part.definition for part in parts if part.n.any()}
    n, wn, wy, wyy = (np.concatenate([getattr(part, name) for part in parts]) for name in PARTS)
    return Variable(n, wn, wy, wyy, definitions.pop() if len(definitions) == 1 else None)


def _keys(tables: Sequence[Table]) -> dict[str, Labels]:
    """The keys that every wave has."""
    names = [name for name in tables[0].keys if all(name in table.keys for table in tables)]
    return {name: np.concatenate([table.keys[name] for table in tables]) for name in names}
