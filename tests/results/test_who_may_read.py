"""Officials read what was released to their organisation, in their area, and nothing before; the rest is 404."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.records.releases import Release
from surveys.records.staff import Action
from surveys.records.waves import Wave
from surveys.reporting.release import release
from tests.results import samples
from tests.results.conftest import Keeping, SignedIn
from tests.results.reading import FiguresOn
from webapp.db import Stores


def only_prepared(box: Session) -> Wave:
    wave = samples.closed_survey(box)
    samples.prepared(box, wave)
    return wave


def test_an_empty_shelf_says_when_reports_appear(signed_in: SignedIn, keep: Keeping) -> None:
    page = signed_in("official").get("/results/").get_data(as_text=True)
    assert "还没有发布的报告" in page
    assert "测评机构计算、核对并发布" in page


def test_before_the_release_an_official_finds_nothing_and_the_assessor_a_preview(
    signed_in: SignedIn, keep: Keeping
) -> None:
    wave = keep(only_prepared)
    official, home = signed_in("official"), f"/results/{wave.code}/1"
    assert wave.code not in official.get("/results/").get_data(as_text=True)
    for path in ("/", "/word", "/chart-towns-wide.svg"):
        assert official.get(home + path).status_code == 404
    assert official.get(f"/results/{wave.code}/7/").status_code == 404
    assessor = signed_in("assessor")
    assert "待发布" in assessor.get("/results/").get_data(as_text=True)
    assert "只有测评机构能看到" in assessor.get(f"{home}/").get_data(as_text=True)
    assert assessor.get(f"{home}/word").status_code == 200


def test_after_the_release_the_list_carries_the_rate_with_its_definition(signed_in: SignedIn, released: Wave) -> None:
    page = signed_in("official").get("/results/").get_data(as_text=True)
    assert f'href="/results/{released.code}/1/"' in page
    assert "95% 置信区间" in page
    assert "知识题得分达到 60 分" in page


def test_another_district_s_wave_is_not_found(signed_in: SignedIn, released: Wave) -> None:
    neighbour = signed_in("neighbour")
    assert "还没有发布的报告" in neighbour.get("/results/").get_data(as_text=True)
    for path in ("", "word", "chart-towns-wide.svg"):
        assert neighbour.get(f"/results/{released.code}/1/{path}").status_code == 404


def test_an_administrator_reads_no_results(signed_in: SignedIn, released: Wave) -> None:
    administrator = signed_in("administrator")
    assert administrator.get("/results/").status_code == 403
    assert administrator.get(f"/results/{released.code}/1/").status_code == 403


def test_an_area_grant_shows_its_towns_and_the_district_and_no_file_with_other_towns(
    signed_in: SignedIn, released: Wave
) -> None:
    local, home = signed_in("local"), f"/results/{released.code}/1"
    page = local.get(f"{home}/").get_data(as_text=True)
    places = FiguresOn(page).figures
    assert {place[4] for place in places if place[3] == "town"} == {samples.HERE}
    assert places["headline", "awareness_rate", "", "district", ""]["value"]
    assert "您的授权只含部分镇街" in page
    for form in ("word", "excel", "csv", "chart-towns-wide", "chart-towns-wide.svg"):
        assert local.get(f"{home}/{form}").status_code == 404
    assert local.get(f"{home}/chart-items-wide.svg").status_code == 200


def test_a_download_is_the_kept_file_and_is_logged(signed_in: SignedIn, released: Wave, stores: Stores) -> None:
    answer = signed_in("official").get(f"/results/{released.code}/1/word")
    assert answer.data == b"word 1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "filename*=UTF-8''%E6%B8%9D%E5%8C%97" in answer.headers["Content-Disposition"]
    with stores.registrar_reading() as registrar:
        line = registrar.scalars(select(Action).order_by(Action.sequence.desc()).limit(1)).one()
    assert (line.action, line.wave_id) == ("release.download", released.id)
    assert (line.details["release"], line.details["format"]) == (1, "word")


def test_an_unknown_file_is_not_found_and_a_drawing_runs_nothing(signed_in: SignedIn, released: Wave) -> None:
    official, home = signed_in("official"), f"/results/{released.code}/1"
    assert official.get(f"{home}/pdf").status_code == 404
    assert official.get(f"{home}/word.svg").status_code == 404
    chart = official.get(f"{home}/chart-towns-wide.svg")
    assert chart.mimetype == "image/svg+xml"
    assert "sandbox" in chart.headers["Content-Security-Policy"]


def test_an_erratum_shows_both_and_says_what_changed(signed_in: SignedIn, released: Wave, stores: Stores) -> None:
    with stores.box_transaction() as box:
        wave = box.get_one(Wave, released.id)
        first = box.scalars(select(Release).where(Release.wave_id == wave.id)).one()
        second = samples.prepared(box, wave, first, "发出户数登记有误")
        second_id = second.id
    official, home = signed_in("official"), f"/results/{released.code}"
    assert "这份报告已被更正" not in official.get(f"{home}/1/").get_data(as_text=True)
    assert official.get(f"{home}/2/").status_code == 404
    with stores.box_transaction() as box:
        release(box, box.get_one(Release, second_id), "评估人员", samples.NOW)
    old = official.get(f"{home}/1/").get_data(as_text=True)
    assert "这份报告已被更正" in old
    assert f'href="{home}/2/"' in old
    new = official.get(f"{home}/2/").get_data(as_text=True)
    assert "发出户数登记有误" in new
    assert "公布的数字没有改动" in new
    assert "已被第 2 号更正" in official.get("/results/").get_data(as_text=True)
