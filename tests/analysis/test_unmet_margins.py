"""Population totals that cannot be met: contradictions stop the wave, all else names the margin and the category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table
from surveys.analysis.waves.calibrated import MOST_JOINS, Uncalibrated, calibrated
from surveys.analysis.waves.population import Known, lay
from surveys.records.waves import Wave
from tests.analysis.plans import HEAD, plan_of
from tests.analysis.test_comparisons import PSUS, computed, margin, towns
from tests.reporting.made import Said, survey


def facts(box: Session, wave: Wave) -> dict[str, Any]:
    weights: dict[str, Any] = computed(box, wave).facts["weights"]
    return weights


def by_sex(box: Session, wave: Wave, men: int, women: int) -> None:
    box.add_all([margin(wave, "sex", "1", men), margin(wave, "sex", "2", women)])
    box.flush()


def test_sums_that_differ_stop_the_analysis_with_both_sums(box: Session) -> None:
    wave = towns(box, "", {"a": 400, "b": 1200})
    by_sex(box, wave, 1000, 599)
    with pytest.raises(AnalysisRefused) as refusal:
        computed(box, wave)
    assert refusal.value.code == "analysis.totals_differ"
    assert refusal.value.values == {"sums": {"sex": "1,599", "town": "1,600"}, "apart": "1"}


def test_they_stop_it_where_nobody_answered_too(box: Session) -> None:
    wave = survey(box, PSUS, [])
    box.add(margin(wave, "town", "a", 7))
    by_sex(box, wave, 3, 5)
    with pytest.raises(AnalysisRefused, match="totals_differ"):
        computed(box, wave)


def test_a_margin_that_the_plan_does_not_use_contradicts_nobody(box: Session) -> None:
    wave = towns(box, "margins.names = ['town']", {"a": 400, "b": 1200})
    by_sex(box, wave, 1, 1)
    assert facts(box, wave)["method"] == "raking"


def test_sums_that_agree_do_not(box: Session) -> None:
    wave = towns(box, "", {"a": 400, "b": 1200})
    box.add(margin(wave, "sex", "1", 1600))
    box.flush()
    weights = facts(box, wave)
    assert (weights["method"], weights["reason"]) == ("raking", "")
    assert "reason_values" not in weights


def test_an_empty_cell_that_may_not_join_is_named(box: Session) -> None:
    rule = "degenerate.empty_cell = 'refuse'"
    weights = facts(box, towns(box, rule, {"a": 400, "b": 600, "c": 100}, [*PSUS, "c/1", "c/2"]))
    assert (weights["method"], weights["reason"]) == ("base", "margin.empty_cell")
    assert weights["reason_values"] == {"margin": "town", "categories": ["c"]}


def test_a_category_whose_total_is_zero_is_named(box: Session) -> None:
    weights = facts(box, towns(box, "", {"a": 1600, "b": 0}))
    assert (weights["method"], weights["reason"]) == ("base", "margin.zero_total")
    assert weights["reason_values"] == {"margin": "town", "categories": ["b"]}


def test_a_category_that_the_bounds_forbid_is_named_with_its_gap(box: Session) -> None:
    rule = "margins.bounds = [0.9, 1.1]\ndegenerate.empty_cell = 'refuse'"
    weights = facts(box, towns(box, rule, {"a": 400, "b": 1200}))
    assert (weights["method"], weights["reason"]) == ("base", "calibration.not_converged")
    named = weights["reason_values"]
    assert (named["margin"], len(named["categories"])) == ("town", 1)
    assert named["categories"][0] in ("a", "b")
    # 8 answers a town, 800 people each after the lift: 0.9 · 800 = 720 for 400, 1.1 · 800 = 880 for 1200
    assert named["gap"] == pytest.approx({"a": 1 - 720 / 400, "b": 1 - 880 / 1200}[named["categories"][0]], rel=0.02)


def laid(totals: Mapping[str, float], count: int) -> Any:
    known = Known("town", totals, "普查", date(2020, 11, 1), False)
    return lay(known, [f"t{place}" for place in range(count)], [{}] * count, np.ones(count))


def people(count: int) -> Table:
    psu = np.arange(count)
    return Table(("s",), np.zeros(count, np.int64), psu, np.ones(count), np.ones(count))


def test_the_last_category_that_cannot_join_any_more_is_the_one_that_is_named() -> None:
    plan = plan_of(HEAD + "margins.bounds = [0.99, 1.01]")
    outcome = calibrated(people(2), [laid({"t0": 1.0, "t1": 99.0}, 2)], plan)
    assert not isinstance(outcome, Uncalibrated)  # joined: one category is met by the lift alone
    many = 2 * MOST_JOINS
    # every second town has 99 times its neighbour's people: more joins than may be tried
    totals = {f"t{place}": (1.0, 99.0)[place % 2] * (1 + place) for place in range(many)}
    outcome = calibrated(people(many), [laid(totals, many)], plan)
    assert isinstance(outcome, Uncalibrated)
    assert (outcome.code, outcome.values["margin"]) == ("calibration.not_converged", "town")
    assert len(outcome.values["categories"]) == 1


def test_without_margins_or_answers_the_reason_names_nothing(box: Session) -> None:
    empty = survey(box, PSUS, [Said("a/1", {}, complete=False)])
    assert (facts(box, empty)["reason"], facts(box, empty)["reason_values"]) == ("no_margins", {})
