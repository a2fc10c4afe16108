"""Weighted quantiles with Woodruff's interval. Source: docs/methodology.md#quantiles (Woodruff 1952)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from surveys.analysis.estimands.quantile_rules import BY_PERSON, BY_VALUE, Sample
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, Table, Variable


@dataclass(frozen=True, eq=False)
class Observed:
    """A value for every row of a table, the rows where it is known, and the rows of the domain."""

    values: FloatArray
    there: BoolArray
    domain: BoolArray

    @property
    def used(self) -> BoolArray:
        return self.there & self.domain

    def at_most(self, table: Table, value: float) -> Variable:
        """The variable that is 1 for whoever has this value or a smaller one: its mean is the distribution function."""
        reached = self.there & (self.values <= value)
        return Variable.binary(table.count * self.there, table.w * self.there, table.w * reached)


def quantile(
    estimator: Estimator,
    key: str | npt.ArrayLike,
    probability: float,
    domain: BoolArray | None = None,
    rule: str = "math",
) -> Estimate | NotEstimable:
    """The value that this share (between 0 and 1) of the domain does not pass, with Woodruff's interval.

    `key` names a key of the table, or is a number for each row (NaN: no answer); from totals the value is therefore
    one of the keys that rows are told apart by. Rules that place single persons (BY_PERSON) need one-person rows.
    se is the width over twice the t quantile; n_eff and deff are those of the share at or below the estimate.

    Raises AnalysisRefused: quantile.rule, quantile.probability, quantile.one_person_rows, table.no_key,
    table.not_numbers, table.infinite, table.length, domain.type, domain.length.
    NotEstimable: those of a mean, "interval_undefined" where a limit of that share falls outside 0..1 or the share is
    1, and "negative_weights", with which shares would fall where values rise.
    """
    if not 0 < probability < 1:
        raise AnalysisRefused("quantile.probability", probability=probability)
    observed = _observed(estimator.table, key, domain)
    _check_rule(rule, estimator.table.count[observed.used])
    weights = _final_weights(estimator)
    used = observed.used & (weights != 0)
    if (weights[used] < 0).any():
        return NotEstimable("negative_weights", n=round(float(estimator.table.count[used].sum())))
    if not used.any():
        return estimator.mean(observed.at_most(estimator.table, np.inf), observed.domain)
    read = _reader(rule, Sample.of(observed.values[used], weights[used]))
    return _woodruff(estimator, observed, read, probability)


def _woodruff(
    estimator: Estimator, observed: Observed, read: Callable[[float], float], probability: float
) -> Estimate | NotEstimable:
    """The limits of the share at or below the estimate, read off the same distribution by the same rule."""
    value = read(probability)
    share = estimator.mean(observed.at_most(estimator.table, value), observed.domain)
    if isinstance(share, NotEstimable) and share.code != "no_variation":
        return share
    if isinstance(share, NotEstimable) or share.lower < 0 or share.upper > 1:
        return NotEstimable("interval_undefined", method="woodruff", value=value)
    lower, upper = read(share.lower), read(share.upper)
    se = (upper - lower) / (2 * t_quantile(share.level, share.df))
    return replace(share, value=value, se=se, lower=lower, upper=upper, method="woodruff")


def _observed(table: Table, key: str | npt.ArrayLike, domain: BoolArray | None) -> Observed:
    name = key if isinstance(key, str) else "values"
    try:
        values = np.asarray(table.key(key) if isinstance(key, str) else key, float)
    except (TypeError, ValueError):
        raise AnalysisRefused("table.not_numbers", column=name) from None
    if values.shape != table.w.shape:
        raise AnalysisRefused("table.length", columns=[name], rows=len(table.w))
    refuse_rows("table.infinite", np.isinf(values), column=name)
    inside = np.ones(len(values), bool) if domain is None else table.domain(domain)
    return Observed(values, ~np.isnan(values) & (table.count > 0), inside)


def _final_weights(estimator: Estimator) -> FloatArray:
    calibration = estimator.calibration
    return estimator.table.w if calibration is None else estimator.table.w * calibration.g


def _check_rule(rule: str, persons: FloatArray) -> None:
    if rule not in BY_VALUE and rule not in BY_PERSON:
        raise AnalysisRefused("quantile.rule", rule=rule, rules=[*BY_VALUE, *BY_PERSON])
    if rule in BY_PERSON and (persons > 1).any():
        raise AnalysisRefused("quantile.one_person_rows", rule=rule)


def _reader(rule: str, sample: Sample) -> Callable[[float], float]:
    if rule in BY_VALUE:
        return partial(BY_VALUE[rule], sample.merged())
    return partial(BY_PERSON[rule], sample)
