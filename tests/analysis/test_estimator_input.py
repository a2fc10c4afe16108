"""Data and designs from which nothing honest can be computed: each is refused with the name of the thing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import Table, Variable, grouped
from webapp.words import word

from .oracle import estimated

PLAIN: dict[str, Any] = {
    "stratum": ["a", "a", "b", "b"],
    "psu": [1, 2, 3, 4],
    "weight": [1.0, 2, 1, 2],
    "values": {"y": [1.0, 0, 1, 0]},
    "keys": {"sex": ["f", "m", "f", "m"]},
}


def of_units(**changes: Any) -> Table:
    return Table.of_units(**(PLAIN | changes))


def refusal_of(attempt: Callable[[], object]) -> AnalysisRefused:
    with pytest.raises(AnalysisRefused) as refusal:
        attempt()
    for language in ("zh", "en"):
        said = word(refusal.value.code, refusal.value.values, language)
        assert said != refusal.value.code
        assert "{" not in said
    return refusal.value


@pytest.mark.parametrize(
    ("changes", "code", "named"),
    [
        ({"weight": [1, math.nan, 1, 1]}, "table.weight", {"column": "weight", "rows": [1], "count": 1}),
        ({"weight": [1, None, 1, 1]}, "table.weight", {"column": "weight", "rows": [1], "count": 1}),
        ({"weight": [1, 1, math.inf, -1]}, "table.weight", {"column": "weight", "rows": [2, 3], "count": 2}),
        ({"weight": ["heavy", 1, 1, 1]}, "table.not_numbers", {"column": "weight"}),
        ({"weight": [1, 1, 1]}, "table.length", {"columns": ["weight"], "rows": 4}),
        ({"stratum": ["a", math.nan, "b", "b"]}, "table.label_missing", {"column": "stratum", "rows": [1], "count": 1}),
        ({"psu": [1.0, 2, 3, math.nan]}, "table.label_missing", {"column": "psu", "rows": [3], "count": 1}),
        ({"psu": np.array([1.0, 2, math.nan, 3])}, "table.label_missing", {"column": "psu", "rows": [2], "count": 1}),
        ({"psu": ["x", None, "z", "z"]}, "table.label_missing", {"column": "psu", "rows": [1], "count": 1}),
        ({"psu": [1, 2, 3]}, "table.length", {"columns": ["psu"], "rows": 4}),
        ({"psu": [1, 2, 2, 1]}, "table.psu_in_two_strata", {"psus": ["1", "2"], "count": 2}),
        ({"psu": ["p", "q", "q", "r"]}, "table.psu_in_two_strata", {"psus": ["q"], "count": 1}),
        ({"strata": ["a", "c"]}, "table.unknown_strata", {"strata": ["b"], "count": 1}),
        ({"values": {"y": [1, 0, math.inf, 0]}}, "table.infinite", {"column": "y", "rows": [2], "count": 1}),
        ({"values": {"y": ["yes", "no", "no", "no"]}}, "table.not_numbers", {"column": "y"}),
        ({"values": {"y": [1.0, 0, 1]}}, "table.length", {"columns": ["y"], "rows": 4}),
        ({"keys": {"sex": ["f"]}}, "table.length", {"columns": ["sex"], "rows": 4}),
    ],
)
def test_a_column_that_cannot_be_used_is_named(changes: dict[str, Any], code: str, named: dict[str, object]) -> None:
    refusal = refusal_of(lambda: of_units(**changes))
    assert (refusal.code, dict(refusal.values)) == (code, named)


def test_many_faulty_rows_are_counted_and_the_first_named() -> None:
    refusal = refusal_of(lambda: Table.of_units(np.zeros(500), np.arange(500), np.full(500, -1.0), {}))
    assert refusal.values["rows"] == list(range(10))
    assert refusal.values["count"] == 500


def test_sums_that_are_no_numbers_are_refused_in_ready_totals_too() -> None:
    ones, bad = np.ones(2), np.array([1.0, math.nan])
    refusal = refusal_of(
        lambda: Table(("a",), np.zeros(2, int), np.arange(2), ones, ones, {"y": Variable(ones, ones, bad, ones)})
    )
    assert (refusal.code, refusal.values["column"], refusal.values["rows"]) == ("table.infinite", "y.wy", [1])
    beyond = refusal_of(lambda: Table(("a",), np.array([0, 1]), np.arange(2), ones, ones))
    assert (beyond.code, beyond.values["strata"]) == ("table.stratum", 1)


def test_psu_labels_may_begin_anew_in_every_stratum_when_said_so() -> None:
    anew, unique = of_units(psu=[1, 2, 1, 2], nested=True), of_units()
    by, other = (Estimator(table, Design.of_table(table)) for table in (anew, unique))
    assert Design.of_table(anew).psus_drawn.tolist() == [2, 2]
    assert estimated(by.mean("y")).se == pytest.approx(estimated(other.mean("y")).se)


def test_strata_of_the_frame_keep_their_order_and_may_be_silent() -> None:
    table = of_units(strata=["c", "b", "a"])
    assert table.strata == ("c", "b", "a")
    assert table.stratum.tolist() == [2, 2, 1, 1]
    drawn = Design.of_strata(table, {"a": 2, "b": 3, "c": 2})
    assert drawn.psus_drawn.tolist() == [2, 3, 2]
    estimate = estimated(Estimator(table, drawn).total("y"))
    assert estimate.se == pytest.approx((2 * 0.5**2 * 2 + 3 / 2 * (2 / 3) ** 2 + 3 / 2 * 2 * (1 / 3) ** 2) ** 0.5)


@pytest.mark.parametrize(
    ("drawn", "table", "design"),
    [({"a": 2}, ["b"], []), ({"a": 2, "b": 2, "z": 1}, [], ["z"]), ({"a": 2, "B": 2}, ["b"], ["B"])],
)
def test_a_design_of_other_strata_than_the_table_is_refused(
    drawn: dict[str, int], table: list[str], design: list[str]
) -> None:
    refusal = refusal_of(lambda: Design.of_strata(of_units(), drawn))
    assert (refusal.code, dict(refusal.values)) == ("design.unknown_strata", {"table": table, "design": design})


def test_a_design_made_for_another_table_is_refused() -> None:
    other = of_units(strata=["b", "a"])
    refusal = refusal_of(lambda: Estimator(of_units(), Design.of_table(other)))
    assert (refusal.code, refusal.values["table"]) == ("design.unknown_strata", ["a", "b"])
    short = refusal_of(lambda: Estimator(of_units(), Design(np.array([2]))))
    assert dict(short.values) == {"design": 1, "table": 2}


@pytest.mark.parametrize(
    ("population", "code", "strata"),
    [
        ({"a": 0.2, "b": 9}, "fpc.fraction", ["a"]),
        ({"a": 9, "b": 2.5}, "fpc.fraction", ["b"]),
        ({"a": 9, "b": math.nan}, "fpc.fraction", ["b"]),
        ({"a": math.inf, "b": 9}, "fpc.fraction", ["a"]),
        ({"a": 1, "b": 9}, "fpc.less_than_drawn", ["a"]),
    ],
)
def test_a_population_count_that_is_none_is_refused_with_its_stratum(
    population: dict[str, int], code: str, strata: list[str]
) -> None:
    refusal = refusal_of(lambda: Design.of_strata(of_units(), {"a": 2, "b": 2}, population, "equal"))
    assert (refusal.code, refusal.values["strata"]) == (code, strata)


def test_counts_for_other_strata_and_fractions_of_psus_are_refused() -> None:
    lengths = refusal_of(lambda: Design(np.array([2, 2]), np.array([9.0]), "equal"))
    assert (lengths.code, lengths.values["population"], lengths.values["strata"]) == ("design.length", 1, 2)
    half = refusal_of(lambda: Design(np.array([2.5, 2])))
    assert (half.code, half.values["strata"]) == ("design.fraction", ["0"])
    assert refusal_of(lambda: Design(np.array([-1]))).code == "design.fraction"
    assert refusal_of(lambda: Design(np.array([2]), np.array([9.0]))).code == "fpc.with_pps"


def second(ssu: list[int], population: list[float]) -> Callable[[], Estimator]:
    table = of_units(stratum=["a"] * 4, psu=["p", "p", "q", "q"])
    stage = SecondStage(np.array(ssu), np.array(population))
    return lambda: Estimator(table, Design.of_table(table, [9], "equal", second=stage))


@pytest.mark.parametrize(
    ("ssu", "population", "code", "named"),
    [
        ([0, 1, 0, 1], [9, 9, 1, 1], "fpc.second_less_than_drawn", {"psus": ["q"]}),
        ([0, 1, 0, 1], [9, 9, 0.5, 0.5], "fpc.second_fraction", {"column": "population", "rows": [2, 3], "count": 2}),
        ([0, 1, 0, 1], [9, 9, 9, math.nan], "fpc.second_fraction", {"column": "population", "rows": [3], "count": 1}),
        ([0, 1, 0, 1], [9, 8, 9, 9], "fpc.second_varies", {"psus": ["p"]}),
        ([0, 1, 0], [9, 9, 9, 9], "table.length", {"columns": ["ssu"], "rows": 4}),
        ([0, 1, 0, 1], [9], "table.length", {"columns": ["population"], "rows": 4}),
    ],
)
def test_a_second_stage_that_cannot_be_is_refused_with_its_psu(
    ssu: list[int], population: list[float], code: str, named: dict[str, object]
) -> None:
    refusal = refusal_of(second(ssu, population))
    assert (refusal.code, dict(refusal.values)) == (code, named)


def test_a_psu_with_one_unit_drawn_out_of_several_has_no_second_stage() -> None:
    assert second([0, 0, 0, 1], [9, 9, 9, 9])().mean("y") == NotEstimable("one_ssu")
    assert estimated(second([0, 0, 0, 1], [1, 1, 9, 9])().mean("y")).value == pytest.approx(1 / 3)


def test_more_psus_than_were_drawn_are_refused_with_their_stratum() -> None:
    refusal = refusal_of(lambda: Estimator(of_units(), Design.of_strata(of_units(), {"a": 1, "b": 2})))
    assert (refusal.code, refusal.values["strata"]) == ("design.too_few_drawn", ["a"])


@pytest.mark.parametrize("method", ["mean", "total", "proportion", "linear_mean", "linear_total"])
def test_a_variable_or_key_that_is_not_there_is_refused_with_those_that_are(method: str) -> None:
    table = of_units()
    by = Estimator(table, Design.of_table(table))
    refusal = refusal_of(lambda: getattr(by, method)("salary"))
    assert (refusal.code, dict(refusal.values)) == ("table.no_variable", {"name": "salary", "known": ["y"]})
    assert refusal_of(lambda: by.ratio("y", "salary")).values["name"] == "salary"
    key = refusal_of(lambda: grouped(table, ["age"]))
    assert (key.code, dict(key.values)) == ("table.no_key", {"name": "age", "known": ["sex"]})


def test_a_domain_is_a_mask_of_true_and_false_over_the_rows() -> None:
    table = of_units()
    by = Estimator(table, Design.of_table(table))
    for mask in (np.array([1, 0, 1, 0]), np.array([0, 2]), np.array(["f", "m", "f", "m"])):
        refusal = refusal_of(lambda mask=mask: by.mean("y", mask))  # type: ignore[misc]
        assert (refusal.code, refusal.values["type"]) == ("domain.type", str(mask.dtype))
    short = refusal_of(lambda: by.design_df(np.array([True, False])))
    assert (short.code, dict(short.values)) == ("domain.length", {"length": [2], "rows": 4})
    assert refusal_of(lambda: table.members(np.array([1.0, 0, 0, 0]))).code == "domain.type"
    assert refusal_of(lambda: by.linear_mean("y", np.ones((4, 1), bool))).code == "domain.length"


def test_a_variable_over_other_rows_is_refused() -> None:
    table, two = of_units(), np.ones(2)
    by = Estimator(table, Design.of_table(table))
    refusal = refusal_of(lambda: by.mean(Variable.binary(two, two, two)))
    assert (refusal.code, refusal.values["rows"]) == ("table.length", 4)


def test_nobody_there_and_nobody_who_answered_are_told_apart() -> None:
    table = of_units(weight=[1, 1, 1, 0], values={"y": [1, math.nan, 0, 1]}, keys={"who": [0, 1, 2, 3]})
    by = Estimator(table, Design(np.array([2, 2])))
    who = table.keys["who"]
    for nobody in (who == 9, who == 3):  # the one of weight 0 is nobody
        assert by.mean("y", nobody) == NotEstimable("no_members")
        assert by.total("y", nobody) == NotEstimable("no_members")
        assert by.linear_mean("y", nobody) == NotEstimable("no_members")
        assert by.ratio("y", "y", nobody) == NotEstimable("no_members")
    for silent in (who == 1, (who == 1) | (who == 3)):
        assert by.mean("y", silent) == NotEstimable("no_answers")
        assert by.proportion("y", silent) == NotEstimable("no_answers")
        assert by.linear_total("y", silent) == NotEstimable("no_answers")
