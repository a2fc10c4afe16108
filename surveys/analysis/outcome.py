"""What an estimator hands back: a figure with its uncertainty, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from surveys.errors import Refusal


class AnalysisRefused(Refusal):
    """A table, design or set of margins from which nothing honest can be computed."""


@dataclass(frozen=True)
class Definition:
    """The rule that made a variable: the indicator's code, and the version of its wording and thresholds."""

    id: str
    version: str = ""


@dataclass(frozen=True)
class Estimate:
    """One figure with its design-based uncertainty; unrounded, on the scale of the variable.

    `n` is the persons of the domain with the answer and a final weight that is not 0; `n_eff`, which no scale of the
    weights changes, and `deff` (R's, with 1 − n/N) are None where they have no meaning (ratios, contrasts); `deff`
    also where the weights add up to n or less, as N is their sum. `df` counts only PSUs and strata with members;
    `design_df` is what R's `degf` gives for the whole design (docs/methodology.md#degrees-of-freedom). `method`
    names the rule of the interval, `lonely` the rule for strata of one PSU where it acted ("" elsewhere),
    `definition` what was measured, where the variable says.
    """

    value: float
    se: float
    df: int
    n: int
    n_eff: float | None
    deff: float | None
    lower: float
    upper: float
    method: str
    design_df: int
    level: float = 0.95
    lonely: str = ""
    definition: Definition | None = None

    @property
    def width(self) -> float:
        return self.upper - self.lower


@dataclass(frozen=True, init=False)
class NotEstimable:
    """Why there is no figure: a code with its values, for a sentence; never 0 and never NaN.

    Codes: no_members (nobody of weight above 0 in the domain), no_answers (members, none of whom answered), one_psu
    (strata), one_ssu, too_few_psus (df), no_variation (value, n), negative_weights (n), zero_denominator,
    interval_undefined (method, value), joint_zero (units), negative_variance (variance), psus_alike (n: persons differ,
    their PSUs do not, so that a sample shows no error), few_hits (fewest), empty_replicate (replicates: how many have
    no member left), empty_cells.
    """

    code: str
    values: Mapping[str, object]
    definition: Definition | None = None

    def __init__(self, code: str, **values: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", MappingProxyType(values))

    def of(self, definition: Definition | None) -> NotEstimable:
        """The same reason, said of what was to be measured."""
        said = NotEstimable(self.code, **self.values)
        object.__setattr__(said, "definition", definition)
        return said
