"""The order of questions in booklets."""

from __future__ import annotations

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from surveys.catalog import catalog_content
from surveys.instrument import Instrument
from surveys.instrument.booklets import permuted

AWARENESS = Instrument.parse(catalog_content("legal-awareness"))


@given(st.lists(st.integers()), st.text())
def test_a_permutation_keeps_everything_and_repeats(things: list[int], seed: str) -> None:
    order = permuted(things, seed.encode("utf-8", "replace").decode())
    assert Counter(order) == Counter(things)
    assert permuted(things, seed.encode("utf-8", "replace").decode()) == order


def test_the_order_follows_from_the_hash_and_from_nothing_of_python() -> None:
    # two things: one draw decides; an even first number swaps them (place 0), an odd one leaves them
    for seed in ("a", "b", "c", "d", "e"):
        first = int(hashlib.sha256(f"{seed}/0".encode()).hexdigest()[:16], 16)
        assert permuted(["x", "y"], seed) == (["y", "x"] if first % 2 == 0 else ["x", "y"])


def test_all_orders_come_about_equally_often() -> None:
    seen = Counter("".join(permuted("abc", f"seed {number}")) for number in range(6000))
    # 1000 each expected; five standard deviations of a binomial count are 144
    assert len(seen) == 6
    assert all(856 <= count <= 1144 for count in seen.values())


def knowledge(booklet: int) -> list[str]:
    sections = AWARENESS.form("resident").sections(booklet)
    return [question.code for section, questions in sections if section.code == "knowledge" for question in questions]


def test_knowledge_items_stand_in_another_order_in_every_booklet() -> None:
    orders = {tuple(knowledge(booklet)) for booklet in range(AWARENESS.booklets)}
    assert len(orders) == AWARENESS.booklets
    assert all(sorted(order) == [f"k{n:02}" for n in range(1, 21)] for order in orders)


def test_everything_else_stands_in_the_same_order_in_every_booklet() -> None:
    def others(booklet: int) -> list[list[str]]:
        sections = AWARENESS.form("open").sections(booklet)
        return [[q.code for q in questions] for section, questions in sections if section.code != "knowledge"]

    assert others(0) == others(1) == others(7)
    assert others(0)[0] == ["age", "town"]
    assert others(0)[-1] == ["who_filled", "told_answers", "comment"]


def test_the_invited_are_not_asked_their_town() -> None:
    assert "town" not in [question.code for question in AWARENESS.form("resident").questions]
    assert len(AWARENESS.questions["town"].substantive) == 30
