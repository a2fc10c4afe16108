"""Ratios of two questions that not everybody answered both of: paired as R does, refused unpaired, or said to be two
totals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.estimates.pairs import paired
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table, Variable, grouped

from .oracle import agrees, estimated, sample

# survey 4.1.1 on R, apiclus1 of its data: 39 schools have no acs.k3, 26 no avg.ed
# d <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
# svyratio(~acs.k3, ~avg.ed, d, na.rm = TRUE); ... subset(d, sch.wide == "Yes") ...; svytotal of each, na.rm = TRUE
ALL = (7.7556467289661528, 0.344384279871361)
SCHOOL_WIDE = (7.7622353487337197, 0.35688579665813197)
TWO_TOTALS = 7.0095729033862186


def test_a_ratio_over_those_who_answered_both_is_rs() -> None:
    table, design = sample("apiclus1")
    by, pair = Estimator(table, design), paired(table, "acs.k3", "avg.ed")
    wide = table.keys["sch.wide"] == "Yes"
    for domain, expected in ((None, ALL), (wide, SCHOOL_WIDE)):
        ratio = estimated(by.ratio(*pair, domain))
        agrees([ratio.value, ratio.se], expected)
    known = ~np.isnan(np.asarray(table.keys["acs.k3"], float)) & ~np.isnan(np.asarray(table.keys["avg.ed"], float))
    assert estimated(by.ratio(*pair)).n == known.sum()


def test_a_ratio_of_questions_that_others_answered_is_refused_with_their_names_and_rows() -> None:
    table, design = sample("apiclus1")
    by = Estimator(table, design)
    for ask in (by.ratio, by.linear_ratio):
        with pytest.raises(AnalysisRefused) as refusal:
            ask("acs.k3", "avg.ed")
        assert refusal.value.code == "ratio.persons"
        assert refusal.value.values["column"] == "acs.k3 / avg.ed"
        assert refusal.value.values["count"] == 39 + 26


def four(above: list[float], below: list[float]) -> Table:
    return Table.of_units([0] * 4, [0, 1, 2, 3], [1, 2, 3, 4], {"a": above, "b": below}, {"who": [0, 0, 1, 1]})


def test_where_the_domain_answered_both_nothing_is_refused() -> None:
    table = four([1, 2, math.nan, 4], [2, 2, 2, 2])
    by = Estimator(table, Design.of_table(table))
    assert estimated(by.ratio("a", "b", table.keys["who"] == 0)).value == pytest.approx(5 / 6)
    with pytest.raises(AnalysisRefused, match=r"ratio\.persons"):
        by.ratio("a", "b", table.keys["who"] == 1)


def test_as_many_persons_who_are_others_are_seen_by_their_weight() -> None:
    """One row, two persons; each answered one question."""
    one, two = np.ones(2), np.array([1.0, 1])
    above, below = Variable(one, one, two, two), Variable(one, 2 * one, two, two)
    table = Table(("a",), np.zeros(2, np.int64), np.arange(2), 2 * one, 3 * one, {"a": above, "b": below}, ww=5 * one)
    with pytest.raises(AnalysisRefused, match=r"ratio\.persons"):
        Estimator(table, Design.of_table(table)).ratio("a", "b")
    with pytest.raises(AnalysisRefused) as refusal:
        paired(table, "a", "b")
    assert (refusal.value.code, refusal.value.values["rows"]) == ("ratio.mixed_rows", [0, 1])


def test_a_ratio_of_two_totals_is_given_when_it_is_asked_for() -> None:
    table, design = sample("apiclus1")
    by = Estimator(table, design)
    ratio = estimated(by.ratio("acs.k3", "avg.ed", of_totals=True))
    agrees(ratio.value, TWO_TOTALS)
    parts = [by.linear_total("acs.k3"), by.linear_total("avg.ed")]
    above, below = (part for part in parts if isinstance(part, Linearised))
    agrees(ratio.se, estimated(by.contrast([(1, above), (-ratio.value, below)])).se / below.value)
    linear = by.linear_ratio("acs.k3", "avg.ed", of_totals=True)
    assert isinstance(linear, Linearised)
    assert linear.value == ratio.value


def test_a_ratio_of_totals_counts_who_answered_either() -> None:
    table = four([1, 2, math.nan, 4], [2, math.nan, 2, 2])
    ratio = estimated(Estimator(table, Design.of_table(table)).ratio("a", "b", of_totals=True))
    assert ratio.value == pytest.approx((1 + 4 + 16) / (2 + 6 + 8))
    assert (ratio.n, ratio.df) == (4, 3)


def test_rows_of_several_are_paired_only_where_they_tell_who_answered_both() -> None:
    table = four([1, 2, math.nan, 4], [2, math.nan, 2, 2])
    above, below = paired(table, "a", "b")
    assert above.wy.tolist() == [1, 0, 0, 16]
    assert below.wy.tolist() == [2, 0, 0, 8]
    assert above.n.tolist() == below.n.tolist() == [1, 0, 0, 1]
    assert above.wyy.tolist() == [1, 0, 0, 64]
    same = grouped(Table.of_units([0] * 4, [0, 0, 1, 1], [1, 2, 3, 4], {"a": [1, 2, 3, 4], "b": [2, 2, 2, 2]}), [])
    assert paired(same, "a", "b")[0].wy.tolist() == [5, 25]
    mixed = grouped(Table.of_units([0] * 4, [0, 0, 1, 1], [1] * 4, {"a": [1, 2, 3, 4], "b": [2, math.nan, 2, 2]}), [])
    with pytest.raises(AnalysisRefused) as refusal:
        paired(mixed, "a", "b")
    assert dict(refusal.value.values) == {"column": "a, b", "rows": [0], "count": 1}
