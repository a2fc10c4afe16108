"""The keys of a table as answers: who has one, and which category it is."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np

from surveys.analysis.table import BoolArray, IntArray, Table


def answered(table: Table, key: str, missing: Collection[Hashable] = ()) -> BoolArray:
    """The rows whose key is a category: neither NaN nor None nor one of `missing`; shape (rows,).

    Raises AnalysisRefused: table.no_key.
    """
    column = table.key(key)
    absent = {None, *missing}
    return np.array([label == label and label not in absent for label in column.tolist()], bool)


def category_codes(table: Table, key: str, inside: BoolArray) -> tuple[IntArray, int]:
    """Categories that occur inside, numbered in their order; rows outside are −1. And how many there are."""
    labels, codes = np.unique(table.key(key)[inside], return_inverse=True)
    numbered = np.full(len(inside), -1, np.int64)
    numbered[inside] = codes.reshape(-1)
    return numbered, len(labels)
