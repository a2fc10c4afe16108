from __future__ import annotations

import numpy as np
import pytest

from surveys.sampling.weights import median_people, person_weight, person_weights


@pytest.mark.parametrize(("people", "weight"), [(1, 10), (3, 30), (4, 40), (7, 40), (None, 25)])
def test_a_person_weighs_the_household_times_its_people_up_to_four(people: int | None, weight: float) -> None:
    assert person_weight(10, people, town_median=2.5) == weight


def test_the_weights_of_a_whole_wave_are_those_of_its_people() -> None:
    base, people, median = np.array([10.0, 10, 5]), np.array([6.0, np.nan, 2]), np.array([2.0, 2, 3])
    assert person_weights(base, people, median).tolist() == [40, 20, 10]


def test_the_median_comes_from_counts() -> None:
    assert median_people({1: 3, 2: 3}) == 1.5
    assert median_people({1: 1, 2: 5, 6: 1}) == 2
    with pytest.raises(ValueError, match="no household"):
        median_people({})
