"""Design-based t-tests against R survey 4.5's svyttest to 1e-9, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtr, stdtrit

from surveys.analysis.design import Design
from surveys.analysis.estimands.t_tests import TTest, one_sample, t_test, two_sample
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import Table

from .oracle import agrees, cases, data_of, estimator, sample, values_of

ASKED = {"a": ("api00", "schwide"), "s": ("sat", "sex"), "n": ("HI_CHOL", "RIAGENDR")}
COMPARED = [
    (file, name) for file in ("api_taylor", "synth_taylor", "nhanes") for name in cases(file) if "ttest" in name
]


def result(outcome: TTest | NotEstimable) -> TTest:
    assert isinstance(outcome, TTest), outcome
    return outcome


@pytest.mark.parametrize(("file", "name"), COMPARED, ids=[name for _, name in COMPARED])
def test_a_two_sample_t_test_agrees_with_r(file: str, name: str) -> None:
    prefix, expected = name.split(".")[0], cases(file)[name]["expected"]
    variable, key = ASKED[prefix[0]]
    ours = result(two_sample(estimator(prefix), variable, key, df="design"))
    agrees([ours.difference, ours.t, ours.p], [expected["diff"], expected["t"], expected["p"]])
    assert ours.df == expected["df"]
    assert result(two_sample(estimator(prefix), variable, key, df="observed")).df == expected["df"] + 1
    assert result(two_sample(estimator(prefix), variable, key)).df <= expected["df"] + 1


def test_every_case_is_here() -> None:
    assert len(COMPARED) == 5 + 3 + 1


def schools() -> Estimator:
    values = values_of(data_of("apistrat"))
    return Estimator(*sample("apistrat", {"growth": values["api00"] - values["api99"], "api00": values["api00"]}))


def test_one_sample_and_domains_agree_with_r() -> None:
    """From R survey 4.1-1: s <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat);
    svyttest(I(api00-api99)~0, s); the same in subset(s, comp.imp=="No");
    svyttest(api00~comp.imp, subset(s, stype!="H"))."""
    by = schools()
    keys = by.table.keys
    alone = result(one_sample(by, "growth", df="design"))
    agrees([alone.t, alone.p], [16.0364289405637, 1.60104068704981e-37], rel=1e-8)
    assert alone.df == 196
    part = result(one_sample(by, "growth", domain=keys["comp.imp"] == "No", df="design"))
    agrees([part.t, part.p], [5.19348460064436, 1.53618922159853e-06], rel=1e-8)
    assert part.df == 80
    two = result(two_sample(by, "api00", "comp.imp", domain=keys["stype"] != "H", df="design"))
    agrees([two.t, two.p], [1.36385085868257, 0.174699255478667], rel=1e-8)
    assert two.df == 147


def table_of(y: list[float], who: list[object] | None = None) -> Estimator:
    """One person a PSU, one stratum, weight 1."""
    keys = {"who": np.array(who if who else ["a"] * len(y), object)}
    table = Table.of_units(np.zeros(len(y)), np.arange(len(y)), np.ones(len(y)), {"y": y}, keys)
    return Estimator(table, Design.of_table(table))


def test_one_mean_by_hand() -> None:
    """1, 2, 6: mean 3, variance of the mean 14/2/3; against 1, t = 2/√(7/3) with 2 df."""
    ours = result(one_sample(table_of([1, 2, 6]), "y", null=1.0))
    assert (ours.difference, ours.df, ours.n) == pytest.approx((2, 2, 3))
    assert ours.se == pytest.approx(math.sqrt(7 / 3))
    assert ours.t == pytest.approx(2 / math.sqrt(7 / 3))
    assert ours.p == pytest.approx(2 * stdtr(2, -ours.t))
    half = stdtrit(2, 0.975) * math.sqrt(7 / 3)
    assert (ours.lower, ours.upper) == pytest.approx((2 - half, 2 + half))


def test_two_groups_by_hand() -> None:
    """Means 2 and 5: residuals over the group's size are ∓1/2 and ∓1/2, 4 PSUs: variance 4/3·(4·1/4) = 4/3."""
    ours = result(two_sample(table_of([1, 3, 4, 6], ["a", "a", "b", "b"]), "y", "who"))
    assert ours.difference == pytest.approx(3)
    assert ours.se == pytest.approx(math.sqrt(4 / 3))
    assert (ours.df, ours.n) == (1, 4)  # of each group, two PSUs in one stratum
    joint = result(two_sample(table_of([1, 3, 4, 6], ["a", "a", "b", "b"]), "y", "who", df="observed"))
    assert (joint.df, joint.t) == (3, ours.t)
    back = result(two_sample(table_of([1, 3, 4, 6], ["b", "b", "a", "a"]), "y", "who"))
    assert (back.t, back.p) == pytest.approx((-ours.t, ours.p))


def test_missing_groups_and_answers_are_left_out() -> None:
    plain = result(two_sample(table_of([1, 3, 4, 6], ["a", "a", "b", "b"]), "y", "who"))
    gaps = table_of([1, 3, 4, 6, 9, math.nan], ["a", "a", "b", "b", None, "a"])
    ours = result(two_sample(gaps, "y", "who"))
    assert (ours.difference, ours.n, ours.df) == pytest.approx((plain.difference, 4, 1))
    named = table_of([1, 3, 4, 6, 9, math.nan], ["a", "a", "b", "b", "d", "a"])
    assert two_sample(named, "y", "who", missing=("d",)) == ours


def test_a_domain_keeps_all_psus_and_counts_its_own() -> None:
    by = table_of([1, 3, 4, 6, 8, 8], ["a", "a", "b", "b", "b", "a"])
    ours = result(two_sample(by, "y", "who", domain=np.array([True] * 4 + [False] * 2), df="observed"))
    assert ours.df == 3
    assert ours.se == pytest.approx(math.sqrt(6 / 5))


@pytest.mark.parametrize(("who", "count"), [(["a", "b", "c", "a"], 3), (["a", "a", "a", "a"], 1)])
def test_more_or_fewer_than_two_groups_are_refused(who: list[object], count: int) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        two_sample(table_of([1, 2, 3, 4], who), "y", "who")
    assert refusal.value.code == "t_test.not_two"
    assert refusal.value.values["count"] == count


def test_an_unknown_rule_for_df_and_an_unknown_key_are_refused() -> None:
    by = table_of([1, 3, 4, 6], ["a", "a", "b", "b"])
    with pytest.raises(AnalysisRefused, match=r"df\.rule"):
        two_sample(by, "y", "who", df="welch")
    with pytest.raises(AnalysisRefused, match=r"table\.no_key"):
        two_sample(by, "y", "sex")


@pytest.mark.parametrize("silent", ["a", "b"])
def test_a_group_without_answers_has_no_mean(silent: str) -> None:
    y = [math.nan if who == silent else float(place) for place, who in enumerate("aabb")]
    outcome = two_sample(table_of(y, list("aabb")), "y", "who")
    assert isinstance(outcome, NotEstimable)
    assert outcome.code == "no_answers"


def test_a_flat_mean_or_difference_is_no_test() -> None:
    assert one_sample(table_of([2, 2, 2]), "y") == NotEstimable("no_variation", value=2.0, n=3)
    assert two_sample(table_of([2, 2, 5, 5], list("aabb")), "y", "who") == NotEstimable("no_variation", value=5.0, n=2)


def test_groups_that_differ_alike_in_every_psu_are_no_test() -> None:
    keys = {"who": np.array(list("abababab"))}
    table = Table.of_units(np.zeros(8), np.repeat(range(4), 2), np.ones(8), {"y": [1, 3, 2, 4, 5, 7, 3, 5]}, keys)
    assert two_sample(Estimator(table, Design.of_table(table)), "y", "who") == NotEstimable("psus_alike", n=8)


def test_a_lonely_psu_and_too_few_of_them_are_no_test() -> None:
    keys = {"who": np.array(list("abbab"))}
    table = Table.of_units([0, 0, 0, 0, 1], [0, 1, 2, 3, 4], np.ones(5), {"y": [1, 2, 3, 5, 3]}, keys)
    assert two_sample(Estimator(table, Design.of_table(table)), "y", "who") == NotEstimable("one_psu", strata=("1",))
    estimate = Estimate(1.0, 0.5, 1, 2, None, None, 0.0, 2.0, "t", 1)
    assert t_test(estimate, df=0) == NotEstimable("too_few_psus", df=0)
    assert result(t_test(estimate)).t == 2.0
