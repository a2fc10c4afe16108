"""A register smaller than the draw from it is a contradiction, not a census."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.analysis.evaluations.figures import case_figures_of
from surveys.analysis.outcome import AnalysisRefused
from tests.analysis.test_case_figures import found, panel, result
from tests.reporting.made import EVALUATION, cases


def test_more_cases_than_the_register_holds_stop_the_analysis(box: Session) -> None:
    wave = cases(box, ["one", "one", "two"], register=2)
    for number in (1, 2, 3):
        panel(box, wave, f"c{number}", 60.0, 70.0, 80.0 + number)
    with pytest.raises(AnalysisRefused) as refusal:
        case_figures_of(box, wave, EVALUATION, lambda _done, _step: None)
    assert refusal.value.code == "cases.more_than_register"
    assert refusal.value.values == {"drawn": 3, "register": 2}


def test_a_register_drawn_but_for_one_case_keeps_its_small_error(box: Session) -> None:
    wave = cases(box, ["one", "one", "two"], register=4)
    for number in (1, 2, 3):
        panel(box, wave, f"c{number}", *[60.0 + 10 * number] * 3)
    district = found(result(box, wave).drafts, "case_score")
    assert district.se == pytest.approx(((1 - 3 / 4) * 100 / 3) ** 0.5)
    assert found(result(box, wave).drafts, "cases_in_register").value == 4
