"""Margins laid over rows: filled answers, joined categories."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from surveys.analysis.waves.cells import answers_of, people
from surveys.analysis.waves.population import Known, lay

AGES = Known("age*sex", {"1*1": 10, "2*1": 20, "1*2": 30, "2*2": 40}, "census", date(2020, 11, 1), False)


def test_a_cell_is_read_by_question() -> None:
    assert answers_of("age=3;k=d;sex=1") == {"age": "3", "k": "d", "sex": "1"}
    assert answers_of("") == {}


def test_rows_take_the_category_of_their_answers() -> None:
    cells = [{"age": "1", "sex": "1"}, {"age": "2", "sex": "1"}, {"age": "1", "sex": "2"}, {"age": "2", "sex": "2"}]
    laid = lay(AGES, ["a"] * 4, cells, np.ones(4))
    assert laid.key.tolist() == ["1*1", "2*1", "1*2", "2*2"]
    assert (laid.filled, laid.joined) == (0, [])


def test_a_refused_answer_takes_its_towns_commonest_category_and_is_counted() -> None:
    cells = [{"age": "1", "sex": "1"}, {"age": "2", "sex": "2"}, {"age": "2", "sex": "2"}, {"age": "1", "sex": "r"}]
    laid = lay(AGES, ["a", "a", "a", "a"], cells, np.array([1.0, 1.0, 1.0, 2.0]))
    assert laid.key.tolist()[3] == "2*2"
    assert laid.filled == 2


def test_a_category_nobody_answered_for_joins_its_neighbour_of_the_same_sex() -> None:
    cells = [{"age": "1", "sex": "1"}, {"age": "1", "sex": "2"}, {"age": "2", "sex": "2"}]
    laid = lay(AGES, ["a"] * 3, cells, np.ones(3))
    assert laid.totals == {"1*1": 30, "1*2": 30, "2*2": 40}
    assert laid.joined == [("2*1", "1*1")]


def test_a_silent_town_joins_the_next_in_order() -> None:
    towns = Known("town", {"a": 5, "b": 6, "c": 7}, "register", date(2020, 11, 1), True)
    laid = lay(towns, ["a", "c"], [{}, {}], np.ones(2))
    assert laid.totals == {"a": 5, "c": 13}
    assert sum(laid.totals.values()) == 18


@pytest.mark.parametrize(("given", "expected"), [("1", 1), ("4", 4), ("7", 4), ("0", 2), ("d", 2), ("", 2)])
def test_people_are_capped_at_four_and_a_missing_number_is_the_median(given: str, expected: int) -> None:
    numbers, missing = people(["2", "2", "3", given], ["a"] * 4, np.ones(4))
    assert numbers[3] == expected
    assert missing.tolist() == ([3] if given in ("0", "d", "") else [])


@pytest.mark.parametrize(
    ("given", "count", "expected"),
    [
        (["2", "3", "d"], [1, 1, 1], 2.5),
        (["2", "3", "d"], [2, 1, 1], 2),
        (["2", "3", "d"], [1, 2, 1], 3),
        (["3", "6", "d"], [1, 1, 1], 4),  # the median is 4.5, and the ceiling holds for it too
        (["1", "2", "3", "4", "d"], [3, 1, 1, 3, 1], 2.5),
    ],
)
def test_the_median_lies_halfway_between_two_middle_households(
    given: list[str], count: list[int], expected: float
) -> None:
    numbers, _ = people(given, ["a"] * len(given), np.array(count, float))
    assert numbers[-1] == expected


def test_a_town_where_nobody_gave_a_number_takes_the_median_of_all() -> None:
    numbers, _ = people(["3", "3", "d"], ["a", "a", "b"], np.ones(3))
    assert numbers.tolist() == [3, 3, 3]
    assert people(["d"], ["a"], np.ones(1))[0].tolist() == [1]
