"""Scores worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.instrument import Instrument, grade_of, panel_score
from tests.instrument.samples import file_of, indicator, item, question, yes_no

TWENTY = [f"k{number:02}" for number in range(1, 21)]
KNOWLEDGE = Instrument.parse(
    file_of(
        *(item(code) for code in TWENTY),
        indicator("complete", "complete_share", 'section = "all"', "threshold = 80"),
        indicator("passed", "pass_rate", 'section = "all"', "threshold = 60", 'base = "complete"'),
        indicator("passed_out", "pass_rate", 'section = "all"', "threshold = 60", 'refused = "out"'),
        indicator("mean", "mean_score", 'section = "all"'),
    )
)


def knowledge(right: int, wrong: int = 0, dont_know: int = 0) -> dict[str, float]:
    """The scores of somebody who answers so many items so, and leaves the others blank."""
    given = ["yes"] * right + ["no"] * wrong + ["97"] * dont_know
    posted = {code: [choice] for code, choice in zip(TWENTY, given, strict=False)}
    return KNOWLEDGE.scores(KNOWLEDGE.read(posted, form="full"))


def test_twelve_of_twenty_is_exactly_the_pass_mark() -> None:
    assert knowledge(right=12, wrong=8) == {"complete": 1, "passed": 1, "passed_out": 1, "mean": 60}


def test_eleven_of_twenty_does_not_pass() -> None:
    assert knowledge(right=11, wrong=9) == {"complete": 1, "passed": 0, "passed_out": 0, "mean": 55}


def test_sixteen_of_twenty_answered_is_complete_and_fifteen_is_not() -> None:
    assert knowledge(right=10, wrong=6)["complete"] == 1
    assert knowledge(right=15)["complete"] == 0


def test_dont_know_counts_as_answered_and_as_wrong() -> None:
    assert knowledge(right=1, dont_know=15) == {"complete": 1, "passed": 0, "passed_out": 0, "mean": 5}


def test_skipping_what_one_does_not_know_pays_only_in_the_sensitivity_variant() -> None:
    # 11 right of 16 answered is 68.75, of 20 asked 55
    scores = knowledge(right=11, wrong=5)
    assert (scores["passed"], scores["passed_out"], scores["mean"]) == (0, 1, 55)


def test_whoever_refuses_everything_has_no_sensitivity_variant() -> None:
    assert knowledge(right=0) == {"complete": 0, "passed": 0, "mean": 0}


def weighted(weights: list[int], right: list[int], threshold: int) -> float:
    codes = [f"q{number}" for number in range(len(weights))]
    sample = Instrument.parse(
        file_of(
            *(item(code, weight) for code, weight in zip(codes, weights, strict=True)),
            indicator("passed", "pass_rate", 'section = "all"', f"threshold = {threshold}"),
        )
    )
    posted = {code: ["yes"] for code, hit in zip(codes, right, strict=True) if hit}
    return sample.scores(sample.read(posted, form="full"))["passed"]


def test_unequal_weights_that_make_exactly_60_pass_where_binary_fractions_fail() -> None:
    # 1 + 13 + 13 = 27 of 45 is exactly 60
    assert 100 * (1 / 45 + 13 / 45 + 13 / 45) < 60
    assert weighted([1, 13, 13, 18], [1, 1, 1, 0], 60) == 1


@given(st.lists(st.tuples(st.integers(1, 1000), st.booleans()), min_size=1, max_size=5), st.integers(0, 100))
def test_passing_agrees_with_exact_fractions(items: list[tuple[int, bool]], threshold: int) -> None:
    weights = [weight for weight, _ in items]
    reached = Fraction(100 * sum(weight for weight, right in items if right), sum(weights))
    assert weighted(weights, [int(right) for _, right in items], threshold) == (reached >= threshold)


def test_a_weight_less_than_the_mark_does_not_pass() -> None:
    assert weighted([599, 401], [1, 0], 60) == 0
    assert weighted([600, 400], [1, 0], 60) == 1


CHANNELS = """choices = [
  { code = "tv", zh = "电视", en = "TV" }, { code = "talk", zh = "讲座", en = "Talk" },
  { code = "none", zh = "都没有", en = "None", exclusive = true },
]"""
REACH = Instrument.parse(
    file_of(
        question("channels", "multiple", CHANNELS, "dont_know = true"),
        yes_no("told", "can_refuse = true"),
        indicator("reach", "reach", 'question = "channels"'),
        indicator("induced", "chosen_share", 'question = "told"', 'choices = ["yes"]'),
    )
)


@pytest.mark.parametrize(
    ("channels", "reached"), [(["tv"], 1), (["tv", "talk"], 1), (["none"], 0), (["97"], 0), ([], 0)]
)
def test_reach_is_one_channel_at_least_and_everybody_asked_is_in_the_base(channels: list[str], reached: int) -> None:
    assert REACH.scores(REACH.read({"channels": channels}, form="full"))["reach"] == reached


@pytest.mark.parametrize(("told", "induced"), [(["yes"], 1), (["no"], 0), (["98"], None), ([], None)])
def test_inducement_is_defined_for_those_who_say_yes_or_no(told: list[str], induced: int | None) -> None:
    assert REACH.scores(REACH.read({"told": told}, form="full")).get("induced") == induced


GRADES = """grades = [
  { code = "high", from = 90, zh = "优秀", en = "High" },
  { code = "good", from = 80, zh = "良好", en = "Good" },
  { code = "fair", from = 60, zh = "合格", en = "Fair" },
  { code = "low", from = 0, zh = "不合格", en = "Low" },
]"""
GROUPS = """groups = [
  { code = "lawyers", weight = 2, zh = "律师", en = "Lawyers" },
  { code = "residents", weight = 1, zh = "居民", en = "Residents" },
]"""
PANEL = Instrument.parse(
    file_of(
        *(question(code, "mark", "dont_know = true") for code in ("m1", "m2", "m3")),
        indicator("case", "case_score", 'questions = ["m1", "m2", "m3"]', "least = 2", GROUPS, GRADES),
    )
)
CASE = PANEL.indicators["case"]


def test_an_evaluators_score_is_the_plain_mean_of_the_marks_given() -> None:
    def case(**marks: str) -> float | None:
        return PANEL.scores(PANEL.read({code: [mark] for code, mark in marks.items()}, form="full")).get("case")

    assert case(m1="80", m2="90", m3="100") == 90
    assert case(m1="80", m2="90", m3="dk") == 85
    assert case(m1="80", m2="dk") is None


def test_the_case_score_is_the_weighted_mean_of_group_means() -> None:
    # lawyers (90 + 80) / 2 = 85 with weight 2, residents 70 with weight 1: (170 + 70) / 3 = 80
    assert panel_score(CASE, {"lawyers": [90.0, 80.0], "residents": [70.0]}) == 80


def test_a_group_without_evaluators_leaves_its_weight_to_the_others() -> None:
    assert panel_score(CASE, {"lawyers": [], "residents": [70.0]}) == 70
    assert panel_score(CASE, {"lawyers": []}) is None


def test_grades_are_given_on_the_exact_unrounded_score() -> None:
    # 269/3, 271/3 and 90: their mean is exactly 90, the mean of their binary fractions need not be
    exact = panel_score(CASE, {"residents": [269 / 3, 271 / 3, 90.0]})
    assert exact == Fraction(90)
    assert grade_of(CASE, exact).code == "high"
    assert grade_of(CASE, Fraction(899_999, 10_000)).code == "good"
    assert [grade_of(CASE, score).code for score in (80, 79.96, 60, 59.99, 0)] == ["good", "fair", "fair", "low", "low"]
