"""What a release keeps of its margins: shares before and after, source and date, and no small cell by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.analysis.waves.figures import figures_of
from surveys.records.waves import Margin
from tests.reporting.made import AWARENESS, Said, survey

CENSUS = {"source": "census", "dated": date(2020, 11, 1), "synthetic": False}


def weights(box: Session, answers: dict[str, int], totals: dict[str, int]) -> dict[str, Any]:
    """The facts of a wave with so many answers in each town, raked to the towns' population."""
    psus = [f"{town}/{number}" for town in totals for number in (1, 2)]
    said = [Said(f"{town}/{1 + one % 2}", {"awareness_rate": 1.0}) for town, n in answers.items() for one in range(n)]
    wave = survey(box, psus, said)
    box.add_all(Margin(wave_id=wave.id, name="town", key=town, total=total, **CENSUS) for town, total in totals.items())
    box.flush()
    facts = figures_of(box, wave, AWARENESS, FieldworkCounts(60), lambda _done, _step: None).facts["weights"]
    assert facts["method"] == "raking"
    return dict(facts)


def test_a_margin_is_kept_with_its_shares_before_and_after(box: Session) -> None:
    margin = weights(box, {"a": 16, "b": 14}, {"a": 600, "b": 400})["margins"][0]
    assert (margin["name"], margin["source"], margin["dated"]) == ("town", "census", "2020-11-01")
    assert (margin["total"], margin["cells"], margin["joined"]) == (1000, 2, 0)
    assert margin["shares"] == [
        {"category": "a", "before": 53.33, "after": 60.0, "population": 60.0},
        {"category": "b", "before": 46.67, "after": 40.0, "population": 40.0},
    ]
    assert margin["gap_before"] == pytest.approx(14 / 30 / 0.4 - 1)
    assert margin["gap_after"] == pytest.approx(0, abs=1e-10)


def test_a_town_of_few_answers_stands_with_another_without_a_name(box: Session) -> None:
    margin = weights(box, {"a": 16, "b": 11, "c": 3}, {"a": 600, "b": 300, "c": 150})["margins"][0]
    assert margin["shares"] == [
        {"category": "a", "before": 53.33, "after": 57.14, "population": 57.14},
        {"category": "", "before": 46.67, "after": 42.86, "population": 42.86},
    ]
    assert margin["gap_before"] == pytest.approx(14 / 30 / (450 / 1050) - 1)


def test_a_town_that_took_in_a_silent_one_is_not_named_either(box: Session) -> None:
    margin = weights(box, {"a": 12, "b": 12, "d": 12}, {"a": 300, "b": 300, "c": 10, "d": 300})["margins"][0]
    assert margin["joined"] == 1
    named = [share["category"] for share in margin["shares"]]
    assert "c" not in named
    assert named[-1] == ""
    assert len(named) == 2
