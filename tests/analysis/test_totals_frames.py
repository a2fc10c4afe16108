"""A DataFrame of people: the same table as from a file or a wave, and bad input named with its column and rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, Estimate
from surveys.analysis.table import Table
from surveys.analysis.totals.columns import GroupBy, table_of_files
from surveys.analysis.totals.frames import table_of_frame
from tests.analysis.parquet_files import TYPED, parquet, people
from tests.analysis.test_totals_columns import VARIABLES, assert_same

KEYS = ("town", "cell")


def by_frame(frame: pd.DataFrame, **asked: Any) -> Table:
    named = {"stratum": "stratum", "psu": "psu", "weight": "weight", "variables": VARIABLES, "keys": KEYS}
    return table_of_frame(frame, **(named | asked))


def test_a_frame_comes_to_the_table_of_its_file(tmp_path: Path) -> None:
    columns = people(3000)
    columns["weight"][:200] = 0
    of_file = table_of_files([parquet(tmp_path / "all.parquet", columns, TYPED)], GroupBy(VARIABLES, KEYS))
    found = by_frame(pd.DataFrame(columns))
    assert_same(found, of_file)
    assert len(found.w) < 400
    assert found.psu_name(int(found.psu[0])).startswith("p")


def test_and_to_its_estimates(tmp_path: Path) -> None:
    columns = people(3000)
    tables = (
        by_frame(pd.DataFrame(columns)),
        table_of_files([parquet(tmp_path / "all.parquet", columns, TYPED)], GroupBy(VARIABLES, KEYS)),
    )
    for name in VARIABLES:
        estimators = [Estimator(table, Design.of_table(table)) for table in tables]
        one, other = (by.mean(name, by.table.keys["town"] == "t1") for by in estimators)
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert (one.value, one.se, one.df) == pytest.approx((other.value, other.se, other.df), rel=1e-9)


def test_four_people_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "s": ["b", "a", "a", "a"],
            "p": [1, 7, 7, 8],
            "w": [2.0, 1.0, 3.0, 0.0],
            "aware": [True, None, True, False],
            "score": [50.0, 20.0, np.nan, 10.0],
        },
        index=[9, 9, 3, 3],
    )
    table = table_of_frame(frame, stratum="s", psu="p", weight="w", variables=["aware", "score"])
    assert table.strata == ("a", "b")
    assert table.stratum.tolist() == [0, 0, 1]
    assert [table.psu_name(psu) for psu in table.psu.tolist()] == ["7", "8", "1"]
    assert (table.count.tolist(), table.w.tolist()) == ([2, 0, 1], [4, 0, 2])
    assert table.squared_weights.tolist() == [10, 0, 4]
    aware, score = table.variables["aware"], table.variables["score"]
    assert (aware.n.tolist(), aware.wn.tolist(), aware.wy.tolist()) == ([1, 0, 1], [3, 0, 2], [3, 0, 2])
    assert (score.n.tolist(), score.wy.tolist(), score.wyy.tolist()) == ([1, 0, 1], [20, 0, 100], [400, 0, 5000])


KINDS: list[dict[str, str]] = [
    {"stratum": "category", "psu": "category", "town": "category"},
    {"stratum": "string", "psu": "string", "town": "object"},
    {"aware": "bool", "item1": "boolean", "item2": "Int64", "satisfied": "Float64", "weight": "Float64"},
    {"aware": "object", "satisfied": "object", "weight": "object", "cell": "Int8"},
]


@pytest.mark.parametrize("kinds", KINDS)
def test_how_pandas_keeps_a_column_changes_nothing(kinds: dict[str, str]) -> None:
    frame = pd.DataFrame(people(900))
    before = frame.astype(kinds)
    kept = before.copy()
    assert_same(by_frame(before), by_frame(frame))
    pd.testing.assert_frame_equal(before, kept)


def test_psu_labels_may_begin_anew_where_this_is_said() -> None:
    frame = pd.DataFrame(people(900))
    frame["psu"] = frame["psu"].str[-1]
    with pytest.raises(AnalysisRefused, match=r"table\.psu_in_two_strata"):
        by_frame(frame)
    assert len(by_frame(frame, nested=True, keys=()).w) == len(frame.groupby(["stratum", "psu"]))


def test_a_frame_of_nobody_is_a_table_of_nobody() -> None:
    assert len(by_frame(pd.DataFrame(people(50)).iloc[:0]).w) == 0


def put(column: str, value: Any, rows: tuple[int, ...] = (3, 5)) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        for row in rows:
            frame.at[row, column] = value
        return frame

    return spoil


ROWS = [
    ("weight", np.nan, "table.weight"),
    ("weight", None, "table.weight"),
    ("weight", pd.NA, "table.weight"),
    ("weight", -0.5, "table.weight"),
    ("weight", np.inf, "table.weight"),
    ("stratum", np.nan, "table.label_missing"),
    ("stratum", None, "table.label_missing"),
    ("psu", pd.NA, "table.label_missing"),
    ("town", None, "table.label_missing"),
    ("satisfied", -np.inf, "table.infinite"),
]


@pytest.mark.parametrize(("column", "value", "code"), ROWS)
def test_what_cannot_be_used_is_refused_with_its_column_and_rows(column: str, value: object, code: str) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        by_frame(put(column, value)(pd.DataFrame(people(60))))
    assert refusal.value.code == code
    assert refusal.value.values == {"column": column, "rows": [3, 5], "count": 2}


@pytest.mark.parametrize(("column", "value"), [("weight", "12"), ("aware", "1"), ("satisfied", "gut"), ("item1", 1j)])
def test_texts_are_no_numbers_whatever_they_spell(column: str, value: object) -> None:
    with pytest.raises(AnalysisRefused, match=rf"table\.not_numbers.*'{column}'"):
        by_frame(put(column, value)(pd.DataFrame(people(60))))
    frame = pd.DataFrame(people(60))
    with pytest.raises(AnalysisRefused, match=rf"table\.not_numbers.*'{column}'"):
        by_frame(frame.astype({column: complex if value == 1j else str}))


@pytest.mark.parametrize("asked", ["stratum", "psu", "weight", "variables", "keys"])
def test_a_column_that_is_not_there_is_named_with_those_that_are(asked: str) -> None:
    with pytest.raises(AnalysisRefused, match=r"columns\.absent.*'trust'.*satisfied"):
        by_frame(pd.DataFrame(people(60)), **{asked: ["trust"] if asked in ("variables", "keys") else "trust"})


def test_a_column_that_is_there_twice_is_refused() -> None:
    frame = pd.DataFrame(people(60))
    with pytest.raises(AnalysisRefused, match=r"columns\.twice.*'aware', times=2"):
        by_frame(pd.concat([frame, frame[["aware"]]], axis=1))
