"""Columns of one's own, grouped: the same table as from unit level, and bad input named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table, grouped
from surveys.analysis.totals.columns import (
    GroupBy,
    plan_of,
    refuse_files_twice,
    sums_of_file,
    table_of,
    table_of_files,
)  # fmt: skip
from surveys.analysis.totals.parquet import Limits
from surveys.analysis.totals.partial import added
from tests.analysis.parquet_files import SHARES, TYPED, cut, parquet, people

VARIABLES = [*SHARES, "satisfied"]
GROUP = GroupBy(VARIABLES, keys=["town", "cell"])


def by_unit(columns: dict[str, Any], keys: list[str]) -> Table:
    """The same from one person a row."""
    values = {name: np.asarray(columns[name], float) for name in VARIABLES}
    chosen = {name: columns[name] for name in keys}
    table = Table.of_units(columns["stratum"], columns["psu"], columns["weight"], values, chosen)
    return grouped(table, keys)


def assert_same(one: Table, other: Table) -> None:
    assert one.strata == other.strata
    assert list(one.keys) == list(other.keys)
    order = [
        np.lexsort([*(np.unique(key, return_inverse=True)[1] for key in table.keys.values()), table.psu])
        for table in (one, other)
    ]
    for name in ("stratum", "psu", "count", "w", "ww"):
        found, expected = (getattr(table, name)[rows] for table, rows in zip((one, other), order, strict=True))
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    for name, key in one.keys.items():
        assert key[order[0]].tolist() == other.keys[name][order[1]].tolist()
    for name, variable in one.variables.items():
        for part in ("n", "wn", "wy", "wyy"):
            found, expected = getattr(variable, part)[order[0]], getattr(other.variables[name], part)[order[1]]
            np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=f"{name}.{part}")


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("select", [TYPED, "* REPLACE (aware::BOOLEAN AS aware)", "* REPLACE (item1::DOUBLE AS item1)"])
def test_the_table_of_a_file_is_the_table_of_its_people(tmp_path: Path, select: str, zeros: bool) -> None:
    columns = people(3000)
    if zeros:
        columns["weight"][:500] = 0
    file = parquet(tmp_path / "all.parquet", columns, select)
    assert_same(table_of_files([file], GROUP, Limits(1, "200MB")), by_unit(columns, ["town", "cell"]))


def test_two_files_are_one_and_a_file_of_nobody_is_none(tmp_path: Path) -> None:
    columns = people(2000)
    files = cut(tmp_path / "cut", columns, np.arange(2000) % 2, 4)
    expected = by_unit(columns, ["town", "cell"])
    assert_same(table_of_files(files, GROUP), expected)
    plan = plan_of(files, GROUP)
    assert_same(table_of(added([sums_of_file(file, plan) for file in files]), plan), expected)
    assert len(table_of_files(files[2:], GROUP).w) == 0
    assert_same(table_of_files(files[::-1], GROUP), expected)


def test_what_a_footer_says_saves_a_sum(tmp_path: Path) -> None:
    columns = people(500)
    plan = plan_of([parquet(tmp_path / "all.parquet", columns, TYPED)], GROUP)
    assert (plan.gaps, plan.shares) == (frozenset({"satisfied"}), frozenset(SHARES))
    assert not plan.zeros
    assert not plan.weights
    assert "wyy.satisfied" in plan.sums
    assert not {"wyy.aware", "n.aware", "wn.aware", "missing"} & {*plan.sums}
    columns["aware"][0] = 2
    assert "aware" not in plan_of([parquet(tmp_path / "two.parquet", columns, TYPED)], GROUP).shares


def test_nan_is_a_missing_answer_like_null(tmp_path: Path) -> None:
    columns = people(500)
    whole = np.where(np.isnan(columns["satisfied"]), -1.0, columns["satisfied"])
    select = "* REPLACE (CASE WHEN satisfied < 0 THEN 'NaN'::DOUBLE ELSE satisfied END AS satisfied)"
    file = parquet(tmp_path / "all.parquet", columns | {"satisfied": whole}, select)
    assert_same(table_of_files([file], GROUP), by_unit(columns, ["town", "cell"]))


def test_weights_may_be_whole_numbers_and_large_ones(tmp_path: Path) -> None:
    columns = people(500) | {"weight": np.full(500, 2_000_000_000.0)}
    file = parquet(tmp_path / "all.parquet", columns, "* REPLACE (weight::INTEGER AS weight, 100 * item1 AS item1)")
    found = table_of_files([file], GROUP).variables["item1"]
    assert found.wy.sum() == pytest.approx(100 * 2e9 * columns["item1"].sum(), rel=1e-12)
    assert found.wyy.sum() == pytest.approx(10_000 * 2e9 * columns["item1"].sum(), rel=1e-12)


def test_psus_are_told_apart_and_named(tmp_path: Path) -> None:
    table = table_of_files([parquet(tmp_path / "all.parquet", people(900), TYPED)], GROUP)
    assert table.psu_name(int(table.psu[0])).startswith("p")
    assert table.strata[:2] == ("s00", "s01")
    assert len(np.unique(table.psu)) == 48


def test_psu_labels_that_begin_anew_in_each_stratum_are_told_apart(tmp_path: Path) -> None:
    columns = people(900)
    columns["psu"] = np.array([f"{int(label[1:]) % 4}" for label in columns["psu"]], object)
    file = parquet(tmp_path / "all.parquet", columns, TYPED)
    with pytest.raises(AnalysisRefused, match=r"table\.psu_in_two_strata"):
        table_of_files([file], GROUP)
    table = table_of_files([file], GroupBy(VARIABLES, keys=["town"], nested=True))
    assert len({*zip(table.stratum.tolist(), table.psu.tolist(), strict=True)}) == 48


SPOILT = [
    ("weight", "CASE WHEN psu = 'p001' THEN NULL ELSE weight END", "columns.weight_missing"),
    ("weight", "CASE WHEN psu = 'p001' THEN -weight ELSE weight END", "columns.weight_negative"),
    ("weight", "CASE WHEN psu = 'p001' THEN 'NaN'::DOUBLE ELSE weight END", "columns.weight_infinite"),
    ("weight", "CASE WHEN psu = 'p001' THEN 'Infinity'::DOUBLE ELSE weight END", "columns.weight_infinite"),
    ("weight", "weight::VARCHAR", "columns.not_numbers"),
    ("stratum", "CASE WHEN psu = 'p001' THEN NULL ELSE stratum END", "columns.label_missing"),
    ("stratum", "CASE WHEN psu = 'p001' THEN 'NaN'::DOUBLE ELSE ascii(psu) END", "columns.label_missing"),
    ("stratum", "CASE WHEN aware = 1 AND psu = 'p001' THEN 's11' ELSE stratum END", "table.psu_in_two_strata"),
    ("psu", "CASE WHEN psu = 'p001' THEN NULL ELSE psu END", "columns.label_missing"),
    ("cell", "CASE WHEN psu = 'p001' THEN NULL ELSE cell END", "columns.label_missing"),
    ("item1", "CASE WHEN psu = 'p001' THEN 'Infinity'::DOUBLE ELSE item1 END", "columns.value_infinite"),
    ("item1", "town", "columns.not_numbers"),
]


@pytest.mark.parametrize(("name", "expression", "code"), SPOILT)
def test_bad_input_is_refused_and_its_column_named(tmp_path: Path, name: str, expression: str, code: str) -> None:
    file = parquet(tmp_path / "bad.parquet", people(900), f"* REPLACE ({expression} AS {name})")
    with pytest.raises(AnalysisRefused) as refusal:
        table_of_files([file], GROUP)
    assert refusal.value.code == code
    assert code.startswith("table.") or refusal.value.values["column"] == name


@pytest.mark.parametrize(("expression", "code"), [("NULL", "weight_missing"), ("-weight", "weight_negative")])
def test_weights_are_counted_where_a_footer_does_not_tell(tmp_path: Path, expression: str, code: str) -> None:
    good = parquet(tmp_path / "good.parquet", people(900), TYPED)
    weight = f"CASE WHEN psu = 'p001' THEN {expression} ELSE weight END AS weight"
    spoilt = f"* REPLACE (satisfied::TINYINT AS satisfied, {weight})"
    bad = parquet(tmp_path / "bad.parquet", people(900), spoilt)
    silent = replace(plan_of([good], GROUP), weights=True)
    assert_same(table_of(sums_of_file(good, silent), silent), by_unit(people(900), ["town", "cell"]))
    with pytest.raises(AnalysisRefused, match=rf"columns\.{code}.*'weight'"):
        table_of(sums_of_file(bad, silent), silent)


@pytest.mark.parametrize("expression", ["0.5::DOUBLE", "0.5::DECIMAL(3, 1)", "2::TINYINT", "-1::TINYINT"])
def test_a_fraction_where_zero_and_one_were_declared_is_refused(tmp_path: Path, expression: str) -> None:
    select = f"* REPLACE (CASE WHEN psu = 'p001' THEN {expression} ELSE aware END AS aware)"
    file = parquet(tmp_path / "bad.parquet", people(900), select)
    table_of_files([file], GROUP)
    with pytest.raises(AnalysisRefused, match=r"columns\.not_binary.*aware"):
        table_of_files([file], GroupBy(VARIABLES, binary=frozenset({"aware"})))


def test_a_declared_share_kept_as_a_fraction_type_is_its_own_square(tmp_path: Path) -> None:
    columns = people(900)
    file = parquet(tmp_path / "all.parquet", columns, "* REPLACE (aware::DOUBLE AS aware)")
    group = GroupBy(VARIABLES, keys=["town", "cell"], binary=frozenset({"aware", "item1"}))
    assert "wyy.aware" not in plan_of([file], group).sums
    assert_same(table_of_files([file], group), by_unit(columns, ["town", "cell"]))


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    file = parquet(tmp_path / "all.parquet", people(50), TYPED)
    for group in (GroupBy(["trust"]), GroupBy(["aware"], keys=["trust"]), GroupBy(["aware"], weight="trust")):
        with pytest.raises(AnalysisRefused, match=r"columns\.absent.*'trust'.*satisfied"):
            table_of_files([file], group)


OTHERS = [
    ("* EXCLUDE (item1)", "item1", "columns.file_lacks"),
    ("* EXCLUDE (psu)", "psu", "columns.file_lacks"),
    ("* REPLACE (item1 + 0.5::DOUBLE AS item1)", "item1", "columns.file_type"),
    ("* REPLACE (item1::SMALLINT AS item1)", "item1", "columns.file_type"),
    ("* REPLACE (weight::VARCHAR AS weight)", "weight", "columns.file_type"),
    ("* REPLACE (cell::VARCHAR AS cell)", "cell", "columns.file_type"),
    ("* REPLACE (ascii(town) AS town)", "town", "columns.file_type"),
]


@pytest.mark.parametrize(("expression", "name", "code"), OTHERS)
def test_a_file_with_other_columns_than_the_first_is_named(
    tmp_path: Path, expression: str, name: str, code: str
) -> None:
    good = parquet(tmp_path / "good.parquet", people(300), TYPED)
    other = parquet(tmp_path / "other.parquet", people(200, seed=2), expression)
    plan = plan_of([good], GROUP)
    for act in (lambda: table_of_files([good, other], GROUP), lambda: sums_of_file(other, plan)):
        with pytest.raises(AnalysisRefused) as refusal:
            act()
        assert (refusal.value.code, refusal.value.values["file"]) == (code, "other.parquet")
        assert refusal.value.values["column"] == name


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    columns = people(600)
    first, rest = ({name: column[rows] for name, column in columns.items()} for rows in (slice(200), slice(200, 600)))
    files = [
        parquet(tmp_path / "first.parquet", first, TYPED),
        parquet(tmp_path / "rest.parquet", dict(reversed(rest.items())), TYPED),
    ]
    assert_same(table_of_files(files, GROUP), by_unit(columns, ["town", "cell"]))


def test_a_file_twice_is_refused_whatever_its_name(tmp_path: Path) -> None:
    files = cut(tmp_path / "cut", people(200), np.arange(200) % 2, 4)
    refuse_files_twice(files)  # two of nobody do no harm
    again = Path(shutil.copyfile(files[0], tmp_path / "again.parquet"))
    for given in ([*files, again], [files[0], files[0]]):
        with pytest.raises(AnalysisRefused, match=r"columns\.file_twice.*other='0.parquet'"):
            table_of_files(given, GROUP)


def test_what_is_no_parquet_file_or_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("a,b")
    for file in (tmp_path / "text.parquet", tmp_path / "absent.parquet"):
        with pytest.raises(AnalysisRefused, match=rf"parquet\.unreadable.*{file.name}"):
            table_of_files([file], GROUP)


def test_a_grouping_that_does_not_fit_is_refused_with_the_limit(tmp_path: Path) -> None:
    file = parquet(tmp_path / "all.parquet", people(200_000), TYPED)
    with pytest.raises(AnalysisRefused, match=r"parquet\.memory.*4MB"):
        table_of_files([file], GroupBy(VARIABLES, keys=["town", "cell", "weight"]), Limits(1, "4MB"))
