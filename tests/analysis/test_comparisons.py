"""Planned differences worked by hand, and the plan's rules where the figures are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import atan, log, pi

import pytest
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.outcome import AnalysisRefused, Estimate
from surveys.analysis.waves.comparisons import differences
from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.analysis.waves.figures import Result, figures_of
from surveys.analysis.waves.plan import AnalysisPlan, PlannedComparison
from surveys.analysis.waves.plan_kept import LODGED_AT, SHA256, TEXT
from surveys.records.waves import Margin, Wave
from tests.analysis.plans import HEAD, TOWNS, compared, pair_of, plan_of
from tests.analysis.test_wave_figures import aware, four_psus
from tests.reporting.made import AWARENESS, Said, survey

PSUS = ["a/1", "a/2", "b/1", "b/2"]


def lodged(plan: AnalysisPlan) -> dict[str, str]:
    """What a wave keeps of a plan."""
    return {TEXT: plan.text, SHA256: plan.sha256, LODGED_AT: "2021-10-01T00:00:00+00:00"}


def made(box: Session, answers: list[Said], plan: str, psus: list[str] = PSUS) -> Result:
    wave = survey(box, psus, answers, lodged(plan_of(HEAD + plan)))
    return computed(box, wave)


def computed(box: Session, wave: Wave) -> Result:
    return figures_of(box, wave, AWARENESS, FieldworkCounts(40), lambda _done, _step: None)


def compared_in(result: Result) -> dict[tuple[str, str], Draft]:
    """Comparisons by domain and code."""
    return {(draft.domain, draft.domain_code): draft for draft in result.drafts if draft.part == "comparisons"}


def test_a_town_is_compared_with_everybody_else_and_its_error_is_that_of_the_difference(box: Session) -> None:
    found = compared_in(made(box, four_psus() * 3, TOWNS))
    # three times over, a: 4 of 8 (PSUs 3 and 1 of 4), b: 6 of 8 (PSUs 4 and 2 of 4)
    # scores: a's PSUs (3 - 2) / 8 and (1 - 2) / 8, b's -(4 - 3) / 8 and -(2 - 3) / 8; each stratum 2 / 1 · 2 · (1/8)²
    town = found["town", "a"]
    assert town.value == pytest.approx(4 / 8 - 6 / 8)
    assert town.se == pytest.approx((2 * 2 * 2 / 64) ** 0.5)
    assert (town.df, town.n, town.unit, town.method) == (1, 24, "percent_points", "t")
    # log odds 0 and log 3, variances 1/16 · (1 / 0.25)² and 1/16 · (1 / 0.1875)²; with 1 df p = 1 - 2/π · atan t
    t = log(3) / (1 + 16 / 9) ** 0.5
    assert town.reason_values["p"] == pytest.approx(1 - 2 / pi * atan(t))
    assert dict(town.reason_values) | {"p": 0} == {
        "family": "bands", "comparison": "towns", "first": "a", "against": "rest", "p": 0,
    }  # fmt: skip
    assert found["town", "b"].value == pytest.approx(1 / 4)
    assert set(found) == {("town", "a"), ("town", "b")}


def test_the_rest_of_the_district_is_everybody_who_is_not_in_the_town(box: Session) -> None:
    answers = [*four_psus(), *aware("c/1", 1, 1, 1), *aware("c/2", 1, 0)] * 6
    found = compared_in(made(box, answers, TOWNS, [*PSUS, "c/1", "c/2"]))
    assert found["town", "a"].value == pytest.approx(4 / 8 - 10 / 13)
    assert found["town", "c"].value == pytest.approx(4 / 5 - 10 / 16)
    assert (found["town", "a"].df, found["town", "c"].n) == (1, 30)


def test_a_town_in_which_everybody_is_aware_is_not_compared_and_keeps_its_joint_interval(box: Session) -> None:
    answers = [*four_psus(), *aware("c/1", 1, 1, 1), *aware("c/2", 1, 1)] * 6
    found = compared_in(made(box, answers, TOWNS, [*PSUS, "c/1", "c/2"]))
    town = found["town", "c"]
    assert (town.value, town.reason, town.reason_values["n"]) == (None, "no_variation", 30)
    assert "p" not in town.reason_values
    assert isinstance(town.joint, Estimate)
    assert town.joint.lower < town.joint.upper == 1.0
    assert found["town", "a"].value is not None


@pytest.mark.parametrize(
    ("plan", "place", "method"),
    [
        (compared("towns", "each = 'town'"), ("town", "a"), "korn_graubard"),
        (compared("towns", "each = 'town'", "knowledge_score"), ("town", "a"), "t"),
        (compared("sexes", "each = 'sex'"), ("sex", "1"), None),
    ],
)
def test_towns_have_joint_intervals_by_the_method_of_their_figures(
    box: Session, plan: str, place: tuple[str, str], method: str | None
) -> None:
    result = made(box, four_psus() * 3, plan)
    joint = compared_in(result)[place].joint
    if method is None:
        assert joint is None
        return
    town = next(one for one in result.drafts if (one.domain, one.domain_code) == place and one.value is not None)
    assert isinstance(joint, Estimate)
    assert joint.method == method
    assert joint.level == pytest.approx(1 - 0.05 / 2)  # of two towns
    if town.indicator == "awareness_rate" and method == town.method:
        assert town.lower is not None
        assert joint.lower < town.lower < joint.value == town.value


def test_a_pair_is_the_first_minus_the_second_with_their_shared_psus(box: Session) -> None:
    # one woman and one man in each PSU: women 1 1 1 0, men 1 0 0 0, differences 0 1 1 0 of a mean of a half
    said = {"a/1": (1, 1), "a/2": (1, 0), "b/1": (1, 0), "b/2": (0, 0)}
    answers = [
        Said(psu, {"awareness_rate": float(one)}, cell=f"age=3;k=1;sex={sex}")
        for psu, both in said.items()
        for sex, one in zip(("2", "1"), both, strict=True)
    ] * 6
    found = compared_in(made(box, answers, compared("sexes", pair_of("sex", "2", "1"))))
    pair = found["sex", "2:1"]
    assert pair.value == pytest.approx(0.5)
    # scores (difference - 0.5) / 4: -1/8, 1/8 | 1/8, -1/8
    assert pair.se == pytest.approx((2 * 2 * 2 / 64) ** 0.5)
    assert pair.reason_values["against"] == "1"


def test_all_pairs_of_a_question_are_compared_once(box: Session) -> None:
    answers = [Said(psu, {"reach": 1.0}, cell=f"age={1 + n};k=1") for n, psu in enumerate(PSUS * 2)]
    found = compared_in(made(box, answers, compared("ages", "pairs = 'edu'") + compared("kinds", "each = 'age'")))
    assert len([place for place in found if place[0] == "edu"]) == 4 * 3 / 2
    assert len([place for place in found if place[0] == "age"]) == 7
    assert found["edu", "1:2"].reason == "no_answers"
    assert "p" not in found["edu", "1:2"].reason_values


def test_each_item_of_an_indicator_is_compared_by_itself(box: Session) -> None:
    answers = [Said(psu, marks={"sat_publicity": mark}) for psu in PSUS for mark in "1345"]
    answers += [Said("a/1", marks={"sat_publicity": "1"}), Said("b/2", marks={"sat_publicity": "5"})]
    result = made(box, answers, compared("towns", "each = 'town'", "satisfaction_publicity"))
    town = compared_in(result)["town", "a"]
    assert (town.item, town.unit) == ("sat_publicity", "points")
    assert town.value == pytest.approx((2 * 175 + 100) / 9 - 2 * 175 / 9)


def test_a_group_that_the_wave_does_not_know_is_a_reason_and_no_number(box: Session) -> None:
    found = compared_in(made(box, four_psus(), compared("kinds", pair_of("kind", "town", "subdistrict"))))
    assert (found["kind", "town:subdistrict"].value, found["kind", "town:subdistrict"].reason) == (None, "no_answers")


def test_where_nothing_varies_there_is_no_p(box: Session) -> None:
    answers = [answer for psu in PSUS for answer in aware(psu, 1, 0)] * 6
    town = compared_in(made(box, answers, TOWNS))["town", "a"]
    assert (town.value, town.reason) == (None, "psus_alike")
    assert "p" not in town.reason_values


def test_the_differences_of_a_comparison_come_in_print_order() -> None:
    assert [one.code for one in differences(PlannedComparison("x", "reach", each="sex"), ["1", "2"])] == ["1", "2"]
    pairs = differences(PlannedComparison("x", "reach", pairs="edu"), ["1", "2", "3"])
    assert [one.code for one in pairs] == ["1:2", "1:3", "2:3"]


def test_only_planned_indicators_and_domains_become_figures(box: Session) -> None:
    plan = 'indicators = ["awareness_rate", "item_rate"]\ndomains = ["district", "sex"]\n'
    opened = [replace(answer, channel=answer.channel) for answer in four_psus()]
    drafts = made(box, opened, plan).drafts
    estimates = [draft for draft in drafts if draft.part not in ("fieldwork", "volunteers")]
    assert {draft.indicator for draft in estimates} == {"awareness_rate", "item_rate"}
    assert {draft.domain for draft in estimates} == {"district", "sex"}
    assert {draft.indicator for draft in drafts if draft.part == "volunteers"} == {"awareness_rate"}


def test_the_assumed_icc_of_the_plan_enters_the_interval_where_everybody_passes(box: Session) -> None:
    answers = [answer for psu in PSUS for answer in aware(psu, 1, 1, 1, 1)]
    wave = survey(box, PSUS, answers, lodged(plan_of(HEAD + "degenerate.assumed_icc = 0.2")))
    rate = next(draft for draft in computed(box, wave).drafts if draft.indicator == "awareness_rate")
    # n / deff0 · (t15 / t2)², deff0 = 1 + (4 - 1) · 0.2; t15 = 2.1314, t2 = 4.3027
    assert rate.n_eff == pytest.approx(16 / 1.6 * (2.13144954556 / 4.30265272991) ** 2)


def margin(wave: Wave, name: str, key: str, total: int) -> Margin:
    return Margin(wave_id=wave.id, name=name, key=key, total=total, source="普查", dated=date(2020, 11, 1))


def towns(box: Session, plan: str, totals: dict[str, int], psus: list[str] = PSUS) -> Wave:
    wave = survey(box, psus, four_psus(), lodged(plan_of(HEAD + plan)))
    box.add_all(margin(wave, "town", town, total) for town, total in totals.items())
    box.flush()
    return wave


def test_the_plans_method_and_bounds_calibrate(box: Session) -> None:
    plan = "margins.method = 'linear'\nmargins.bounds = [0.5, 2.5]\nmargins.names = ['town']"
    weights = computed(box, towns(box, plan, {"a": 400, "b": 1200})).facts["weights"]
    assert (weights["method"], weights["planned"], weights["bounds"]) == ("linear", "linear", [0.5, 2.5])
    assert [one["name"] for one in weights["margins"]] == ["town"]


def test_a_margin_that_the_plan_does_not_name_is_not_used(box: Session) -> None:
    weights = computed(box, towns(box, "margins.names = []", {"a": 400, "b": 1200})).facts["weights"]
    assert (weights["method"], weights["reason"]) == ("base", "no_margins")


def test_a_planned_margin_that_is_not_kept_stops_the_release_by_its_name(box: Session) -> None:
    wave = towns(box, "margins.names = ['town', 'age*sex']", {"a": 400, "b": 1200})
    with pytest.raises(AnalysisRefused, match="margin_missing") as refusal:
        computed(box, wave)
    assert refusal.value.values == {"margins": ["age*sex"]}


@pytest.mark.parametrize(
    ("rule", "method", "reason"), [("join", "raking", ""), ("refuse", "base", "margin.empty_cell")]
)
def test_an_empty_cell_joins_its_neighbour_or_leaves_the_weights_as_they_are(
    box: Session, rule: str, method: str, reason: str
) -> None:
    plan = f"degenerate.empty_cell = '{rule}'"
    wave = towns(box, plan, {"a": 400, "b": 600, "c": 100}, [*PSUS, "c/1", "c/2"])
    weights = computed(box, wave).facts["weights"]
    assert (weights["method"], weights["reason"]) == (method, reason)


def test_collapsing_follows_the_plans_order_of_strata(box: Session) -> None:
    psus = ["a/1", "b/1", "b/2", "c/1", "c/2"]
    answers = [*aware("a/1", 1, 1), *aware("b/1", 1, 0), *aware("b/2", 0, 0), *aware("c/1", 1, 1), *aware("c/2", 1, 1)]

    def se(plan: str) -> float:
        made_by = made(box, answers, plan, psus)
        rate = next(draft for draft in made_by.drafts if draft.indicator == "awareness_rate")
        assert rate.se is not None
        return rate.se

    # residuals of 0.7: a 0.6; b -0.4, -1.4; c 0.6, 0.6, all over 10. With b: mean -0.4; with c: a and c alike.
    squares = (1.0**2 + 0.0**2 + 1.0**2) / 100
    assert se("lonely.rule = 'collapse'") == pytest.approx((3 / 2 * squares) ** 0.5)
    box.rollback()
    ordered = "lonely.rule = 'collapse'\nlonely.order = ['a', 'c', 'nowhere']"
    assert se(ordered) == pytest.approx((2 / 1 * 2 * 0.5**2 / 100) ** 0.5)


def test_the_release_knows_the_plan_by_its_hash(box: Session) -> None:
    plan = plan_of(HEAD + TOWNS)
    facts = made(box, four_psus(), TOWNS).facts["plan"]
    assert (facts["sha256"], facts["text"], facts["default"]) == (plan.sha256, plan.text, False)
    assert facts["families"] == {"bands": {"method": "benjamini_hochberg", "level": 0.05}}


def test_without_a_lodged_plan_the_default_holds_and_the_facts_say_so(box: Session) -> None:
    wave = survey(box, PSUS, four_psus(), {"lonely": "adjust", "expected_response": 0.5})
    result = computed(box, wave)
    assert (result.facts["plan"]["default"], result.facts["plan"]["lodged_at"]) == (True, "")
    assert result.facts["design"]["lonely"] == "adjust"
    assert {draft.reason_values["comparison"] for draft in compared_in(result).values()} == {
        "towns", "sexes", "ages", "education",
    }  # fmt: skip
