"""What marks are worth, by definition."""

from __future__ import annotations

import pytest

from surveys.catalog import catalog_codes, catalog_content
from surveys.instrument import MEASURES, QUESTION_TYPES, Instrument

AWARENESS = Instrument.parse(catalog_content("legal-awareness"))


@pytest.mark.parametrize("kind", list(MEASURES))
def test_every_measure_says_its_unit_and_where_it_reads(kind: str) -> None:
    measure = MEASURES[kind]
    assert measure.unit in {"percent", "points"}
    assert measure.per_person is (not measure.values)
    assert not measure.needs & measure.may


@pytest.mark.parametrize("kind", list(QUESTION_TYPES))
def test_every_question_type_names_its_template(kind: str) -> None:
    assert QUESTION_TYPES[kind].control == kind


def test_the_middle_step_is_never_satisfied() -> None:
    headline, second = MEASURES["satisfied_share"].values, MEASURES["satisfied_share_all"].values
    assert headline == {"1": 1, "2": 1, "3": 0, "4": 0, "5": 0}
    assert second == dict(headline) | {"d": 0, "r": 0}


def test_the_satisfaction_score_runs_from_100_to_0_in_steps_of_25() -> None:
    assert list(MEASURES["satisfaction_score"].values.values()) == [100, 75, 50, 25, 0]


def test_publicity_and_enforcement_are_read_from_one_item_each() -> None:
    for subject in ("publicity", "enforcement"):
        for code in (f"satisfied_{subject}", f"satisfied_{subject}_all", f"satisfaction_{subject}"):
            assert [item.code for item in AWARENESS.indicators[code].items] == [f"sat_{subject}"]


def test_the_item_rate_is_one_figure_for_each_knowledge_item() -> None:
    assert [item.code for item in AWARENESS.indicators["item_rate"].items] == [f"k{n:02}" for n in range(1, 21)]


def test_channel_shares_are_one_figure_for_each_choice() -> None:
    shares = AWARENESS.indicators["channel_share"]
    assert [item.choice for item in shares.items] == list(AWARENESS.questions["channels"].substantive)
    assert "d" not in shares.values


@pytest.mark.parametrize("code", catalog_codes())
def test_scores_are_keyed_by_indicator_and_marks_by_item(code: str) -> None:
    for indicator in Instrument.parse(catalog_content(code)).indicators.values():
        assert bool(indicator.items) is not indicator.per_person
