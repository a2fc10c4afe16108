"""The chain of adjustments from base to final weights: every step kept, and a variance that knows of all of them.

Source: docs/methodology.md#chain-of-adjustments (Deville and Särndal 1992; Särndal and Lundström 2005, chapter 11).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, Labels, Table
from surveys.analysis.weighting.calibration import Calibration, calibrate, kish_deff
from surveys.analysis.weighting.distances import Bounds
from surveys.analysis.weighting.margins import Covariate, Margin
from surveys.analysis.weighting.nonresponse import NonresponseCells, nonresponse_cells
from surveys.analysis.weighting.projection import beside
from surveys.analysis.weighting.reweighted import reach, reweighted
from surveys.analysis.weighting.trimming import Limits, TrimmedRaking, Trimming, trim, trim_and_rake

Made = NonresponseCells | Calibration | Trimming | TrimmedRaking | None


class Explains(Protocol):
    """What a step's totals explain of a linearised variable, for a person of each row."""

    def explained(self, sums: FloatArray) -> FloatArray: ...


@dataclass(frozen=True, eq=False)
class Step:
    """One adjustment of the weights.

    name: as declared; g (rows,): this step's factors; made: what it did, with its own counts and gaps (None for
    plain factors); n: persons with weight after it; kish_deff: of all weights after it; factor_range: the smallest
    and largest factor given to those who keep a weight, for a calibration apart from its common lift; again: the
    same done to another chain (None for the second half of a step of two).
    """

    name: str
    g: FloatArray
    made: Made
    n: int
    kish_deff: float
    factor_range: Bounds
    again: Callable[[Chain], Chain] | None
    explains: Explains | None = None
    estimated: bool = False

    @property
    def n_eff(self) -> float:
        return self.n / self.kish_deff

    def taken_back(self, sums: FloatArray, base: FloatArray, entering: FloatArray) -> FloatArray:
        """The linearised variable as this step makes it out of what follows; both as sums of base weight × variable.

        entering (rows,): the product of the factors of all steps before.
        """
        g = beside(self.g, sums)
        if self.explains is None:
            return g * sums
        explained = beside(base, sums) * self.explains.explained(beside(entering, sums) * sums)
        left = g * (sums - explained)
        return left + explained if self.estimated else left


def product(steps: Sequence[Step], rows: int) -> FloatArray:
    """The factors of several steps together: (rows,)."""
    return np.asarray(np.prod([np.ones(rows), *(step.g for step in steps)], axis=0))


@dataclass(frozen=True, eq=False)
class ChainScores:
    """The steps taken back, the last one first."""

    table: Table
    steps: tuple[Step, ...]

    def scores(self, sums: FloatArray) -> FloatArray:
        """From base weight × linearised variable, summed by row, to what each row adds to the variance.

        sums: (rows,), or (rows, k) for k variables side by side.
        """
        for step, entering in reversed(self._entering):
            sums = step.taken_back(sums, self.table.w, entering)
        return sums

    @cached_property
    def _entering(self) -> list[tuple[Step, FloatArray]]:
        """Each step with the product of the factors before it."""
        rows = len(self.table.w)
        return [(step, product(self.steps[:place], rows)) for place, step in enumerate(self.steps)]


@dataclass(frozen=True, eq=False)
class Chain:
    """Base weights and the adjustments made to them, in order; each method gives a longer chain.

    Takes the place of a calibration: Estimator(chain.table, design, chain). Margins, cells and factors run over the
    rows of `table`, nonrespondents' rows too; what is not known of them may hold any label, as they have no weight
    after the nonresponse cells.
    """

    table: Table
    steps: tuple[Step, ...] = ()

    @property
    def base(self) -> FloatArray:
        return self.table.w

    @cached_property
    def g(self) -> FloatArray:
        """Final over base weight (rows,); 0 for nonrespondents."""
        return product(self.steps, len(self.table.w))

    @cached_property
    def projection(self) -> ChainScores:
        return ChainScores(self.table, self.steps)

    @property
    def weighted(self) -> Table:
        """The table as it is weighted now; raises table.weight when linear calibration made a weight negative."""
        return reweighted(self.table, self.g)

    def redone(self, multiplier: FloatArray) -> Chain:
        """All steps done over, as they went, from base weights × multiplier (rows,): a replicate of the whole chain.

        Raises what a step raises, where the replicate leaves a cell without a respondent, say.
        """
        chain = Chain(reweighted(self.table, multiplier))
        for step in self.steps:
            chain = step.again(chain) if step.again else chain
        return chain

    def times(self, name: str, factor: npt.ArrayLike) -> Chain:
        """Known factors, the same for everybody in a row: the person weight, the inverse of a subsampling rate.

        Raises AnalysisRefused: table.length, chain.factor (rows whose factor is missing, not finite or negative).
        """
        known = np.asarray(factor, float)
        if known.shape != self.table.w.shape:
            raise AnalysisRefused("table.length", columns=[name], rows=len(self.table.w))
        refuse_rows("chain.factor", ~(np.isfinite(known) & (known >= 0)), name)
        factor_range = reach(known, self.table.w * self.g * known)
        return self._with(name, known, None, factor_range, lambda chain: chain.times(name, known))

    def nonresponse(
        self,
        cell: Labels,
        responded: BoolArray,
        neighbours: Sequence[Hashable] | None = None,
        name: str = "nonresponse",
    ) -> Chain:
        """Weighting classes; see `nonresponse_cells`."""
        made = nonresponse_cells(self.weighted, cell, responded, neighbours)
        factor_range = reach(made.g, self.table.w * self.g * made.g)

        def again(chain: Chain) -> Chain:
            return chain.nonresponse(cell, responded, neighbours, name)

        return self._with(name, made.g, made, factor_range, again, made, True)

    def calibrated(
        self,
        margins: Sequence[Margin | Covariate],
        method: str = "raking",
        bounds: Bounds | None = None,
        lift: bool = False,
        name: str = "calibration",
    ) -> Chain:
        """Known population totals; see `calibrate`. Done over it stays raking, or logit, as it went the first time."""
        made = calibrate(self.weighted, margins, method, bounds, lift)
        kept = None if made.method == "raking" else bounds

        def again(chain: Chain) -> Chain:
            return chain.calibrated(margins, made.method, kept, lift, name)

        return self._with(name, made.g, made, made.factor_range, again, made.projection)

    def trimmed(self, limits: Limits, strict: bool = False, name: str = "trimming") -> Chain:
        """Weights cut off; see `trim`. Its factors count as fixed in the variance."""
        made = trim(self.table, limits, strict, self.g)
        factor_range = reach(made.g, self.table.w * self.g)
        return self._with(name, made.g, made, factor_range, lambda chain: chain.trimmed(limits, strict, name))

    def trimmed_and_raked(
        self,
        margins: Sequence[Margin | Covariate],
        limits: Limits,
        method: str = "raking",
        bounds: Bounds | None = None,
        name: str = "trimming and raking",
    ) -> Chain:
        """Cut off and raked in turn; see `trim_and_rake`. Two steps: fixed factors, and the last raking."""
        made = trim_and_rake(self.table, margins, limits, method, bounds, self.g)
        factor_range = reach(made.factor, self.table.w * self.g)

        def again(chain: Chain) -> Chain:
            return chain.trimmed_and_raked(margins, limits, method, bounds, name)

        cut = self._with(f"{name}: trimming", made.factor, made, factor_range, again)
        last = made.calibration
        return cut._with(f"{name}: raking", last.g, last, last.factor_range, None, last.projection)

    def _with(
        self,
        name: str,
        g: FloatArray,
        made: Made,
        factor_range: Bounds,
        again: Callable[[Chain], Chain] | None,
        explains: Explains | None = None,
        estimated: bool = False,
    ) -> Chain:
        final = self.g * g
        n = round(float(self.table.count[(self.table.w * final) != 0].sum()))
        deff = kish_deff(self.table, final)
        return replace(
            self, steps=(*self.steps, Step(name, g, made, n, deff, factor_range, again, explains, estimated))
        )
