"""What an instrument declares about evaluating cases: whether it does, and the groups of its panel."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.instrument.indicators import Group, Indicator
from surveys.instrument.instrument import Instrument

PANEL, PARTY = "panel", "party"
CASE_SCORE = "case_score"


def evaluates_cases(instrument: Instrument) -> bool:
    """Whether panel members evaluate cases with it; parties may have a form besides."""
    return PANEL in instrument.forms and score_of(instrument) is not None


def asks_parties(instrument: Instrument) -> bool:
    """Whether the parties of a case have a form of their own."""
    return PARTY in instrument.forms


def score_of(instrument: Instrument) -> Indicator | None:
    """The panel's indicator; its groups and grades are those of the panel."""
    return next((one for one in instrument.indicators.values() if one.kind == CASE_SCORE), None)


def panel_groups(instrument: Instrument) -> Mapping[str, Group]:
    """The groups by code, in the order in which they are declared; empty for other instruments."""
    score = score_of(instrument)
    return score.groups if score else {}
