"""How the sample was drawn: PSUs by stratum, population counts, and the rule for a lonely PSU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table

LONELY_RULES = ("fail", "collapse", "adjust", "average", "certainty", "remove")


@dataclass(frozen=True, eq=False)
class SecondStage:
    """Units drawn inside PSUs without replacement; both arrays run over the rows of a table whose rows keep to one SSU.

    ssu: unique within its PSU; population: how many units the PSU has in all, as a count.
    """

    ssu: npt.NDArray[Any]
    population: FloatArray


@dataclass(frozen=True, eq=False)
class Design:
    """All PSUs drawn in each stratum (those that stayed silent too), in the order of the table's strata.

    population: PSUs in each stratum as counts, for a finite population correction; only with selection="equal"
    (docs/methodology.md#finite-population-correction). lonely: what to do with a stratum of one PSU, one of
    LONELY_RULES (docs/methodology.md#lonely-psu); "collapse" joins neighbours in the order of the strata.

    Raises AnalysisRefused: design.lonely_rule, fpc.with_pps, fpc.fraction, fpc.less_than_drawn, fpc.with_collapse,
    fpc.second_alone.
    """

    psus_drawn: IntArray
    population: FloatArray | None = None
    selection: str = "pps"
    lonely: str = "fail"
    second: SecondStage | None = None

    def __post_init__(self) -> None:
        if self.lonely not in LONELY_RULES:
            raise AnalysisRefused("design.lonely_rule", rule=self.lonely, rules=LONELY_RULES)
        if self.second is not None and self.population is None:
            raise AnalysisRefused("fpc.second_alone")
        if self.population is not None:
            self._check_population(self.population)

    def _check_population(self, population: FloatArray) -> None:
        if self.selection == "pps":
            raise AnalysisRefused("fpc.with_pps")
        if self.lonely == "collapse":
            raise AnalysisRefused("fpc.with_collapse")
        if (population < 1).any() or (population != np.round(population)).any():
            raise AnalysisRefused("fpc.fraction", population=population.tolist())
        if (population < self.psus_drawn).any():
            raise AnalysisRefused("fpc.less_than_drawn", strata=np.flatnonzero(population < self.psus_drawn).tolist())

    @classmethod
    def of_table(
        cls,
        table: Table,
        population: npt.ArrayLike | None = None,
        lonely: str = "fail",
        second: SecondStage | None = None,
    ) -> Design:
        """The design when every PSU drawn has a row in the table; equal probabilities where a population is given."""
        strata = np.unique(np.stack([table.stratum, table.psu], axis=1), axis=0)[:, 0]
        drawn = np.bincount(strata, minlength=len(table.strata)).astype(np.int64)
        if population is None:
            return cls(drawn, lonely=lonely, second=second)
        return cls(drawn, np.asarray(population, float), "equal", lonely, second)

    @property
    def sampling_fraction(self) -> FloatArray:
        if self.population is None:
            return np.zeros(len(self.psus_drawn))
        return self.psus_drawn / self.population

    @property
    def lonely_strata(self) -> BoolArray:
        """Strata of one PSU that was not certain to be drawn: (strata,)."""
        return np.asarray((self.psus_drawn == 1) & (self.sampling_fraction < 1))

    def variance_strata(self) -> IntArray:
        """For each stratum the stratum its PSUs are compared in: itself, or its neighbour under "collapse"."""
        joined = np.arange(len(self.psus_drawn))
        if self.lonely != "collapse":
            return joined
        used = np.flatnonzero(self.psus_drawn)
        for place, stratum in enumerate(used):
            alone = self.psus_drawn[joined == joined[stratum]].sum() == 1
            if alone and len(used) > 1:
                neighbour = used[place + 1] if place + 1 < len(used) else used[place - 1]
                joined[joined == joined[stratum]] = joined[neighbour]
        return joined
