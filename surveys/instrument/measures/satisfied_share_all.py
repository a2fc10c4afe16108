"""Satisfied share, second line."""

from __future__ import annotations

from types import MappingProxyType

from surveys.instrument.indicators import MEASURES, Measure


class SatisfiedShareAll(Measure):
    """{1,2} / everybody asked, don't know (97) and refused or blank (98) included."""

    unit = "percent"
    per_person = False
    needs = frozenset({"question"})
    values = MappingProxyType({"1": 1.0, "2": 1.0, "3": 0.0, "4": 0.0, "5": 0.0, "d": 0.0, "r": 0.0})


MEASURES.add("satisfied_share_all", SatisfiedShareAll())
