"""A spoilt column is refused with the file it stands in and how many values are wrong, on one machine and in a task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.columns import GroupBy, Plan, plan_of, sums_of_file, table_of_files
from tests.analysis.parquet_files import TYPED, parquet, people
from tests.analysis.test_totals_columns import VARIABLES

GROUP = GroupBy(VARIABLES, keys=["town", "cell"], binary=frozenset({"aware"}))
SPOILT = [
    ("weight", "NULL", "columns.weight_missing"),
    ("weight", "-weight", "columns.weight_negative"),
    ("weight", "'NaN'::DOUBLE", "columns.weight_infinite"),
    ("weight", "'-Infinity'::DOUBLE", "columns.weight_negative"),
    ("weight", "'Infinity'::DOUBLE", "columns.weight_infinite"),
    ("aware", "2", "columns.not_binary"),
    ("aware", "0.5", "columns.not_binary"),
    ("item1", "'Infinity'::DOUBLE", "columns.value_infinite"),
    ("item1", "'-Infinity'::DOUBLE", "columns.value_infinite"),
    ("psu", "NULL", "columns.label_missing"),
    ("cell", "NULL", "columns.label_missing"),
]


def files(folder: Path, name: str, expression: str) -> tuple[list[Path], int]:
    """Three files, the second with wrong values in one column; how many."""
    columns = people(900)
    wrong = int(np.sum(columns["psu"] == "p001"))
    kind = "::DOUBLE" if name in ("aware", "item1") else ""
    same = f"* REPLACE ({name}{kind} AS {name})"
    bad = f"* REPLACE ((CASE WHEN psu = 'p001' THEN {expression} ELSE {name} END){kind} AS {name})"
    thirds = [{key: column[place::3] for key, column in columns.items()} for place in range(3)]
    made = [parquet(folder / f"{place}.parquet", third, same) for place, third in enumerate(thirds)]
    made[1] = parquet(folder / "1.parquet", thirds[1], bad)
    return made, int(np.sum(thirds[1]["psu"] == "p001")) if wrong else 0


@pytest.mark.parametrize(("name", "expression", "code"), SPOILT)
def test_the_file_and_the_count_are_named(tmp_path: Path, name: str, expression: str, code: str) -> None:
    made, wrong = files(tmp_path, name, expression)
    assert wrong > 1
    with pytest.raises(AnalysisRefused) as refusal:
        table_of_files(made, GROUP)
    assert refusal.value.code == code
    assert refusal.value.values == {"column": name, "file": "1.parquet", "count": wrong}


def lenient(good: Path) -> Plan:
    """A plan of footers that say nothing, as some writers leave them."""
    return replace(plan_of([good], GROUP), weights=True, odd=("aware",))


@pytest.mark.parametrize(("name", "expression", "code"), SPOILT)
def test_a_task_names_its_own_file(tmp_path: Path, name: str, expression: str, code: str) -> None:
    made, wrong = files(tmp_path, name, expression)
    plan = lenient(made[0])
    sums_of_file(made[2], plan)
    with pytest.raises(AnalysisRefused) as refusal:
        sums_of_file(made[1], plan)
    assert (refusal.value.code, refusal.value.values["file"]) == (code, "1.parquet")
    assert (refusal.value.values["column"], refusal.value.values["count"]) == (name, wrong)


def test_a_stratum_that_is_nan_is_counted_as_a_gap(tmp_path: Path) -> None:
    columns = people(900)
    number = "CASE WHEN psu = 'p001' THEN 'NaN'::DOUBLE ELSE ascii(psu) END"
    file = parquet(tmp_path / "all.parquet", columns, f"* REPLACE ({number} AS stratum)")
    with pytest.raises(AnalysisRefused) as refusal:
        table_of_files([file], GROUP)
    wrong = int(np.sum(columns["psu"] == "p001"))
    assert refusal.value.values == {"column": "stratum", "file": "all.parquet", "count": wrong}


def test_a_text_that_reads_nan_is_a_label_like_any_other(tmp_path: Path) -> None:
    columns = people(900)
    columns["cell"] = np.array(["nan" if cell == columns["cell"][0] else cell for cell in columns["cell"]], object)
    assert "nan" in table_of_files([parquet(tmp_path / "all.parquet", columns, TYPED)], GROUP).keys["cell"]
