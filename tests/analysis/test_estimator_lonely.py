"""The rule for a stratum of one PSU: what each adds, by hand, and that a figure says which one acted on it."""

from __future__ import annotations

import numpy as np
import pytest

from surveys.analysis.design import LONELY_RULES, Design
from surveys.analysis.drafts import Draft
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated

# Totals by PSU: 1 and 3 in stratum a, 8 alone in b, 2, 4 and 9 in c. Squares about their means: 2 and 26.
STRATA = ["a", "a", "b", "c", "c", "c"]
TOTALS = np.array([1.0, 3, 8, 2, 4, 9])
A, C = 2 * 2.0, 3 / 2 * 26.0


def table(strata: list[str] = STRATA) -> Table:
    keys = {"who": np.array(strata), "sex": np.array(["f", "m", "f", "m", "f", "m"][: len(strata)])}
    return Table.of_units(strata, np.arange(len(strata)), np.ones(len(strata)), {"y": TOTALS[: len(strata)]}, keys)


def by_rule(rule: str) -> Estimator:
    return Estimator(table(), Design.of_table(table(), lonely=rule))


@pytest.mark.parametrize(
    ("rule", "variance", "df"),
    [
        ("collapse", A + 4 / 3 * sum((x - 5.75) ** 2 for x in (8, 2, 4, 9)), 4),
        ("adjust", A + C + (8 - 27 / 6) ** 2, 3),
        ("average", (A + C) * 3 / 2, 3),
        ("certainty", A + C, 3),
        ("remove", A + C, 3),
    ],
)
def test_each_rule_adds_what_it_says(rule: str, variance: float, df: int) -> None:
    estimate = estimated(by_rule(rule).total("y"))
    assert estimate.se == pytest.approx(variance**0.5)
    assert (estimate.df, estimate.lonely) == (df, rule)


def test_the_default_refuses_and_names_the_stratum() -> None:
    assert by_rule("fail").total("y") == NotEstimable("one_psu", strata=("b",))


@pytest.mark.parametrize("rule", [rule for rule in LONELY_RULES if rule != "fail"])
def test_a_figure_that_no_lonely_psu_enters_names_no_rule(rule: str) -> None:
    by = by_rule(rule)
    only_a = by.table.keys["who"] == "a"
    assert estimated(by.total("y", only_a)).lonely == ""
    assert estimated(by.total("y", only_a)).se == pytest.approx(A**0.5)


def test_collapse_names_itself_in_every_figure_that_the_joined_strata_enter() -> None:
    by = by_rule("collapse")
    assert estimated(by.total("y", by.table.keys["who"] == "c")).lonely == "collapse"


def test_side_by_side_every_figure_has_its_own_rule() -> None:
    by = by_rule("adjust")
    who = by.table.keys["who"]
    outcomes = [estimated(one) for one in by.totals([("y", who == "a"), ("y", None), ("y", who != "b")])]
    assert [one.lonely for one in outcomes] == ["", "adjust", ""]
    assert [one.se**2 for one in outcomes] == pytest.approx([A, A + C + 3.5**2, A + C])


def test_after_calibration_the_rule_acts_on_every_figure() -> None:
    raked = calibrate(table(), [Margin("sex", table().keys["sex"], {"f": 3.0, "m": 4.0})])
    by = Estimator(table(), Design.of_table(table(), lonely="certainty"), raked)
    assert estimated(by.total("y", by.table.keys["who"] == "a")).lonely == "certainty"


def test_a_certain_psu_and_a_full_design_need_no_rule() -> None:
    certain = Design.of_table(table(), [9, 1, 9], "equal", lonely="adjust")
    assert estimated(Estimator(table(), certain).total("y")).lonely == ""
    full = Design(np.array([2, 2, 3]), lonely="average")
    assert estimated(Estimator(table(), full).total("y")).lonely == ""


def test_the_average_of_no_other_stratum_is_refused() -> None:
    alone = table(["a", "b"])
    by = Estimator(alone, Design.of_table(alone, lonely="average"))
    assert by.total("y") == NotEstimable("one_psu", strata=("a", "b"))
    for rule in ("adjust", "certainty", "remove"):
        assert Estimator(alone, Design.of_table(alone, lonely=rule)).total("y") == NotEstimable("too_few_psus", df=0)


def test_a_contrast_says_which_rule_acted_on_its_parts() -> None:
    by = by_rule("remove")
    parts = [by.linear_total("y", by.table.keys["who"] == stratum) for stratum in "abc"]
    a, b, c = (part for part in parts if not isinstance(part, NotEstimable))
    assert estimated(by.contrast([(1, a), (-1, c)])).lonely == ""
    assert estimated(by.contrast([(1, a), (-1, b)])).lonely == "remove"


def test_a_draft_carries_the_rule_as_a_flag() -> None:
    draft = Draft("headline", "y", "1", "points")
    assert draft.with_outcome(by_rule("adjust").total("y"), 6).flag == "lonely_adjust"
    assert draft.with_outcome(by_rule("adjust").total("y", by_rule("adjust").table.keys["who"] == "a"), 2).flag == ""
    assert draft.with_outcome(by_rule("adjust").total("y"), 6).flagged("few_df").flag == "lonely_adjust few_df"
    assert draft.flagged("few_df").flag == "few_df"
