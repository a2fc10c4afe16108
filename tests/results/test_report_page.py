"""The report page says exactly what the release holds, of every figure, with how it was made."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from surveys.records.kinds import Audience
from surveys.records.releases import Figure
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.release import released_edition
from surveys.reporting.sentences import annual_paragraph, headline, method_paragraphs
from surveys.reporting.words import reason_text
from tests.results.conftest import SignedIn
from tests.results.reading import FiguresOn
from tests.results.samples import BODY, HERE, HOSTILE, SPARSE
from webapp.db import Stores


@pytest.fixture
def edition(stores: Stores, released: Wave) -> Edition:
    with stores.box_reading() as box:
        return released_edition(box, released, Audience.OFFICIAL)


@pytest.fixture
def official(signed_in: SignedIn) -> FlaskClient:
    return signed_in("official")


@pytest.fixture
def page(official: FlaskClient, released: Wave) -> str:
    answer = official.get(f"/results/{released.code}/1/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def printed(figure: Figure) -> dict[str, str]:
    """What every file prints of a figure, empty texts left out."""
    numbers = rounded(figure)
    said = {
        "value": value_text(figure),
        "interval": interval_text(figure),
        "n": number_text(numbers.n),
        "n_eff": number_text(numbers.n_eff),
        "reason": reason_text(figure.reason, figure.reason_values),
    }
    return {field: text for field, text in said.items() if text}


def test_every_figure_of_the_release_stands_on_the_page_as_it_is_printed_everywhere(
    page: str, edition: Edition
) -> None:
    shown = FiguresOn(page).figures
    assert edition.companion is not None
    for figure in (*edition.figures, *edition.companion.figures):
        place = (figure.part, figure.indicator, figure.item, figure.domain, figure.domain_code)
        assert place in shown, place
        for field, texts in shown[place].items():
            if field in ("value", "interval", "n", "n_eff", "reason"):
                assert set(texts) == {printed(figure)[field]}, (place, field)


def test_rates_and_scores_carry_interval_n_and_effective_n(page: str, edition: Edition) -> None:
    shown = FiguresOn(page).figures
    estimated = [figure for figure in edition.figures if figure.lower is not None and figure.part != "comparisons"]
    assert len(estimated) > 50
    for figure in estimated:
        place = (figure.part, figure.indicator, figure.item, figure.domain, figure.domain_code)
        assert {"value", "interval", "n", "n_eff"} <= shown[place].keys(), place


def test_the_sentences_are_those_of_the_files(page: str, edition: Edition) -> None:
    for sentence in (headline(edition), annual_paragraph(edition), *method_paragraphs(edition)):
        assert "模拟数据" in sentence
        assert sentence.replace("&", "&amp;").replace('"', "&#34;") in page


def test_definition_and_version_stand_with_the_headline_and_in_full_below(page: str, edition: Edition) -> None:
    assert edition.headline is not None
    definition = edition.definition_of(edition.headline.indicator)
    assert page.count(definition) >= 3
    assert page.count("这个数是怎么算的") >= 8


def test_towns_stand_in_register_order_and_nothing_ranks_them(page: str) -> None:
    names = re.findall(
        r'data-part="towns" data-indicator="awareness_rate" data-item="" data-domain="town" data-code="(\d+)"', page
    )
    assert names == sorted(names)
    assert HERE in names
    assert "排名次" in page
    assert set(re.findall(r"sort=(\w+)", page)) == {"band"}


def test_a_hidden_town_says_why_and_shows_no_number(page: str) -> None:
    hidden = FiguresOn(page).figures["towns", "awareness_rate", "", "town", SPARSE]
    assert list(hidden) == ["reason"]
    assert hidden["reason"][0].startswith("不公布：为保护作答者")


def test_satisfaction_tables_print_don_t_know_and_no_answer(page: str, edition: Edition) -> None:
    figure = edition.one("satisfaction", "satisfied_publicity", item="sat_publicity")
    assert figure is not None
    shown = FiguresOn(page).figures["satisfaction", "satisfied_publicity", "sat_publicity", "district", ""]
    assert shown["dont_know"] == [str(figure.counts["d"])]
    assert shown["refused"] == [str(figure.counts["r"])]


def test_items_name_their_law_and_volunteers_have_no_interval(page: str) -> None:
    assert "《中华人民共和国宪法》 序言、第五条" in page
    volunteers = {place: said for place, said in FiguresOn(page).figures.items() if place[0] == "volunteers"}
    assert volunteers
    assert all("interval" not in said and "n_eff" not in said for said in volunteers.values())


def test_names_of_bodies_are_shown_as_they_were_typed(page: str) -> None:
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    bodies = {place[4] for place in FiguresOn(page).figures if place[3] == "body"}
    assert bodies == {BODY, HOSTILE}


def test_a_department_with_few_cases_has_a_list_and_no_mean(page: str) -> None:
    shown = FiguresOn(page).figures
    assert "value" not in shown["cases", "case_score", "", "body", HOSTILE]
    assert shown["cases", "case_score", "", "case", "c36"]["value"]
    assert shown["cases", "case_score", "", "case", "c1"]["grade"][0].startswith("不合格")


def test_charts_come_wide_and_narrow_with_their_message_in_words(page: str, released: Wave) -> None:
    home = f"/results/{released.code}/1"
    assert f'srcset="{home}/chart-towns-narrow.svg"' in page
    assert f'src="{home}/chart-towns-wide.svg"' in page
    assert re.search(r'alt="图：各镇街法治宣传教育普及率（模拟数据）及 95% 置信区间，按登记顺序', page)


def test_the_case_evaluation_has_a_report_of_its_own(official: FlaskClient, released: Wave) -> None:
    page = official.get("/results/cases/1/").get_data(as_text=True)
    assert FiguresOn(page).figures["cases", "case_score", "", "district", ""]["value"]
    assert "模拟数据" in page
    assert 'id="towns"' not in page


def test_the_page_speaks_english(official: FlaskClient, released: Wave, edition: Edition) -> None:
    page = official.get(f"/results/{released.code}/1/?lang=en").get_data(as_text=True)
    assert headline(edition, "en") in page
    assert "synthetic data" in page
