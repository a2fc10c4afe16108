"""Waves that cannot be taken together, each refused by the name of what stands in the way."""

from __future__ import annotations

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimands.change import change
from surveys.analysis.estimands.stack import in_wave, stacked
from surveys.analysis.estimands.stack_design import Sample
from surveys.analysis.outcome import AnalysisRefused

from .test_change import EARLIER, LATER, wave
from .test_estimator_input import refusal_of


@pytest.mark.parametrize(
    ("second", "shared", "code"),
    [
        (wave("2024", [1, 2, 3]), True, "stack.waves"),
        (Sample("2025", LATER.table, Design(np.array([5]))), True, "stack.designs"),
        (Sample("2025", LATER.table, Design(np.array([3]), lonely="remove")), True, "stack.rules"),
        (Sample("2025", LATER.table, Design(np.array([3]), lonely="remove")), False, "stack.rules"),
        (wave("2025", [1, 2, 3], population=[9]), True, "stack.designs"),
        (wave("2025", [1, 2, 3], population=[9]), False, "stack.mixed_fpc"),
        (wave("2025", [1, 2, 3], population=[9], stratum="T"), True, "stack.mixed_fpc"),
    ],
)
def test_waves_that_do_not_go_together_are_refused(second: Sample, shared: bool, code: str) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        stacked([EARLIER, second], shared)
    assert refusal.value.code == code


def test_waves_without_counts_of_the_population_are_named_where_others_have_them() -> None:
    samples = [EARLIER, wave("2025", [1, 2, 3], population=[9]), wave("2026", [1, 2, 3])]
    refusal = refusal_of(lambda: stacked(samples, shared=False))
    assert (refusal.code, dict(refusal.values)) == ("stack.mixed_fpc", {"waves": ["2024", "2026"]})


def test_a_wave_that_is_not_in_the_stack_is_refused_by_name() -> None:
    by = stacked([EARLIER, LATER], shared=True)
    for ask in (lambda: change(by, "y", "2024", "2052"), lambda: in_wave(by, "2052")):
        refusal = refusal_of(ask)
        assert (refusal.code, dict(refusal.values)) == (
            "stack.unknown_wave",
            {"wave": "2052", "known": ["2024", "2025"]},
        )


def test_no_wave_is_no_stack() -> None:
    with pytest.raises(AnalysisRefused, match=r"stack\.waves"):
        stacked([], shared=True)
