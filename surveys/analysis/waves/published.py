"""Which indicators of an instrument become figures, and which of them towns and groups get too.

Imports nothing heavy: the plan, which web pages read, stands on it.
"""

from __future__ import annotations

from surveys.instrument import Indicator, Instrument

COMPLETE = "complete_share"  # the kind of indicator that says which answers are complete
BY_DOMAIN = frozenset({"satisfied_share", "satisfied_share_all", "satisfaction_score"})  # figures of items, by domain


def published(instrument: Instrument) -> list[Indicator]:
    """The indicators that become figures: all but the rule of completeness."""
    return [indicator for indicator in instrument.indicators.values() if indicator.kind != COMPLETE]


def is_by_domain(indicator: Indicator) -> bool:
    """Whether towns and groups get the figure. With and without what was refused is told apart for the district only:
    in a town the difference tells of few."""
    return (indicator.per_person or indicator.kind in BY_DOMAIN) and not indicator.refused_out
