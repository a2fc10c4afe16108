"""Whether a figure is fit to be shown: a gate before rounding, with codes for the reasons.

Source: docs/methodology.md#reliability. Confidentiality is another gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.analysis.outcome import Estimate, NotEstimable

LEAST_N_EFF = 30
LEAST_DF = 3
WIDEST_POINTS = 30
COMFORTABLE_DF = 8


@dataclass(frozen=True)
class Reliability:
    """`reasons` why the figure is not shown; `flags` that stand beside it when it is."""

    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def shown(self) -> bool:
        return not self.reasons


def reliability(outcome: Estimate | NotEstimable, points: float | None = 100) -> Reliability:
    """Judge one outcome. `points`: how many points one unit of the figure is (100 for a share of 1, 1 for a score of 0
    to 100, None for totals, ratios and contrasts, where a width in points means nothing).

    Reasons: n_eff_below_30, df_below_3, width_30_points, or the code of a NotEstimable; flag: df_below_8.
    """
    if isinstance(outcome, NotEstimable):
        return Reliability((outcome.code,))
    n = outcome.n if outcome.n_eff is None else outcome.n_eff
    reasons = {
        "n_eff_below_30": n < LEAST_N_EFF,
        "df_below_3": outcome.df < LEAST_DF,
        "width_30_points": points is not None and outcome.width * points >= WIDEST_POINTS,
    }
    flags = ("df_below_8",) if outcome.df < COMFORTABLE_DF else ()
    return Reliability(tuple(code for code, holds in reasons.items() if holds), flags)
