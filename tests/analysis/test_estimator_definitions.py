"""What was measured, and in which version, travels with the variable to every figure and to every reason for none."""

from __future__ import annotations

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Definition, Estimate, NotEstimable
from surveys.analysis.table import Table, Variable, grouped

PASSED, SCORE = Definition("awareness_rate", "2"), Definition("knowledge_score", "1")


def sample() -> Table:
    return Table.of_units(
        np.zeros(6),
        np.arange(6) // 2,
        np.ones(6),
        {
            "passed": [1.0, 1, 0, 1, 0, 0],
            "score": [80.0, 60, 50, 70, 40, 30],
            "plain": [1.0, 0, 1, 1, 0, 1],
        },
        {"sex": ["f", "m"] * 3},
        definitions={"passed": PASSED, "score": SCORE},
    )


def by_of(table: Table) -> Estimator:
    return Estimator(table, Design.of_table(table))


def test_every_kind_of_figure_says_what_it_measures() -> None:
    by = by_of(sample())
    women = by.table.keys["sex"] == "f"
    shares = by.proportions([("passed", None), ("passed", women), ("plain", None)])
    assert [one.definition for one in shares] == [PASSED, PASSED, None]
    others = [by.mean("score"), by.total("score"), by.ratio("score", "plain"), by.proportion("passed", women)]
    assert [one.definition for one in others] == [SCORE, SCORE, SCORE, PASSED]


def test_a_reason_says_what_could_not_be_measured() -> None:
    by = by_of(sample())
    nobody, one_psu = np.zeros(6, bool), by.table.psu == 0
    flat = Variable.binary(np.ones(6), np.ones(6), np.ones(6), SCORE)
    for outcome, code in (
        (by.mean("score", nobody), "no_members"),
        (by.linear_mean("score", nobody), "no_members"),
        (by.total("score", one_psu), "too_few_psus"),
        (by.mean(flat), "no_variation"),
        (by.proportion(flat, interval="logit"), "interval_undefined"),
    ):
        assert isinstance(outcome, NotEstimable)
        assert (outcome.code, outcome.definition) == (code, SCORE)


def test_a_lonely_psu_refuses_a_named_figure() -> None:
    table = sample()
    by = Estimator(table, Design(np.array([3]), lonely="fail"))
    assert isinstance(by.mean("score"), Estimate)
    alone = Table.of_units([0, 0, 1], [0, 1, 2], np.ones(3), {"y": [1.0, 2, 4]}, definitions={"y": PASSED})
    outcome = by_of(alone).mean("y")
    assert outcome == NotEstimable("one_psu", strata=("1",)).of(PASSED)
    assert outcome != NotEstimable("one_psu", strata=("1",))


def test_a_contrast_of_one_indicator_keeps_its_definition_and_of_two_has_none() -> None:
    by = by_of(sample())
    women = by.table.keys["sex"] == "f"
    parts = [by.linear_mean("score", women), by.linear_mean("score", ~women), by.linear_mean("passed")]
    first, second, other = (part for part in parts if not isinstance(part, NotEstimable))
    assert by.contrast([(1, first), (-1, second)]).definition == SCORE
    assert by.contrast([(1, first), (-1, other)]).definition is None


def test_rows_added_up_keep_the_definitions() -> None:
    rows = grouped(sample(), ["sex"])
    assert {name: variable.definition for name, variable in rows.variables.items()} == {
        "passed": PASSED,
        "score": SCORE,
        "plain": None,
    }
