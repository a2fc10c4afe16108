"""Analysis plans for tests: a small sound one as text, and the codes of what is wrong with another."""

from __future__ import annotations

import pytest

from surveys.analysis.waves.plan import AnalysisPlan
from surveys.errors import FileFault, FileRefused
from surveys.instrument import Instrument
from tests.reporting.made import AWARENESS

HEAD = 'title = "测评方案"\nstopping_date = 2021-12-01\n'
TOWNS = """
[[comparison]]
name = "towns"
indicator = "headline"
each = "town"

[[family]]
name = "bands"
method = "benjamini_hochberg"
comparisons = ["towns"]
"""


def compared(name: str, way: str, indicator: str = "awareness_rate", method: str = "holm") -> str:
    """A comparison with a family of its own."""
    comparison = f'[[comparison]]\nname = "{name}"\nindicator = "{indicator}"\n{way}\n'
    return f'{comparison}[[family]]\nname = "of_{name}"\nmethod = "{method}"\ncomparisons = ["{name}"]\n'


def pair_of(domain: str, first: str, second: str) -> str:
    return f"pair = {{ of = '{domain}', first = '{first}', second = '{second}' }}"


def plan_of(text: str, instrument: Instrument = AWARENESS) -> AnalysisPlan:
    return AnalysisPlan.parse(text, instrument)


def faults(text: str) -> list[FileFault]:
    with pytest.raises(FileRefused) as refusal:
        plan_of(text)
    return refusal.value.faults


def codes(text: str) -> list[tuple[str, str]]:
    """Code, without the head every code has, and place of each fault."""
    return [(fault.code.removeprefix("analysis_plan."), fault.column) for fault in faults(text)]
