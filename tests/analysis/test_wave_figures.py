"""Figures of a small wave worked by hand, and the waves that have none."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.waves.fieldwork import FieldworkCounts, rr1
from surveys.analysis.waves.figures import figures_of
from surveys.records.kinds import Channel
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave
from tests.reporting.made import AWARENESS, Said, survey

PSUS = ["a/1", "a/2", "b/1", "b/2"]


def figures(box: Session, wave: Wave, issued: int = 40) -> list[Draft]:
    return figures_of(box, wave, AWARENESS, FieldworkCounts(issued, 8), lambda _done, _step: None).drafts


def found(drafts: list[Draft], part: str, indicator: str, code: str = "", item: str = "") -> Draft:
    same = [d for d in drafts if (d.part, d.indicator, d.domain_code, d.item) == (part, indicator, code, item)]
    assert len(same) == 1
    return same[0]


def aware(psu: str, *passed: int) -> list[Said]:
    return [Said(psu, {"awareness_rate": float(one), "knowledge_score": 50.0 + 40 * one}) for one in passed]


def four_psus() -> list[Said]:
    rows = {"a/1": (1, 1, 1, 0), "a/2": (1, 0, 0, 0), "b/1": (1, 1, 1, 1), "b/2": (1, 1, 0, 0)}
    return [answer for psu, passed in rows.items() for answer in aware(psu, *passed)]


def test_the_rate_and_its_standard_error_are_those_worked_by_hand(box: Session) -> None:
    drafts = figures(box, survey(box, PSUS, four_psus()))
    rate = found(drafts, "headline", "awareness_rate")
    # PSU residuals (3 - 2.5, 1 - 2.5, 4 - 2.5, 2 - 2.5) / 16; each stratum 2 / 1 * 2 * (1 / 16)^2
    assert rate.value == pytest.approx(10 / 16)
    assert rate.se == pytest.approx((2 * 2 * 2 * (1 / 16) ** 2) ** 0.5)
    assert (rate.n, rate.df, rate.method) == (16, 2, "korn_graubard")
    score = found(drafts, "headline", "knowledge_score")
    assert score.value == pytest.approx(75)
    assert score.se == pytest.approx(40 * (2 * 2 * 2 * (1 / 16) ** 2) ** 0.5)
    assert score.method == "t"


def test_a_town_is_the_frames_town_and_a_group_is_the_answer(box: Session) -> None:
    answers = [*aware("a/1", 1, 1), *aware("a/2", 0, 0), *aware("b/1", 1), *aware("b/2", 1)]
    women = [Said(a.psu, a.scores, cell="age=5;edu=2;k=1;sex=2;town=zzz") for a in answers if a.psu.startswith("b")]
    drafts = figures(box, survey(box, PSUS, answers[:4] + women))
    assert found(drafts, "towns", "awareness_rate", "a").value == pytest.approx(0.5)
    assert found(drafts, "towns", "awareness_rate", "b").value == pytest.approx(1.0)
    by_sex = [d for d in drafts if (d.part, d.indicator, d.domain) == ("groups", "awareness_rate", "sex")]
    assert [(d.domain_code, d.n) for d in by_sex] == [("1", 4), ("2", 2)]


def test_a_person_stands_for_the_people_of_the_household_at_most_four(box: Session) -> None:
    cells = {1: "age=3;k=1", 0: "age=3;k=9"}
    answers = [Said(psu, {"awareness_rate": float(one)}, cell=cells[one]) for psu in PSUS for one in (1, 0)]
    rate = found(figures(box, survey(box, PSUS, answers)), "headline", "awareness_rate")
    assert rate.value == pytest.approx(1 / 5)


def test_a_missing_household_size_is_the_towns_median_and_counted(box: Session) -> None:
    known = [Said(psu, {"awareness_rate": 1.0}, cell="age=3;k=3") for psu in PSUS]
    missing = [Said(psu, {"awareness_rate": 0.0}, cell="age=3;k=r") for psu in PSUS]
    wave = survey(box, PSUS, known + missing)
    result = figures_of(box, wave, AWARENESS, FieldworkCounts(40), lambda _done, _step: None)
    assert result.facts["weights"]["people_missing"] == 4
    assert found(result.drafts, "headline", "awareness_rate").value == pytest.approx(0.5)


def test_partials_are_counted_and_not_weighted(box: Session) -> None:
    partial = Said("a/1", {"awareness_rate": 0.0}, complete=False)
    drafts = figures(box, survey(box, PSUS, [*four_psus(), partial]))
    assert found(drafts, "headline", "awareness_rate").n == 16
    assert found(drafts, "fieldwork", "partials").value == 1
    assert found(drafts, "fieldwork", "rr1").value == pytest.approx(16 / 32)


def test_volunteers_stand_apart_without_an_interval(box: Session) -> None:
    opened = [Said("b", {"awareness_rate": 1.0}, channel=Channel.OPEN)] * 3
    drafts = figures(box, survey(box, PSUS, [*four_psus(), *opened]))
    assert found(drafts, "headline", "awareness_rate").n == 16
    apart = found(drafts, "volunteers", "awareness_rate")
    assert (apart.value, apart.n, apart.method) == (1.0, 3, "volunteers")
    assert apart.se is None
    assert apart.lower is None


def test_satisfaction_prints_97_and_98_and_counts_the_middle_for_nobody(box: Session) -> None:
    said = (["1", "1", "3", "5", "d", "r"], ["2", "2", "3", "5", "d", "r"])  # by turns, so that PSUs are not alike
    answers = [Said(psu, marks={"sat_publicity": mark}) for place, psu in enumerate(PSUS) for mark in said[place % 2]]
    drafts = figures(box, survey(box, PSUS, answers))
    share = found(drafts, "satisfaction", "satisfied_publicity", item="sat_publicity")
    assert share.value == pytest.approx(2 / 4)
    assert share.n == 16
    assert (share.counts["d"], share.counts["r"], share.counts["3"]) == (4, 4, 4)
    asked = found(drafts, "satisfaction", "satisfied_publicity_all", item="sat_publicity")
    assert asked.value == pytest.approx(2 / 6)
    assert asked.n == 24
    score = found(drafts, "satisfaction", "satisfaction_publicity", item="sat_publicity")
    assert score.value == pytest.approx((100 + 75 + 50 + 0) / 4)


def test_an_empty_wave_gives_reasons_and_never_a_number(box: Session) -> None:
    drafts = figures(box, survey(box, PSUS, []), issued=0)
    estimates = [draft for draft in drafts if draft.unit != "count" and draft.part != "fieldwork"]
    assert estimates
    assert {(draft.value, draft.reason, draft.n) for draft in estimates} == {(None, "no_answers", 0)}
    assert found(drafts, "fieldwork", "rr1").reason == "nothing_issued"


def test_a_town_without_answers_says_so_and_the_others_stand(box: Session) -> None:
    drafts = figures(box, survey(box, [*PSUS, "c/1", "c/2"], four_psus()))
    silent = found(drafts, "towns", "awareness_rate", "c")
    assert (silent.value, silent.reason) == (None, "no_answers")
    assert found(drafts, "headline", "awareness_rate").value == pytest.approx(10 / 16)


def test_a_stratum_with_one_psu_refuses_what_it_enters(box: Session) -> None:
    drafts = figures(box, survey(box, [*PSUS, "c/1"], [*four_psus(), *aware("c/1", 1, 0)]))
    district = found(drafts, "headline", "awareness_rate")
    assert (district.value, district.reason, district.reason_values) == (None, "one_psu", {"strata": ["c"]})
    assert found(drafts, "towns", "awareness_rate", "a").value == pytest.approx(0.5)


def test_a_plan_may_collapse_a_lonely_stratum(box: Session) -> None:
    wave = survey(box, [*PSUS, "c/1"], [*four_psus(), *aware("c/1", 1, 0)], plan={"lonely": "collapse"})
    assert found(figures(box, wave), "headline", "awareness_rate").value == pytest.approx(11 / 18)


def certain(wave: Wave, issued: int) -> DesignPsu:
    """A block "c/1" that was certain to be drawn, as a draw publishes it."""
    return DesignPsu(
        wave_id=wave.id,
        stratum="c/c1",
        psu="c1",
        town="c",
        dwellings=4 * issued,
        stratum_dwellings=4 * issued,
        psus_drawn=issued,
        inclusion_probability=1.0,
        take=issued,
        base_weight=4.0,
    )


def in_certain(*passed: int) -> list[Said]:
    scores = [{"awareness_rate": float(one), "knowledge_score": 50.0 + 40 * one} for one in passed]
    return [Said("c1", one, stratum="c/c1", at="c") for one in scores]


def test_the_households_of_a_certain_psu_are_its_psus(box: Session) -> None:
    wave = survey(box, PSUS, [*four_psus(), *in_certain(1, 1, 0)])
    box.add(certain(wave, issued=5))
    result = figures_of(box, wave, AWARENESS, FieldworkCounts(40), lambda _done, _step: None)
    town = found(result.drafts, "towns", "awareness_rate", "c")
    # residuals 1/9, 1/9, -2/9 and two silent households; 5 / 4 of their squares about a mean of 0
    assert town.value == pytest.approx(2 / 3)
    assert town.se == pytest.approx((5 / 4 * 6 / 81) ** 0.5)
    assert (town.n, town.df) == (3, 2)
    district = found(result.drafts, "headline", "awareness_rate")
    assert district.value == pytest.approx(12 / 19)
    assert district.df == 2 + 2
    facts = result.facts["design"]
    assert (facts["towns"], facts["strata"], facts["certain"], facts["psus_drawn"]) == (3, 3, 1, 5)
    assert (facts["psus_answering"], facts["lonely_strata"]) == (5, 0)


def test_more_households_of_a_certain_psu_than_were_issued_at_first_do_not_stop_the_release(box: Session) -> None:
    wave = survey(box, PSUS, [*four_psus(), *in_certain(1, 1, 0)])
    box.add(certain(wave, issued=2))
    town = found(figures(box, wave), "towns", "awareness_rate", "c")
    assert town.se == pytest.approx((3 / 2 * 6 / 81) ** 0.5)


def test_the_sensitivity_variant_is_for_the_district_only(box: Session) -> None:
    said = {"awareness_rate": 1.0, "awareness_rate_refused_out": 1.0}
    drafts = figures(box, survey(box, PSUS, [Said(psu, said) for psu in PSUS]))
    variant = [draft for draft in drafts if draft.indicator == "awareness_rate_refused_out"]
    assert {draft.part for draft in variant} == {"headline", "volunteers"}


def test_an_answer_from_a_psu_that_was_not_drawn_stops_the_release(box: Session) -> None:
    wave = survey(box, PSUS, aware("z/9", 1))
    with pytest.raises(AnalysisRefused, match="unknown_psu"):
        figures(box, wave)


def test_the_response_rate_leaves_out_only_the_known_ineligible() -> None:
    assert rr1(FieldworkCounts(100, 10), 45) == pytest.approx(0.5)
    assert rr1(FieldworkCounts(10, 10), 0) is None
