"""How the sample was drawn: PSUs by stratum, population counts, and the rule for a lonely PSU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.analysis.labels import distinct, is_count, read_only
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table

SELECTIONS = ("pps", "equal")
LONELY_RULES = ("fail", "collapse", "adjust", "average", "certainty", "remove")


@dataclass(frozen=True, eq=False)
class SecondStage:
    """Units drawn inside PSUs without replacement; both arrays run over the rows of a table whose rows keep to one SSU.

    ssu: unique within its PSU; population: how many units the PSU has in all, as a count. Both are copied, lists too,
    and cannot be written.
    """

    ssu: npt.NDArray[Any]
    population: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "ssu", read_only(np.array(self.ssu)))
        object.__setattr__(self, "population", read_only(np.array(self.population, float)))


@dataclass(frozen=True, eq=False)
class Design:
    """All PSUs drawn in each stratum (those that stayed silent too), in the order of the table's strata.

    population: PSUs in each stratum as counts, for a finite population correction; only with selection="equal"
    (docs/methodology.md#finite-population-correction). lonely: what to do with a stratum of one PSU, one of
    LONELY_RULES (docs/methodology.md#lonely-psu); "collapse" joins neighbours in the order of the strata.
    strata: their labels, so that refusals name them and an estimator sees that the table's are the same.
    selection: how PSUs were drawn, one of SELECTIONS; with counts it must be said, as "pps" has no such correction.
    The arrays are copied, lists too, and cannot be written.

    Raises AnalysisRefused: design.lonely_rule, design.selection, design.length, design.fraction, fpc.with_pps,
    fpc.fraction, fpc.less_than_drawn, fpc.with_collapse, fpc.second_alone.
    """

    psus_drawn: IntArray
    population: FloatArray | None = None
    selection: str = "pps"
    lonely: str = "fail"
    second: SecondStage | None = None
    strata: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.lonely not in LONELY_RULES:
            raise AnalysisRefused("design.lonely_rule", rule=self.lonely, rules=LONELY_RULES)
        if self.selection not in SELECTIONS:
            raise AnalysisRefused("design.selection", selection=self.selection, known=SELECTIONS)
        if self.second is not None and self.population is None:
            raise AnalysisRefused("fpc.second_alone")
        self._refuse("design.fraction", ~is_count(self.psus_drawn, 0))
        object.__setattr__(self, "psus_drawn", read_only(np.array(self.psus_drawn, np.int64)))
        if self.population is not None:
            object.__setattr__(self, "population", read_only(np.array(self.population, float)))
            self._check_population(np.asarray(self.population))

    def _check_population(self, population: FloatArray) -> None:
        if self.selection == "pps":
            raise AnalysisRefused("fpc.with_pps")
        if self.lonely == "collapse":
            raise AnalysisRefused("fpc.with_collapse")
        if np.shape(population) != np.shape(self.psus_drawn):
            raise AnalysisRefused("design.length", population=len(population), strata=len(self.psus_drawn))
        self._refuse("fpc.fraction", ~is_count(population, 1))
        self._refuse("fpc.less_than_drawn", population < self.psus_drawn)

    def _refuse(self, code: str, faulty: BoolArray) -> None:
        if faulty.any():
            names = [self.strata[place] if self.strata else str(place) for place in np.flatnonzero(faulty)]
            raise AnalysisRefused(code, strata=names)

    @classmethod
    def of_table(
        cls,
        table: Table,
        population: npt.ArrayLike | None = None,
        selection: str = "pps",
        lonely: str = "fail",
        second: SecondStage | None = None,
    ) -> Design:
        """The design when every PSU drawn has a row in the table; counts need selection="equal".

        population: (strata,) in the order of the table's.
        """
        first, _ = distinct([table.stratum, table.psu])
        drawn = np.bincount(table.stratum[first], minlength=len(table.strata)).astype(np.int64)
        counts = None if population is None else np.asarray(population, float)
        return cls(drawn, counts, selection, lonely, second, table.strata)

    @classmethod
    def of_strata(
        cls,
        table: Table,
        drawn: Mapping[Any, int],
        population: Mapping[Any, int] | None = None,
        selection: str = "pps",
        lonely: str = "fail",
        second: SecondStage | None = None,
    ) -> Design:
        """PSUs drawn, and where given PSUs in all, by the label of the stratum (text or number); in whatever order.

        Counts need selection="equal", as in `Design`.
        Raises also AnalysisRefused design.unknown_strata where table and design name other strata.
        """
        order = table.strata
        counts = None if population is None else _in_order(order, population)
        return cls(_in_order(order, drawn), counts, selection, lonely, second, order)

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


def _in_order(strata: tuple[str, ...], counts: Mapping[Any, int]) -> npt.NDArray[Any]:
    """The counts in the order of the strata. Raises AnalysisRefused design.unknown_strata."""
    named = {str(label): count for label, count in counts.items()}
    check_strata(strata, tuple(named))
    return np.array([named[label] for label in strata])


def check_strata(table: tuple[str, ...], design: tuple[str, ...]) -> None:
    """Raise AnalysisRefused design.unknown_strata unless both name the same strata."""
    strange = [label for label in table if label not in set(design)]
    absent = [label for label in design if label not in set(table)]
    if strange or absent:
        raise AnalysisRefused("design.unknown_strata", table=strange, design=absent)
