"""Sizes of up to nine units with a number of draws, for property tests of methods of drawing."""

from __future__ import annotations

from hypothesis import strategies as st

Designs = st.lists(st.integers(1, 60), min_size=2, max_size=9).flatmap(
    lambda sizes: st.tuples(st.just(sizes), st.integers(1, len(sizes)))
)
