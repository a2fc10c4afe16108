"""Sums that were added up elsewhere: labels are checked as those of persons, and nothing can be written afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.replicates.jackknife import jkn
from surveys.analysis.table import Table, Variable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated
from .test_estimator_input import of_units, refusal_of

ONES = np.ones(4)
Y = Variable.binary(ONES, ONES, np.array([1.0, 0, 1, 1]))
LABELLED: dict[str, Any] = {
    "stratum": ["a", "a", "b", "b"],
    "psu": ["p", "q", "r", "s"],
    "count": [1, 1, 1, 1],
    "w": ONES,
    "variables": {"y": Y},
}
PLACED: dict[str, Any] = {
    "strata": ("a", "b"),
    "stratum": np.array([0, 0, 1, 1]),
    "psu": np.arange(4),
    "count": ONES,
    "w": ONES,
    "variables": {"y": Y},
}


def labelled(**changes: Any) -> Table:
    return Table.of_totals(**(LABELLED | changes))


def placed(**changes: Any) -> Table:
    return Table(**(PLACED | changes))


def test_totals_with_labels_are_the_persons_that_they_were_added_up_from() -> None:
    keys = {"sex": ["f", "m", "f", "m"]}
    totals = labelled(keys=keys, ww=ONES, strata=["b", "a"])
    persons = Table.of_units(LABELLED["stratum"], LABELLED["psu"], ONES, {"y": [1, 0, 1, 1]}, keys, strata=["b", "a"])
    assert totals.strata == persons.strata == ("b", "a")
    for column in ("stratum", "psu", "psus", "count", "w", "ww"):
        assert getattr(totals, column).tolist() == getattr(persons, column).tolist()
    one, other = (estimated(Estimator(table, Design.of_table(table)).mean("y")) for table in (totals, persons))
    assert one == other


@pytest.mark.parametrize(
    ("changes", "code", "named"),
    [
        ({"psu": ["p", math.nan, "r", "s"]}, "table.label_missing", {"column": "psu", "rows": [1], "count": 1}),
        ({"psu": [1.0, 2, 3, math.nan]}, "table.label_missing", {"column": "psu", "rows": [3], "count": 1}),
        ({"stratum": ["a", "a", None, "b"]}, "table.label_missing", {"column": "stratum", "rows": [2], "count": 1}),
        ({"psu": ["p", "q", "q", "p"]}, "table.psu_in_two_strata", {"psus": ["p", "q"], "count": 2}),
        ({"strata": ["a", "c"]}, "table.unknown_strata", {"strata": ["b"], "count": 1}),
        ({"strata": ["a", "b", "a"]}, "table.strata_twice", {"strata": ["a"], "count": 1}),
        ({"psu": ["p"]}, "table.length", {"columns": ["psu"], "rows": 4}),
        ({"count": [1, 1]}, "table.length", {"columns": ["count"], "rows": 4}),
        ({"w": ["heavy", 1, 1, 1]}, "table.not_numbers", {"column": "w"}),
        ({"w": [1, 1, -1, 1]}, "table.weight", {"column": "w", "rows": [2], "count": 1}),
        ({"keys": {"sex": ["f"]}}, "table.length", {"columns": ["sex"], "rows": 4}),
        ({"ww": [1, 1, 1]}, "table.length", {"columns": ["ww"], "rows": 4}),
    ],
)
def test_labels_of_ready_totals_are_checked_as_those_of_persons(
    changes: dict[str, Any], code: str, named: dict[str, object]
) -> None:
    refusal = refusal_of(lambda: labelled(**changes))
    assert (refusal.code, dict(refusal.values)) == (code, named)


def test_psus_that_begin_anew_in_every_stratum_are_taken_when_said_so() -> None:
    anew = labelled(psu=["p", "q", "p", "q"], nested=True)
    assert Design.of_table(anew).psus_drawn.tolist() == [2, 2]
    assert (
        estimated(Estimator(anew, Design.of_table(anew)).mean("y")).se
        == estimated(Estimator(labelled(), Design.of_table(labelled())).mean("y")).se
    )


@pytest.mark.parametrize(
    ("changes", "code", "named"),
    [
        ({"psu": np.array([0.0, 1, math.nan, 3])}, "table.label_missing", {"column": "psu", "rows": [2], "count": 1}),
        (
            {"stratum": np.array([0, math.nan, 1, 1])},
            "table.label_missing",
            {"column": "stratum", "rows": [1], "count": 1},
        ),
        ({"stratum": np.array([0, 0.5, 1, 1])}, "table.index", {"column": "stratum", "type": "float64"}),
        ({"psu": np.array(list("pqrs"))}, "table.index", {"column": "psu", "type": "<U1"}),
        ({"strata": ("a", "a")}, "table.strata_twice", {"strata": ["a"], "count": 1}),
        ({"strata": ("a",)}, "table.stratum", {"column": "stratum", "rows": [2, 3], "count": 2, "strata": 1}),
        (
            {"stratum": np.array([0, -1, 1, 1])},
            "table.stratum",
            {"column": "stratum", "rows": [1], "count": 1, "strata": 2},
        ),
        ({"psus": np.array(["p", "q", "r"])}, "table.psus", {"column": "psu", "rows": [3], "count": 1, "psus": 3}),
        (
            {"psu": np.array([0, 1, 2, -1]), "psus": np.array(list("pqrs"))},
            "table.psus",
            {"column": "psu", "rows": [3], "count": 1, "psus": 4},
        ),
    ],
)
def test_indices_of_ready_totals_that_name_nothing_are_refused(
    changes: dict[str, Any], code: str, named: dict[str, object]
) -> None:
    refusal = refusal_of(lambda: placed(**changes))
    assert (refusal.code, dict(refusal.values)) == (code, named)


def test_persons_without_weight_may_be_counted_in_a_row_of_weight_0_alone() -> None:
    nothing, one = np.array([0.0, 1, 1, 1]), np.ones(4)
    y = Variable(one, nothing, nothing, nothing)
    assert placed(w=nothing, count=one, ww=nothing, variables={"y": y}).variables["y"].n.tolist() == [1, 1, 1, 1]
    refusal = refusal_of(lambda: placed(variables={"y": y}))
    assert (refusal.code, refusal.values["column"], refusal.values["rows"]) == ("table.nobody", "y.n", [0])


def frozen_columns() -> dict[str, npt.NDArray[Any]]:
    table = of_units()
    design = Design([2, 2], [9, 9], "equal", second=SecondStage(np.arange(4), np.full(4, 5)))  # type: ignore[arg-type]
    assert design.second is not None
    made = jkn(table, Design.of_table(table))
    assert design.population is not None
    assert made.psus is not None
    return {
        "psus_drawn": design.psus_drawn,
        "population": design.population,
        "ssu": design.second.ssu,
        "ssu population": design.second.population,
        **{name: getattr(table, name) for name in ("stratum", "psu", "count", "w", "ww", "psus")},
        **{part: getattr(table.variables["y"], part) for part in ("n", "wn", "wy", "wyy")},
        "key": table.keys["sex"],
        "factors": made.factors,
        "rscales": made.rscales,
        "replicate psus": made.psus,
    }


@pytest.mark.parametrize("name", list(frozen_columns()))
def test_no_column_can_be_written_once_it_was_checked(name: str) -> None:
    column = frozen_columns()[name]
    with pytest.raises(ValueError, match="read-only"):
        column[0] = column[-1]


def test_a_design_keeps_its_numbers_when_the_arrays_that_it_was_made_of_change() -> None:
    drawn, population = np.array([10, 10]), np.array([20.0, 30])
    units, held = np.arange(4), np.full(4, 5.0)
    design = Design(drawn, population, "equal", second=SecondStage(units, held))
    for column in (drawn, population, units, held):
        column[0] = 7
    assert design.second is not None
    assert design.population is not None
    assert [design.psus_drawn[0], design.population[0]] == [10, 20]
    assert [design.second.ssu[0], design.second.population[0]] == [0, 5]


def test_variables_and_keys_cannot_be_put_into_a_table_past_its_checks() -> None:
    table, two = of_units(), np.ones(2)
    writes: list[Callable[[Any], None]] = [
        lambda one: one.variables.__setitem__("z", Variable.binary(two, two, two)),
        lambda one: one.keys.__setitem__("z", two),
    ]
    for write in writes:
        with pytest.raises(AttributeError):
            write(table)
    given = {"y": Y}
    made = placed(variables=given)
    given.clear()
    assert list(made.variables) == ["y"]


def test_large_columns_are_not_copied() -> None:
    w = np.ones(4)
    table = placed(w=w)
    assert np.shares_memory(table.w, w)
    assert w.flags.writeable
    assert replace(table, keys={}).w is table.w
    known = calibrate(table, [Margin("all", np.zeros(4), {0.0: 8.0})])
    assert known.base is table.w
