"""Satisfied share, headline."""

from __future__ import annotations

from types import MappingProxyType

from surveys.instrument.indicators import MEASURES, Measure


class SatisfiedShare(Measure):
    """{1,2} / {1..5}, one question, never pooled; 一般 is never counted as satisfied."""

    unit = "percent"
    per_person = False
    needs = frozenset({"question"})
    values = MappingProxyType({"1": 1.0, "2": 1.0, "3": 0.0, "4": 0.0, "5": 0.0})


MEASURES.add("satisfied_share", SatisfiedShare())
