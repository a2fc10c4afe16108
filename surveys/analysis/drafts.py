"""A figure before the disclosure gate: what was computed, or why nothing could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveys.analysis.outcome import Estimate, NotEstimable

DISTRICT = "district"
LONELY = "lonely_"  # before the rule for lonely PSUs, in the flag of a figure on which it acted


@dataclass(frozen=True)
class Draft:
    """One figure of one indicator in one domain; proportions 0-1, scores 0-100.

    `minimum`: the fewest answers it may be shown for, where the indicator asks more than the audience's threshold.
    `officials_only`: it has no place in what the public reads. `of_cases`: `n` counts cases, not people. `counts`:
    answers by mark, "d" and "r" among them. `flag`: codes of what to keep in mind beside the number, by spaces.
    `joint`: of a town's difference from the rest the town's own figure, by an interval that holds for all towns.
    """

    part: str
    indicator: str
    version: str
    unit: str
    domain: str = DISTRICT
    domain_code: str = ""
    item: str = ""
    n: int | None = None
    n_eff: float | None = None
    df: float | None = None
    value: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    deff: float | None = None
    method: str = ""
    flag: str = ""
    reason: str = ""
    reason_values: Mapping[str, object] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    minimum: int = 0
    officials_only: bool = False
    of_cases: bool = False
    joint: Estimate | NotEstimable | None = None

    def with_outcome(self, outcome: Estimate | NotEstimable, n: int) -> Draft:
        """The draft filled from an estimator's answer; `n` counts the answers when there is no estimate.

        A sample holds those who answered: a domain without members is one from which no answers came.
        """
        if isinstance(outcome, NotEstimable):
            reason = "no_answers" if outcome.code == "no_members" else outcome.code
            return replace(self, n=n, reason=reason, reason_values=plain(outcome.values))
        return replace(
            self,
            n=outcome.n,
            n_eff=outcome.n_eff,
            df=outcome.df,
            value=outcome.value,
            se=outcome.se,
            lower=outcome.lower,
            upper=outcome.upper,
            deff=outcome.deff,
            method=outcome.method,
            flag=LONELY + outcome.lonely if outcome.lonely else "",
        )

    def flagged(self, flag: str) -> Draft:
        """The draft with one more word of caution beside it; flags stand apart by spaces."""
        return replace(self, flag=f"{self.flag} {flag}".strip())

    def without_value(self, reason: str, **values: object) -> Draft:
        """The draft with its number taken away and the reason in its place; n, n_eff and df stay."""
        bare = replace(self, value=None, se=None, lower=None, upper=None, flag="", method="")
        return replace(bare, reason=reason, reason_values=values)


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values that JSON keeps: lists for tuples, text for anything unknown."""
    kept: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, (list, tuple)):
            kept[name] = [str(part) for part in value]
        else:
            kept[name] = value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
    return kept
