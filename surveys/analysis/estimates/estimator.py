"""Means, totals, ratios, proportions and contrasts from one table, one design and one weighting.

The PSUs and the calibration's least squares are found once; then a hundred figures cost some hundredths of a second.
Many figures are computed side by side, and one figure is many of one: none can lose its calibration on the way
(docs/methodology.md#linearisation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.intervals import (
    ALWAYS_DEFINED,
    INTERVALS,
    OF_DESIGN,
    Proportion,
    check_level,
    effective_n,
)
from surveys.analysis.estimates.linearise import Asked, Linearised, Statistics, Weighted, is_known
from surveys.analysis.estimates.measured import ROUNDING, Measured
from surveys.analysis.estimates.pairs import called, check_shares, same_persons
from surveys.analysis.estimates.variance import PsuVariance
from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, Table, Variable
from surveys.analysis.weighting.calibration import kish_deff
from surveys.analysis.weighting.projection import Weighting, factors_of

SIDE_BY_SIDE = 16  # columns computed together: more would leave the processor's caches
CELLS = 2**22  # and no more than fit here, so that tables of single persons stay within some hundred MB

Outcome = Estimate | NotEstimable
Named = str | Variable
Pair = tuple[Named, BoolArray | None]  # a variable, and the domain it is estimated for (None: everybody)


class Estimator:
    """Estimates from one table; a domain is always a mask over its rows, never a smaller table.

    Variables are names in `table.variables`, or a Variable over the same rows (`table.members(mask)`, for example).
    With a calibration, or a Chain over the same table, the standard errors are those after it. assumed_icc: for shares
    of 0 and 1 in the whole district only, declared in the plan. Domains are masks of true and false, (rows,). Figures
    of 1 and 2 degrees of freedom are given: only the rules of `reliability` withhold them.

    Raises AnalysisRefused: the codes of PsuVariance, interval.level, interval.icc, calibration.other_table; its methods
    table.no_variable, table.length, domain.type, domain.length, interval.method, ratio.persons and proportion.values.
    """

    def __init__(
        self,
        table: Table,
        design: Design,
        calibration: Weighting | None = None,
        level: float = 0.95,
        assumed_icc: float = 0.05,
    ) -> None:
        check_level(level)
        if not 0 <= assumed_icc <= 1:
            raise AnalysisRefused("interval.icc", icc=assumed_icc)
        self.assumed_icc = assumed_icc
        self.table, self.calibration, self.level = table, calibration, level
        self._psus = PsuVariance(table, design)
        self._g = np.ones(len(table.w)) if calibration is None else factors_of(table, calibration)
        there = (table.w != 0) & (self._g != 0)
        self._persons = table.count * there
        self._weighted = Weighted(self._g, calibration.projection if calibration else None, there)
        self._design_df = int(self._psus.degrees_of_freedom(self._persons[:, None] > 0)[0])
        self._shares: WeakSet[Variable] = WeakSet()
        self._district_deffs: WeakKeyDictionary[Variable, float | None] = WeakKeyDictionary()

    def means(self, pairs: Sequence[Pair]) -> list[Outcome]:
        """Weighted means with t intervals; NotEstimable no_variation and psus_alike where a sample shows no error.

        Source: docs/methodology.md#weighted-mean.
        """
        asked = [self._asked(variable, domain) for variable, domain in pairs]
        return self._outcomes(asked, self._varying)

    def totals(self, pairs: Sequence[Pair]) -> list[Outcome]:
        """Estimated population totals with t intervals. Source: docs/methodology.md#weighted-mean."""
        asked = [self._asked(variable, domain, total=True) for variable, domain in pairs]
        return self._outcomes(asked, lambda _, one: one.t_interval())

    def ratios(
        self, triples: Sequence[tuple[Named, Named, BoolArray | None]], of_totals: bool = False
    ) -> list[Outcome]:
        """Ratios (above, below, domain) of two totals with t intervals; both observed for the same persons.
        NotEstimable psus_alike where a sample shows no error.

        Two variables that others answered are refused: `pairs.paired` makes them a pair, and of_totals=True says that
        each total is meant to be over those who answered its own question.
        Source: docs/methodology.md#ratios-of-two-questions.
        """
        asked = [self._ratio(above, below, domain, of_totals) for above, below, domain in triples]
        return self._outcomes(asked, self._varying)

    def proportions(self, pairs: Sequence[Pair], interval: str = "korn_graubard") -> list[Outcome]:
        """Weighted shares of variables of 0 and 1, on 0..1, with a named interval; 0 of n and n of n are figures.

        Source: docs/methodology.md#intervals.
        """
        if interval not in INTERVALS:
            raise AnalysisRefused("interval.method", method=interval, methods=tuple(INTERVALS))
        asked = [self._share(variable, domain) for variable, domain in pairs]
        return self._outcomes(asked, lambda what, one: self._proportion(what, one, interval))

    def mean(self, variable: Named, domain: BoolArray | None = None) -> Outcome:
        """One of `means`."""
        return self.means([(variable, domain)])[0]

    def total(self, variable: Named, domain: BoolArray | None = None) -> Outcome:
        """One of `totals`."""
        return self.totals([(variable, domain)])[0]

    def ratio(self, above: Named, below: Named, domain: BoolArray | None = None, of_totals: bool = False) -> Outcome:
        """One of `ratios`."""
        return self.ratios([(above, below, domain)], of_totals)[0]

    def proportion(self, variable: Named, domain: BoolArray | None = None, interval: str = "korn_graubard") -> Outcome:
        """One of `proportions`."""
        return self.proportions([(variable, domain)], interval)[0]

    def contrast(self, parts: Sequence[tuple[float, Linearised]]) -> Outcome:
        """Σ coefficient × statistic, its standard error with all covariances, the df of the joint domain.

        parts: statistics of this estimator, their scores and members (rows,). Two domains' difference is
        [(1, a), (-1, b)]. `n` is the smallest of the parts'. Source: docs/methodology.md#variance.
        """
        definitions = {part.definition for _, part in parts}
        together = Linearised(
            value=sum(coefficient * part.value for coefficient, part in parts),
            scores=np.sum([coefficient * part.scores for coefficient, part in parts], axis=0),
            members=np.logical_or.reduce([part.members for _, part in parts]),
            n=min(part.n for _, part in parts),
            weight=0.0,
            definition=definitions.pop() if len(definitions) == 1 else None,
        )
        measured = next(self._measured(Statistics.of([together])))
        return measured if isinstance(measured, NotEstimable) else measured.t_interval()

    def covariance(self, parts: Sequence[Linearised]) -> FloatArray | NotEstimable:
        """The covariance matrix (k, k) of k statistics of this estimator, in their order, or why there is none.

        Source: docs/methodology.md#variance.
        """
        statistics = Statistics.of(parts)
        involved = self._involved(np.any(statistics.members, axis=1)[:, None])
        return self._psus.refusals(involved)[0] or self._psus.covariance(statistics.scores, involved)

    def linear_mean(self, variable: Named, domain: BoolArray | None = None) -> Linearised | NotEstimable:
        """The mean before its variance, for `contrast` and `covariance`."""
        return self._linear(self._asked(variable, domain))

    def linear_total(self, variable: Named, domain: BoolArray | None = None) -> Linearised | NotEstimable:
        """The total before its variance."""
        return self._linear(self._asked(variable, domain, total=True))

    def linear_ratio(
        self, above: Named, below: Named, domain: BoolArray | None = None, of_totals: bool = False
    ) -> Linearised | NotEstimable:
        """The ratio before its variance."""
        return self._linear(self._ratio(above, below, domain, of_totals))

    def design_df(self, domain: BoolArray | None = None) -> int:
        """PSUs minus strata over all rows with weight, whether they answered or not: R's degf."""
        if domain is None:
            return self._design_df
        return int(self._psus.degrees_of_freedom(((self._persons > 0) & self.table.domain(domain))[:, None])[0])

    def _asked(
        self, variable: Named, domain: BoolArray | None, below: Named | None = None, total: bool = False
    ) -> Asked:
        mask = None if domain is None else self.table.domain(domain)
        return Asked(self._chosen(variable), mask, None if below is None else self._chosen(below), total)

    def _share(self, variable: Named, domain: BoolArray | None) -> Asked:
        asked = self._asked(variable, domain)
        if asked.variable not in self._shares:
            check_shares(called(variable), asked.variable)
            self._shares.add(asked.variable)
        return asked

    def _ratio(self, above: Named, below: Named, domain: BoolArray | None, of_totals: bool) -> Asked:
        asked = self._asked(above, domain, below)
        if asked.below is not None and not of_totals:
            apart = ~same_persons(asked.variable, asked.below)
            names = f"{called(above)} / {called(below)}"
            refuse_rows("ratio.persons", apart if asked.domain is None else apart & asked.domain, names)
        return asked

    def _chosen(self, variable: Named) -> Variable:
        if isinstance(variable, str):
            return self.table.variable(variable)
        if len(variable.wy) != len(self.table.w):
            raise AnalysisRefused("table.length", columns=["variable"], rows=len(self.table.w))
        return variable

    def _statistics(self, asked: Sequence[Asked]) -> Statistics:
        """The statistics with their scores; what is scored otherwise (replicates) gives others here."""
        return self._weighted.statistics(asked)

    def _linear(self, asked: Asked) -> Linearised | NotEstimable:
        one = self._statistics([asked]).one(0)
        return self._why(asked, one) if isinstance(one, NotEstimable) else one

    def _outcomes(self, asked: Sequence[Asked], figure: Callable[[Asked, Measured], Outcome]) -> list[Outcome]:
        """A figure of each statistic, or why there is none, computed some at a time."""
        width = max(1, min(SIDE_BY_SIDE, CELLS // max(1, len(self.table.w))))
        outcomes: list[Outcome] = []
        for first in range(0, len(asked), width):
            block = asked[first : first + width]
            for what, one in zip(block, self._measured(self._statistics(block)), strict=True):
                outcomes.append(self._why(what, one) if isinstance(one, NotEstimable) else figure(what, one))
        return outcomes

    def _why(self, asked: Asked, reason: NotEstimable) -> NotEstimable:
        """Where nobody answered, whether anybody was there to answer."""
        nobody = reason.code == "no_answers" and not (asked.masked(self._persons) > 0).any()
        return NotEstimable("no_members").of(reason.definition) if nobody else reason

    def _measured(self, statistics: Statistics) -> Iterator[Measured | NotEstimable]:
        """Each statistic with its variance, or why it has none."""
        involved, columns = self._involved(statistics.members), len(statistics.value)
        refusals, rules = self._psus.refusals(involved), self._psus.lonely_rules(involved)
        variances = self._psus.variances(statistics.scores, involved).tolist()
        dfs = self._psus.degrees_of_freedom(statistics.members).tolist()
        whole = self._psus.taken_whole(involved).tolist()
        for place in range(columns):
            one, shared = statistics.one(place), min(place, involved.shape[1] - 1)
            refusal = refusals[shared] or (NotEstimable("too_few_psus", df=dfs[place]) if dfs[place] < 1 else None)
            if isinstance(one, NotEstimable):
                yield one
            elif refusal is not None:
                yield refusal.of(one.definition)
            else:
                variance, rule = max(0.0, variances[place]), rules[shared]
                yield Measured(one, variance, dfs[place], rule, self._design_df, self.level, whole[shared])

    def _involved(self, members: BoolArray) -> BoolArray:
        """Calibration ties every row to every figure; without it only members enter."""
        return members if self.calibration is None else self.table.count[:, None] > 0

    def _varying(self, asked: Asked, one: Measured) -> Outcome:
        made, there = self.calibration, self._weighted.there
        return one.varying_t_interval(lambda: made is not None and is_known(asked, self._g, made.projection, there))

    def _proportion(self, asked: Asked, one: Measured, interval: str) -> Outcome:
        p, variance = _without_rounding(one.statistic.value), one.variance
        certain = p in (0.0, 1.0)
        undefined = (certain or variance <= 0) and interval not in ALWAYS_DEFINED
        if undefined or not 0 <= p <= 1:  # linear calibration can make weights negative, and a share of them absurd
            return NotEstimable("interval_undefined", method=interval, value=p).of(one.definition)
        deff0 = self._deff_where_certain(asked) if certain else 1.0
        rows, design_df = self._whole(asked) if interval in OF_DESIGN else (one.statistic.n, one.df)
        share = Proportion(p, variance, one.statistic.n, one.df, deff0, rows, design_df, self.level)
        limits, n_eff = INTERVALS[interval](share), effective_n(share)
        if certain:
            return one.estimate(p, 0.0, n_eff, None, limits, interval)
        return one.estimate(p, math.sqrt(variance), n_eff, one.deff, limits, interval)

    def _whole(self, asked: Asked) -> tuple[int, int]:
        """The rows and df that R's `beta` takes: the domain's, but all rows of a calibrated design."""
        domain = None if self.calibration else asked.domain
        persons = self._persons if domain is None else self._persons * domain
        return round(float(persons.sum())), self.design_df(asked.domain)

    def _deff_where_certain(self, asked: Asked) -> float:
        """The design effect to assume where everybody, or nobody, does. Source: docs/methodology.md#korn-graubard."""
        variable = asked.variable
        if variable not in self._district_deffs:
            self._district_deffs[variable] = self._district_deff(variable)
        if (known := self._district_deffs[variable]) is not None:
            return known
        answered = asked.persons * self._weighted.there
        take = float(answered.sum()) / int(self._psus.psus_with(answered[:, None] > 0).sum())
        mask = asked.masked(np.ones(len(self._g)))
        return max(1.0, kish_deff(self.table, self._g, mask) * (1 + (take - 1) * self.assumed_icc))

    def _district_deff(self, variable: Variable) -> float | None:
        """The indicator's own effect in the whole district, where it is neither 0 nor 1 there."""
        district = next(self._measured(self._statistics([Asked(variable)])))
        if isinstance(district, NotEstimable) or district.variance <= 0:
            return None
        p = _without_rounding(district.statistic.value)
        return max(1.0, district.statistic.n * district.variance / (p * (1 - p))) if 0 < p < 1 else None


def _without_rounding(p: float) -> float:
    if abs(p) <= ROUNDING:
        return 0.0
    return 1.0 if abs(1 - p) <= ROUNDING else p
