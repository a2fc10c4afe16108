"""Keeping the analysis plan on its wave, before it opens and never after; and the default where none was lodged.

Imports nothing heavy: web pages use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.analysis.waves.plan import AnalysisPlan
from surveys.errors import Conflict
from surveys.instrument import Instrument
from surveys.records.kinds import WaveState
from surveys.records.waves import Wave

TEXT, SHA256, LODGED_AT, LONELY = "analysis", "analysis_sha256", "analysis_lodged_at", "lonely"
RESIDENTS = "resident"  # the form of sampled households; an evaluation of cases has no plan of this kind


@dataclass(frozen=True)
class Standing:
    """The plan that holds for a wave: one that was lodged, and when, or the default one."""

    plan: AnalysisPlan
    lodged_at: str = ""  # ISO, UTC; empty for the default plan

    @property
    def is_default(self) -> bool:
        return not self.lodged_at

    @property
    def lodged(self) -> datetime | None:
        return datetime.fromisoformat(self.lodged_at) if self.lodged_at else None

    @property
    def facts(self) -> dict[str, Any]:
        """What a release keeps of it: hash, whether it is the default, text, and how each family is judged."""
        judged = {family.name: {"method": family.method, "level": family.level} for family in self.plan.families}
        return {
            "sha256": self.plan.sha256,
            "default": self.is_default,
            "lodged_at": self.lodged_at,
            "title": self.plan.title,
            "text": self.plan.text,
            "families": judged,
        }


def lodge(box: Session, wave: Wave, instrument: Instrument, content: bytes, now: datetime) -> AnalysisPlan:
    """Keep a plan's file on a planned wave, in place of an earlier one.

    Raises Conflict once the wave has opened, or for an evaluation of cases; FileRefused with every fault, the stopping
    date among them, which must be the wave's closing.
    """
    box.flush()
    kept = box.get_one(Wave, wave.id, populate_existing=True, with_for_update=True)
    if kept.state is not WaveState.PLANNED:
        raise Conflict("analysis_plan.wave_opened", wave=kept.code)
    if RESIDENTS not in instrument.forms:
        raise Conflict("analysis_plan.not_for_cases", wave=kept.code)
    plan = AnalysisPlan.read(content, instrument, closing_day(kept))
    said = {TEXT: plan.text, SHA256: plan.sha256, LODGED_AT: now.isoformat(timespec="seconds")}
    kept.plan = {**kept.plan, **said}
    box.flush()
    return plan


def standing(wave: Wave, instrument: Instrument) -> Standing:
    """The plan that holds; raises Conflict when its text was altered in the store, or another program reads it anew."""
    text = wave.plan.get(TEXT)
    if text is None:
        return Standing(default_plan(instrument, wave))
    plan = AnalysisPlan.parse(text, instrument)
    if plan.sha256 != wave.plan.get(SHA256):
        raise Conflict("analysis_plan.altered", wave=wave.code)
    return Standing(plan, str(wave.plan[LODGED_AT]))


def default_plan(instrument: Instrument, wave: Wave) -> AnalysisPlan:
    """The shipped plan for this wave: comparisons its instrument cannot make are left out, the lonely rule may stand on
    the wave."""
    fitted = AnalysisPlan.fitted(shipped(), instrument, closing_day(wave))
    return replace(fitted, lonely=str(wave.plan.get(LONELY, fitted.lonely)))


def template(wave: Wave) -> str:
    """The shipped plan with its explanations and this wave's stopping date, to be filled in and lodged."""
    head, line, rest = shipped().partition("stopping_date = ")
    return head + line + closing_day(wave).isoformat() + rest[len("2026-11-30") :]


@cache
def shipped() -> str:
    """The plan that comes with the program, as a file with explanations."""
    return resources.files("surveys.analysis.waves").joinpath("default_plan.toml").read_text(encoding="utf-8")


def closing_day(wave: Wave) -> date:
    """The local day on which the asking ends."""
    return wave.closes_at.astimezone(ZoneInfo(wave.time_zone)).date()


def without_plan(choices: Mapping[str, Any]) -> dict[str, Any]:
    """What else was decided about a wave before its fieldwork."""
    return {name: value for name, value in choices.items() if name not in (TEXT, SHA256, LODGED_AT)}
