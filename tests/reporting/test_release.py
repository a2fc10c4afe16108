"""From a closed wave to a release: prepared, released, corrected; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.invented import catalog, keep_simulated, keep_wave
from surveys.errors import Conflict, NotFound
from surveys.records.kinds import Audience, WaveState
from surveys.records.releases import Figure, Release
from surveys.records.waves import Wave
from surveys.reporting.edition import edition
from surveys.reporting.numbers import interval_text, value_text
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.release import release, released, released_edition, superseded_by
from surveys.reporting.sentences import annual_paragraph, headline, limits, method_paragraphs
from surveys.sampling.area_store import keep_areas
from surveys.sampling.areas import areas_of_yubei
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.hard_cases import SILENT, hard_wave
from tests.reporting.made import FIELDWORK, PSUS, Said, answers, cases, evaluated, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)


def made(box: Session) -> Wave:
    return survey(box, PSUS, answers())


def test_a_release_carries_both_audiences_definitions_labels_and_facts(box: Session) -> None:
    wave = made(box)
    prepared = prepare_figures(box, wave, FIELDWORK, NOW)
    assert (prepared.number, prepared.released_at, prepared.synthetic) == (1, None, True)
    audiences = box.scalars(select(Figure.audience).where(Figure.release_id == prepared.id).distinct())
    assert set(audiences) == set(Audience)
    for figure in prepared.figures:
        definition = prepared.definitions[figure.indicator]
        assert definition["version"] == figure.version
        assert definition["definition"]["zh"]
        assert definition["definition"]["en"]
    assert prepared.facts["design"]["psus_drawn"] == len(PSUS)
    assert prepared.labels["sex"]["codes"]["1"]["zh"] == "男"


def test_every_figure_has_a_value_or_a_reason_and_every_estimate_its_interval(box: Session) -> None:
    prepared = prepare_figures(box, made(box), FIELDWORK, NOW)
    assert prepared.figures
    for figure in prepared.figures:
        assert (figure.value is None) == bool(figure.reason)
        assert figure.value is None or figure.method
        if figure.value is not None and figure.part in ("headline", "towns", "groups", "items", "satisfaction"):
            assert None not in (figure.n, figure.n_eff, figure.df, figure.se, figure.lower, figure.upper)


def test_officials_see_nothing_before_it_is_released(box: Session) -> None:
    wave = made(box)
    prepared = prepare_figures(box, wave, FIELDWORK, NOW)
    with pytest.raises(NotFound):
        released(box, wave)
    release(box, prepared, "Li", NOW)
    assert released(box, wave).id == prepared.id
    assert (prepared.released_by, prepared.released_at) == ("Li", NOW)
    with pytest.raises(NotFound):
        released(box, wave, 2)
    with pytest.raises(Conflict):
        release(box, prepared, "Li", NOW)


def test_nothing_is_prepared_while_the_wave_is_open(box: Session) -> None:
    wave = made(box)
    wave.state = WaveState.OPEN
    with pytest.raises(Conflict):
        prepare_figures(box, wave, FIELDWORK, NOW)


def test_an_erratum_is_a_new_release_that_names_the_old_one_and_why(box: Session) -> None:
    wave = made(box)
    first = release(box, prepare_figures(box, wave, FIELDWORK, NOW), "Li", NOW)
    with pytest.raises(Conflict):
        prepare_figures(box, wave, FIELDWORK, NOW, corrects=first, reason=" ")
    second = prepare_figures(box, wave, FIELDWORK, NOW, corrects=first, reason="题 3 的答案更正")
    assert superseded_by(box, first) is None
    release(box, second, "Li", NOW)
    assert (second.number, released(box, wave).number, released(box, wave, 1).id) == (2, 2, first.id)
    assert superseded_by(box, first) is second
    read = released_edition(box, wave, Audience.OFFICIAL)
    assert read.corrects is first
    assert len(read.figures) == len(edition(box, first, Audience.OFFICIAL).figures)


def test_an_erratum_corrects_a_release_of_its_own_wave(box: Session) -> None:
    other = prepare_figures(box, cases(box, ["one"]), None, NOW)
    with pytest.raises(Conflict):
        prepare_figures(box, made(box), FIELDWORK, NOW, corrects=other, reason="why")


def test_the_headline_sentence_cannot_overstate(box: Session) -> None:
    wave = made(box)
    read = edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)
    for language, mark in (("zh", "模拟数据"), ("en", "synthetic data")):
        paragraph = annual_paragraph(read, language)
        figure = read.headline
        assert figure is not None
        for needed in (
            value_text(figure),
            interval_text(figure),
            mark,
            f"{figure.n:,}",
            "RR1",
            read.definition_of(figure.indicator, language),
        ):
            assert needed in paragraph
        assert "{" not in paragraph
        assert mark in headline(read, language)


def test_the_latest_released_case_evaluation_of_the_area_stands_beside(box: Session) -> None:
    of_cases = cases(box, ["one", "one"])
    for case in ("c1", "c2"):
        for rater in ("deputies-01", "lawyers-01", "residents-01"):
            evaluated(box, of_cases, case, rater, 80.0 if case == "c1" else 90.0)
    unreleased = prepare_figures(box, of_cases, None, NOW)
    assert prepare_figures(box, made(box), FIELDWORK, NOW).companion_id is None
    release(box, unreleased, "Li", NOW)
    wave = box.scalars(select(Wave).where(Wave.code == "made")).one()
    again = prepare_figures(box, wave, FIELDWORK, NOW)
    assert again.companion_id == unreleased.id
    assert "社会评议" in annual_paragraph(edition(box, again, Audience.OFFICIAL))


def test_the_public_never_sees_the_list_of_cases(box: Session) -> None:
    wave = cases(box, ["one"])
    for rater in ("deputies-01", "lawyers-01", "residents-01"):
        evaluated(box, wave, "c1", rater, 80.0)
    prepared = prepare_figures(box, wave, None, NOW)
    listed = {figure.audience for figure in prepared.figures if figure.domain == "case"}
    assert listed == {Audience.OFFICIAL}


def test_a_survey_needs_its_fieldwork_counts(box: Session) -> None:
    with pytest.raises(Conflict):
        prepare_figures(box, made(box), None, NOW)


@pytest.mark.parametrize("plan", [{}, {"lonely": "collapse"}])
def test_the_hard_wave_gives_values_or_reasons_and_never_nonsense(box: Session, plan: dict[str, str]) -> None:
    draw, work = hard_wave(synthetic_frame("hard"), "hard")
    wave = keep_wave(box, catalog("legal_awareness"), "hard", plan)
    invented = keep_simulated(box, wave, draw, work, "hard")
    read = edition(box, prepare_figures(box, wave, invented.fieldwork, NOW), Audience.OFFICIAL)
    for figure in read.figures:
        assert (figure.value is None) == bool(figure.reason)
        assert figure.value is None or figure.value == figure.value
    silent = read.one("towns", "awareness_rate", SILENT)
    assert silent is not None
    assert (silent.value, silent.n, silent.reason) == (None, None, "confidential")
    district = read.headline
    assert district is not None
    assert (district.reason == "one_psu") == (not plan)


def test_a_sample_of_some_towns_never_speaks_for_the_whole_district(box: Session) -> None:
    keep_areas(box, areas_of_yubei())
    psus = [f"{town}/{number}" for town in ("500112002", "500112004") for number in (1, 2, 3, 4)]
    said = [Said(psu, {"awareness_rate": float(one > 4)}) for psu in psus for one in range(20)]
    read = edition(box, prepare_figures(box, survey(box, psus, said), FIELDWORK, NOW), Audience.OFFICIAL)
    paragraph = annual_paragraph(read)
    assert "这 2 个镇街（全区共 30 个） 15 周岁及以上常住居民" in paragraph
    assert "经加权推算，全区" not in paragraph
    assert "渝北区（30 个镇街中的 2 个）2021年" in headline(read)
    assert "in these 2 of the district's 30 towns" in annual_paragraph(read, "en")
    assert "Yubei District (2 of its 30 towns), 2021" in headline(read, "en")
    for language, words in (("zh", "只抽了 30 个镇街中的 2 个"), ("en", "Only 2 of 30 towns")):
        assert any(words in limit for limit in limits(read, language))
        assert "{" not in "".join(limits(read, language))


def test_a_sample_of_every_town_speaks_for_the_district(box: Session) -> None:
    read = edition(box, prepare_figures(box, made(box), FIELDWORK, NOW), Audience.OFFICIAL)
    assert "经加权推算，全区 15 周岁及以上常住居民" in annual_paragraph(read)
    assert "aged 15 and over in the district is" in annual_paragraph(read, "en")
    assert not any("只抽了" in limit for limit in limits(read))


def test_the_method_prints_the_rule_of_completeness_the_lonely_rule_and_the_calibration(box: Session) -> None:
    wave = survey(box, [*PSUS, "d/1"], [*answers(), Said("d/1", {"awareness_rate": 1.0})], {"lonely": "collapse"})
    read = edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)
    for language, needed in (
        ("zh", ("至少 80%", "有 1 层只抽了一个", "合并计算误差", "每个网格系统抽取 20 户")),
        ("en", ("at least 80 %", "unit (synthetic data): 1;", "joined with the next", "20 dwellings systematically")),
    ):
        text = "\n".join(method_paragraphs(read, language))
        assert "{" not in text
        for words in needed:
            assert words in text
    assert "在 4 个镇街按概率抽样" in annual_paragraph(read)


@pytest.mark.parametrize(
    ("made_by", "gap", "words"),
    [("raking", 1e-15, ("raking", "below 0.0001 %")), ("logit", 2e-5, ("left the bounds", "0.0020 %"))],
)
def test_the_weights_say_how_they_were_calibrated_and_what_gap_is_left(
    box: Session, made_by: str, gap: float, words: tuple[str, ...]
) -> None:
    prepared = prepare_figures(box, made(box), FIELDWORK, NOW)
    done = {"method": made_by, "level": 2.1397, "gap": gap, "smallest": 0.65, "largest": 1.69}
    prepared.facts = prepared.facts | {"weights": prepared.facts["weights"] | done}
    text = "\n".join(method_paragraphs(edition(box, prepared, Audience.OFFICIAL), "en"))
    for word in ("multiplied by 2.14", *words):
        assert word in text
    assert "{" not in text


def test_a_release_of_nothing_is_full_of_reasons(box: Session) -> None:
    prepared = prepare_figures(box, survey(box, PSUS, []), FIELDWORK, NOW)
    estimates = [figure for figure in prepared.figures if figure.part not in ("fieldwork",)]
    assert estimates
    assert all(figure.value is None and figure.reason for figure in estimates)
    assert "不公布数值" in annual_paragraph(edition(box, prepared, Audience.OFFICIAL))
    assert box.get(Release, prepared.id) is prepared
