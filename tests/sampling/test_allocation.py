from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import Refusal
from surveys.sampling.allocation import equal, neyman, power, proportional, psus_per_town, whole
from tests.analysis.oracle import cases
from webapp.words import word

CASES = cases("sampling")
CASE = CASES["allocation"]


def test_allocations_agree_with_the_oracle() -> None:
    sizes, n = CASE["Nh"], CASE["n"]
    assert proportional(sizes, n) == pytest.approx(CASE["proportional"], rel=1e-12)
    assert neyman(sizes, CASE["Sh"], n) == pytest.approx(CASE["neyman"], rel=1e-12)
    assert power(sizes, n, 0.5) == pytest.approx(CASE["power_0.5"], rel=1e-12)
    assert equal(sizes, n) == [80] * 5


def test_psus_per_town_follow_the_square_root_with_a_floor_of_nine() -> None:
    # roots 100, 50 and 10 of 160: 206.25, 103.125 and 20.6; a tiny fourth town gets the floor
    assert psus_per_town({"a": 10_000, "b": 2_500, "c": 100}) == {"a": 206, "b": 103, "c": 21}
    assert psus_per_town({"a": 10_000, "b": 1})["b"] == 9


def test_no_town_gets_more_psus_than_its_frame_lists() -> None:
    assert psus_per_town({"a": 10_000, "b": 1}, {"a": 40, "b": 5}) == {"a": 40, "b": 5}


@given(
    st.lists(st.integers(2, 500), min_size=1, max_size=12),
    st.integers(0, 400),
    st.floats(0, 1.5),
)
def test_whole_numbers_keep_the_sum_and_the_bounds(sizes: list[int], n: int, exponent: float) -> None:
    if not 2 * len(sizes) <= n <= sum(sizes):
        with pytest.raises(Refusal, match=r"allocation\.bounds"):
            whole(power(sizes, n, exponent), sizes)
        return
    given_out = whole(power(sizes, n, exponent), sizes)
    assert sum(given_out) == n
    assert all(2 <= taken <= size for taken, size in zip(given_out, sizes, strict=True))


def test_the_largest_remainder_gets_the_one_left() -> None:
    assert whole([2.2, 3.7, 4.1], [10, 10, 10]) == [2, 4, 4]


@pytest.mark.parametrize(
    ("attempt", "code", "values"),
    [
        (lambda: proportional([0, 0], 10), "allocation.nothing", {"strata": 2}),
        (lambda: neyman([10, 20], [0, 0], 10), "allocation.nothing", {"strata": 2}),
        (lambda: neyman([10, 20], [1, 2, 3], 10), "allocation.length", {"sizes": 2, "others": 3}),
        (lambda: neyman([10, 20], [1, float("nan")], 10), "allocation.sizes", {"strata": [1], "given": 2}),
        (lambda: power([10, -1, 3], 10), "allocation.sizes", {"strata": [1], "given": 3}),
        (lambda: equal([], 10), "allocation.sizes", {"strata": [], "given": 0}),
        (lambda: whole([1.5, 2.5], [10, 10, 10]), "allocation.length", {"sizes": 3, "others": 2}),
        (lambda: whole([1, 1], [9, 9]), "allocation.bounds", {"total": 2, "least": 4, "most": 18}),
    ],
)
def test_what_cannot_be_shared_out_is_refused_with_its_reason(
    attempt: Callable[[], object], code: str, values: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refusal:
        attempt()
    assert (refusal.value.code, dict(refusal.value.values)) == (code, values)
    for language in ("zh", "en"):
        assert "{" not in word(code, refusal.value.values, language)
