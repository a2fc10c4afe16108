"""The evaluation of cases, worked by hand."""

from __future__ import annotations

import pytest
from scipy import stats
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.evaluations.figures import CaseResult, case_figures_of, is_case_wave
from surveys.records.waves import Wave
from tests.reporting.made import AWARENESS, EVALUATION, cases, confirmed, evaluated


def result(box: Session, wave: Wave) -> CaseResult:
    return case_figures_of(box, wave, EVALUATION, lambda _done, _step: None)


def found(drafts: list[Draft], indicator: str, domain: str = "district", code: str = "", item: str = "") -> Draft:
    same = [d for d in drafts if (d.indicator, d.domain, d.domain_code, d.item) == (indicator, domain, code, item)]
    assert len(same) == 1
    return same[0]


def panel(box: Session, wave: Wave, case: str, *scores: float) -> None:
    """Three members of two groups: two deputies and a lawyer."""
    for rater, score in zip(("deputies-01", "deputies-02", "lawyers-01"), scores, strict=True):
        evaluated(box, wave, case, rater, score)


def test_the_wave_is_known_by_its_instrument() -> None:
    assert is_case_wave(EVALUATION)
    assert not is_case_wave(AWARENESS)


def test_s_is_the_mean_of_group_means_and_not_of_raters(box: Session) -> None:
    wave = cases(box, ["one"])
    panel(box, wave, "c1", 90.0, 80.0, 65.0)
    row = found(result(box, wave).drafts, "case_score", "case", "c1")
    assert row.value == pytest.approx((85 + 65) / 2)
    assert (row.n, row.reason_values["grade"], row.officials_only) == (3, "acceptable", True)


def test_the_district_has_the_variance_of_a_simple_random_sample_of_cases(box: Session) -> None:
    wave = cases(box, ["one", "one", "two", "two"], register=10)
    scores = [60.0, 70.0, 80.0, 90.0]
    for number, score in enumerate(scores, start=1):
        panel(box, wave, f"c{number}", score, score, score)
    district = found(result(box, wave).drafts, "case_score")
    se = ((1 - 4 / 10) * (500 / 3) / 4) ** 0.5  # fpc x s^2 / n
    assert district.value == pytest.approx(75)
    assert district.se == pytest.approx(se)
    assert district.df == 3
    assert district.lower == pytest.approx(75 - stats.t.ppf(0.975, 3) * se)


def test_a_veto_of_two_assessors_changes_the_grade_and_not_s(box: Session) -> None:
    wave = cases(box, ["one", "one"])
    panel(box, wave, "c1", 95.0, 95.0, 95.0)
    panel(box, wave, "c2", 95.0, 95.0, 95.0)
    confirmed(box, wave, "c1", "veto_body", "7", "8")
    confirmed(box, wave, "c2", "veto_body", "7")
    confirmed(box, wave, "c2", "veto_law", "8")
    drafts = result(box, wave).drafts
    vetoed, passed = (found(drafts, "case_score", "case", case) for case in ("c1", "c2"))
    assert (vetoed.value, vetoed.reason_values["grade"], vetoed.flag) == (95, "unacceptable", "veto")
    assert (passed.value, passed.reason_values["grade"], passed.flag) == (95, "excellent", "")
    assert found(drafts, "grade", item="unacceptable").value == 1
    assert found(drafts, "cases_vetoed").value == 1


def test_grades_follow_the_unrounded_score(box: Session) -> None:
    wave = cases(box, ["one"])
    panel(box, wave, "c1", 89.98, 89.98, 89.98)
    row = found(result(box, wave).drafts, "case_score", "case", "c1")
    assert row.reason_values["grade"] == "good"  # printed as 90.0


def test_a_department_below_five_cases_has_a_list_and_no_mean(box: Session) -> None:
    wave = cases(box, ["few"] * 4 + ["many"] * 5)
    for number in range(1, 10):
        panel(box, wave, f"c{number}", 70.0 + number, 70.0, 70.0)
    drafts = result(box, wave).drafts
    assert found(drafts, "case_score", "body", "few").reason == "few_cases"
    assert found(drafts, "case_score", "body", "many").value is not None


def test_one_members_score_is_not_shown_by_itself_but_is_in_the_mean(box: Session) -> None:
    wave = cases(box, ["one", "two", "three"])
    evaluated(box, wave, "c1", "deputies-01", 40.0)
    panel(box, wave, "c2", 80.0, 80.0, 80.0)
    panel(box, wave, "c3", 90.0, 90.0, 90.0)
    drafts = result(box, wave).drafts
    assert found(drafts, "case_score", "case", "c1").reason == "few_raters"
    assert found(drafts, "case_score").value == pytest.approx((40 + 80 + 90) / 3)


def test_parties_are_never_in_s_and_need_ten(box: Session) -> None:
    wave = cases(box, ["one", "two", "three"])
    for number in (1, 2, 3):
        panel(box, wave, f"c{number}", 80.0, 80.0, 80.0 + number)
        evaluated(box, wave, f"c{number}", "", 10.0 * number)
    drafts = result(box, wave).drafts
    parties = found(drafts, "parties_score")
    assert parties.value == pytest.approx(20)
    assert (parties.n, parties.minimum) == (3, 10)
    assert found(drafts, "case_score").value == pytest.approx((80.5 + 81 + 81.5) / 3)
    assert found(drafts, "parties_score", "body", "one").minimum == 5


def test_a_wave_without_evaluations_gives_reasons(box: Session) -> None:
    drafts = result(box, cases(box, ["one", "two"])).drafts
    assert found(drafts, "case_score").reason == "no_answers"
    assert found(drafts, "cases_evaluated").value == 0
    assert all(draft.value is None for draft in drafts if draft.unit != "count")


def test_a_wave_without_cases_gives_reasons(box: Session) -> None:
    assert found(result(box, cases(box, [])).drafts, "case_score").reason == "no_answers"
