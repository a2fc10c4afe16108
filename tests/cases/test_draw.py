"""Simple random sampling of cases: the same for everybody with the same seed, and fair over seeds."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from surveys.cases.draw import draw_cases
from surveys.cases.register_file import RegisterFile
from surveys.errors import Refusal
from tests.cases.samples import register, small_register

MANUAL = Path(__file__).parents[2] / "docs/howto/evaluate-cases.md"
SEEDS = 3_000
LISTED = tuple("ABCDEF")
IMPROBABLE = 1e-4  # the seeds are fixed: this never flickers


def codes_of(listed: RegisterFile, seed: str, n: int) -> tuple[str, ...]:
    return tuple(row.code for row in draw_cases(listed, seed, n))


def test_every_case_is_equally_likely_over_seeds() -> None:
    listed = small_register(*LISTED)
    found = Counter(code for seed in range(SEEDS) for code in codes_of(listed, str(seed), 2))
    assert chisquare([found[code] for code in LISTED]).pvalue > IMPROBABLE


def test_every_pair_of_cases_is_equally_likely_over_seeds() -> None:
    listed = small_register(*LISTED)
    found = Counter(codes_of(listed, str(seed), 2) for seed in range(SEEDS))
    pairs = list(combinations(LISTED, 2))
    assert set(found) <= set(pairs)
    assert chisquare([found[pair] for pair in pairs]).pvalue > IMPROBABLE


@given(st.text(min_size=1).filter(str.strip), st.integers(1, 6), st.permutations(LISTED))
def test_the_same_seed_draws_the_same_cases_in_whatever_order_they_are_listed(
    seed: str, n: int, order: list[str]
) -> None:
    drawn = codes_of(small_register(*order), seed[:200], n) if seed[:200].strip() else ()
    again = codes_of(small_register(*LISTED), seed[:200], n) if seed[:200].strip() else ()
    assert drawn == again == tuple(sorted(drawn))


@given(st.integers(1, 39))
def test_a_larger_draw_holds_the_smaller_one(n: int) -> None:
    listed = register(40)
    assert set(codes_of(listed, "s", n)) < set(codes_of(listed, "s", n + 1))


def test_a_rival_following_the_manual_draws_the_same_cases() -> None:
    listed = register(400)
    recipe = MANUAL.read_text("utf-8").split("```python")[1].split("```")[0]
    rows = [{**asdict(row), "closed_on": row.closed_on.isoformat()} for row in listed.rows]
    rival: dict[str, Any] = {"rows": rows[::-1], "seed": "第2021097期"}
    exec(recipe, rival)
    assert tuple(rival["drawn"]) == codes_of(listed, "第2021097期", 33)


def test_another_register_is_another_draw() -> None:
    ours = [codes_of(small_register(*LISTED), str(seed), 2) for seed in range(20)]
    theirs = [codes_of(small_register(*LISTED, "G"), str(seed), 2) for seed in range(20)]
    assert ours != theirs


@pytest.mark.parametrize(
    ("seed", "n", "code"),
    [
        (" ", 2, "cases.no_seed"),
        ("s" * 201, 2, "cases.seed_too_long"),
        ("s", 0, "cases.too_few"),
        ("s", 7, "cases.too_few"),
    ],
)
def test_a_draw_without_seed_or_beyond_the_register_is_refused(seed: str, n: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        draw_cases(small_register(*LISTED), seed, n)
    assert refused.value.code == code
