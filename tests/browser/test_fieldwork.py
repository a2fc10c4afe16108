"""The assessor's pages in a real browser, small and wide, with the demonstration's full frame."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from surveys.collection.waves import open_wave
from surveys.records.kinds import Channel
from surveys.records.passes import TownCount
from surveys.records.waves import Wave
from surveys.sampling.allocation import psus_per_town
from surveys.sampling.store import keep_frame, keep_margins, publish_design, run_draw
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.population import census_margins, town_margins
from tests.browser.serving import Served, serving
from tests.chromium import DESK, PHONE
from tests.fieldwork.samples import CODE, a_wave, frame, frame_csv, key_file, staffed
from tests.fieldwork.test_way import closed_wave
from tests.webapp.conftest import LONG_AGO, PASSWORD
from webapp.db import Stores
from webapp.fieldwork.frame_parcel import base_csv
from webapp.issuing import issue_codes

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
SHOTS = os.environ.get("MINPING_SCREENSHOTS", "")  # a folder, to look at the pages oneself
TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(thing => !['hidden', 'checkbox'].includes(thing.type))
  .filter(thing => thing.offsetParent && !thing.classList.contains('skip'))
  .filter(thing => { const box = thing.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
  .map(thing => thing.outerHTML.slice(0, 120))"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
Axe = Callable[[Page], list[str]]


@pytest.fixture
def served(stores: Stores, tmp_path: Path) -> Iterator[Served]:
    """The application with an assessor, the areas of Yubei, and no wave yet."""
    staffed(stores)
    with serving(stores, tmp_path / "data") as running:
        yield running


def signed_in(page: Page, served: Served) -> Page:
    page.goto(f"{served.url}/staff/login")
    page.get_by_label("登录名").fill("assessor.li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def looked_at(page: Page, axe: Axe, name: str) -> None:
    """In both sizes: nothing for axe, nothing sideways, nothing too small for a finger."""
    for size, viewport in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
        assert axe(page) == [], f"{name} {size}"
        assert page.evaluate(SIDEWAYS) <= 0, f"{name} {size}"
        assert page.evaluate(TOO_SMALL) == [], f"{name} {size}"


def drawn_wave(stores: Stores) -> Wave:
    """The demonstration's design, drawn."""
    wave, _pair = a_wave(stores)
    listed = synthetic_frame("browser")
    allocation = psus_per_town({town: count.dwellings for town, count in listed.counts.items()})
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, wave, "firm", listed, "模拟抽样框.csv", LONG_AGO)
        draw = run_draw(registrar, wave, allocation, "双色球 2026-01-01", LONG_AGO)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)
        keep_margins(box, wave, "age*sex", census_margins())
        keep_margins(box, wave, "town", town_margins())
    return wave


def test_a_wave_is_planned_and_its_key_downloaded(desk: Page, served: Served, axe: Axe) -> None:
    page = signed_in(desk, served)
    page.goto(f"{served.url}/waves/")
    looked_at(page, axe, "waves-empty")
    page.get_by_role("link", name="新建第一个批次").click()
    page.get_by_label("中文名称").fill("渝北区2026年法治宣传教育测评")
    page.get_by_role("main").get_by_role("button", name="新建批次").click()
    expect(page.get_by_label("中文名称")).to_have_value("渝北区2026年法治宣传教育测评")
    looked_at(page, axe, "wave-faults")
    page.get_by_label("英文名称").fill("Yubei 2026")
    page.get_by_label("批次编号").fill("yubei-27")
    page.get_by_label("问卷", exact=True).select_option("legal-awareness 2021.1")
    page.get_by_label("地区", exact=True).select_option("stats 500112")
    page.get_by_label("委托单位代码").fill("yubei")
    page.get_by_label("开始").fill("2031-09-01T08:00")
    page.get_by_label("结束").fill("2031-10-01T18:00")
    for label, words in (("批准机关", "统计局"), ("批准文号", "1号"), ("咨询电话", "023")):
        page.get_by_label(label).fill(words)
    page.get_by_label("有效期至").fill("2031-12-31")
    page.get_by_role("main").get_by_role("button", name="新建批次").click()
    looked_at(page, axe, "key-once")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "minping-yubei-27.key"
    assert download.value.path().read_text().startswith("minping-key-1 yubei-27 ")
    page.get_by_role("link", name="已经保存，继续").click()
    looked_at(page, axe, "overview-new")


def test_a_frame_is_checked_and_taken(desk: Page, served: Served, axe: Axe) -> None:
    a_wave(served.stores)
    page = signed_in(desk, served)
    page.goto(f"{served.url}/waves/{CODE}/draw")
    looked_at(page, axe, "draw-without-frame")
    page.goto(f"{served.url}/waves/{CODE}/frame")
    looked_at(page, axe, "frame-empty")
    bad = frame_csv("500112999,甲社区,A-1,第1网格,网格,一百二十八", "500112002,甲社区,A-1,第2网格,楼栋,")
    for content, name in ((bad, "frame-refused"), (base_csv(frame()), "frame-offered")):
        choose(page, content)
        page.get_by_role("button", name="上传并检查").click()
        looked_at(page, axe, name)
    page.get_by_role("button", name="采用这个抽样框").click()
    expect(page.get_by_role("status")).to_contain_text("抽样框已采用")
    looked_at(page, axe, "frame-taken")
    page.goto(f"{served.url}/waves/{CODE}/draw")
    looked_at(page, axe, "draw-plan-small")


def test_a_full_sample_is_looked_at_and_its_letters_printed(desk: Page, served: Served, axe: Axe) -> None:
    wave = drawn_wave(served.stores)
    page = signed_in(desk, served)
    for name in ("frame", "margins", "draw", "invitations", "posters", "progress", "close", "analysis"):
        page.goto(f"{served.url}/waves/{CODE}/{name}")
        looked_at(page, axe, f"planned-{name}")
    page.goto(f"{served.url}/waves/{CODE}/draw")
    page.get_by_role("button", name="重抽核对").click()
    expect(page.get_by_role("status")).to_contain_text("一致")
    page.goto(f"{served.url}/waves/{CODE}/invitations")
    with page.expect_download() as download:
        page.get_by_role("button", name="打印邀请信：双凤桥街道").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    under_way(served.stores, wave)
    for name in ("", "invitations", "progress", "close"):
        page.goto(f"{served.url}/waves/{CODE}/{name}")
        looked_at(page, axe, f"open-{name or 'overview'}")


def choose(page: Page, content: bytes) -> None:
    """Choose a frame file in the form."""
    file: FilePayload = {"name": "渝北网格.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("CSV 或 XLSX 文件").set_input_files(file)


def under_way(stores: Stores, wave: Wave) -> None:
    """All letters out, the wave open, some answers counted in every third town."""
    issued = issue_codes(stores, wave)
    towns = sorted({one.unit.town for one in issued})
    with stores.box_transaction() as box:
        open_wave(box, box.get_one(Wave, wave.id), datetime.now(UTC))
        for place, town in enumerate(towns):
            said = 0 if place % 3 == 1 else 40 + 3 * place
            box.add(TownCount(wave_id=wave.id, town=town, channel=Channel.INVITED, answered=said, shown=said))


@pytest.mark.slow
def test_a_release_is_checked_before_it_is_let_out(desk: Page, served: Served, axe: Axe) -> None:
    closed_wave(served.stores)
    page = signed_in(desk, served)
    for name in ("", "close", "progress", "analysis"):
        page.goto(f"{served.url}/waves/{CODE}/{name}")
        looked_at(page, axe, f"closed-{name or 'overview'}")
    page.goto(f"{served.url}/waves/{CODE}/analysis")
    page.get_by_role("button", name="开始分析").click()
    page.get_by_role("link", name="查看结果").click(timeout=120_000)
    looked_at(page, axe, "release-prepared")
    page.get_by_label("我已核对").check()
    page.get_by_role("button", name="发布第 1 号报告").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    looked_at(page, axe, "release-out")


def test_everything_can_be_done_without_script(visitor: Callable[..., Page], served: Served) -> None:
    _wave, pair = a_wave(served.stores)
    page = signed_in(visitor(viewport=PHONE, java_script_enabled=False), served)
    page.goto(f"{served.url}/waves/{CODE}/frame")
    choose(page, base_csv(frame()))
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name="采用这个抽样框").click()
    page.goto(f"{served.url}/waves/{CODE}/draw")
    page.get_by_role("textbox", name="种子", exact=True).fill("公开的种子")
    page.get_by_role("button", name="抽取样本").click()
    expect(page.get_by_role("status")).to_contain_text("样本已抽取")
    page.goto(f"{served.url}/waves/{CODE}/invitations")
    with page.expect_download() as download:
        page.get_by_role("button", name="打印邀请信").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert key_file(pair)[1] == f"minping-{CODE}.key"
