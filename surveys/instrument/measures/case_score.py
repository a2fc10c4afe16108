"""The panel's score of an enforcement case."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument.indicators import MEASURES, Indicator
from surveys.instrument.measures.mark_mean import MarkMean
from surveys.instrument.questions import Fault


class CaseScore(MarkMean):
    """One evaluator's mean mark; the case's score S comes from surveys.instrument.panel, by groups."""

    needs = frozenset({"groups", "grades"})

    def faults(self, indicator: Indicator) -> Iterator[Fault]:
        yield from super().faults(indicator)
        cuts = [grade.lowest for grade in indicator.grades]
        if cuts != sorted(set(cuts), reverse=True) or cuts[-1:] != [0]:
            yield Fault("grades", "indicator.grades_not_falling_to_zero", {"cuts": ", ".join(map(str, cuts))})


MEASURES.add("case_score", CaseScore())
