"""Partial tables are added in a fixed order, and no more rows leave a part than may."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.partial import Partial, added, bounded


def partial(keys: list[str], weights: list[float], numbers: list[float], counts: list[int]) -> Partial:
    return Partial(
        {"psu": np.array(keys, object), "weight": np.array(weights, float)},
        np.array(numbers, float).reshape(-1, 1),
        np.array(counts, np.uint8).reshape(-1, 1),
    )


def test_parts_are_added_by_key_and_come_out_in_the_order_of_the_keys() -> None:
    found = added([partial(["b", "a"], [1, 1], [1, 2], [200, 3]), partial(["b", "b"], [1, 0.5], [10, 20], [100, 7])])
    assert found.keys["psu"].tolist() == ["a", "b", "b"]
    assert found.keys["weight"].tolist() == [1, 0.5, 1]
    assert found.numbers[:, 0].tolist() == [2, 20, 11]
    assert found.counts[:, 0].tolist() == [3, 7, 300]


def test_what_shares_a_key_is_added_in_the_order_of_the_parts() -> None:
    large, small = partial(["a"], [1], [1e16], [1]), partial(["a"], [1], [1.0], [1])
    assert added([small, large, small]).numbers[0, 0] == (1.0 + 1e16) + 1.0
    assert added([small, small, large]).numbers[0, 0] == (1.0 + 1.0) + 1e16
    assert (1.0 + 1e16) + 1.0 != (1.0 + 1.0) + 1e16


def test_a_part_without_rows_adds_nothing() -> None:
    empty, one = partial([], [], [], []), partial(["a"], [1], [2], [3])
    assert len(added([empty, empty])) == 0
    assert added([empty, one, empty]).numbers.tolist() == [[2]]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2), st.integers(0, 100)), max_size=40), st.data())
def test_a_cut_into_parts_changes_nothing(rows: list[tuple[str, int, int]], data: st.DataObject) -> None:
    def of(chosen: list[tuple[str, int, int]]) -> Partial:
        return partial(
            [k for k, _, _ in chosen], [w for _, w, _ in chosen], [x for *_, x in chosen], [x for *_, x in chosen]
        )

    parts = [data.draw(st.integers(0, 2)) for _ in rows]
    cut = [of([row for row, part in zip(rows, parts, strict=True) if part == number]) for number in range(3)]
    whole, summed = added([of(rows)]), added(cut)
    expected: dict[tuple[str, int], int] = {}
    for key, weight, x in sorted(rows):
        expected[key, weight] = expected.get((key, weight), 0) + x
    for one in (whole, summed):
        assert list(zip(one.keys["psu"], one.keys["weight"], strict=True)) == list(expected)
        assert one.numbers[:, 0].tolist() == one.counts[:, 0].tolist() == list(expected.values())


def test_a_part_that_would_return_people_is_refused() -> None:
    three = partial(["a", "b", "c"], [1, 1, 1], [1, 1, 1], [1, 1, 1])
    assert bounded(three, 3, "p") is three
    with pytest.raises(AnalysisRefused, match=r"totals\.too_many_rows.*part='p', rows=3, most=2"):
        bounded(three, 2, "p")
