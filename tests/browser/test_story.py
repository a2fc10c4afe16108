"""One survey from phone to report, in browsers, by the three kinds of people it is made for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser import story_files
from tests.browser.papers import PrintedLetter, as_libreoffice_shows, without_blanks
from tests.browser.serving import Served
from tests.browser.story_files import TOWNS
from tests.browser.story_people import (
    WAVE,
    Staff,
    answer,
    draw_sample,
    homes,
    letters_of,
    others_answer,
    plan_wave,
    refused,
    reissued,
    settle,
    signed_in,
)
from tests.chromium import DESK, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("story")]
PSUS, TAKE = 4, 20
SILENT = 20  # letters that nobody answers


def test_from_the_frame_to_the_word_file(visitor: Visitor, served: Served, tmp_path: Path) -> None:
    settle(served)
    assessor = signed_in(visitor(viewport=DESK, accept_downloads=True), served, "li.mei")
    official = signed_in(visitor(viewport=DESK, accept_downloads=True), served, "zhao.qiang")
    phone = visitor(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    key = plan_wave(assessor, tmp_path)
    frame_and_margins(assessor)
    draw_sample(assessor, PSUS, TAKE)
    letters = [letter for town in TOWNS for letter in letters_of(assessor, town, tmp_path)]
    assert len({letter.code for letter in letters}) == len(TOWNS) * PSUS * TAKE
    opened(assessor)
    answered(assessor, phone, served, letters, key, tmp_path)
    assert official.visit(f"/results/{WAVE}/1/") == 404
    closed_and_released(assessor, official)
    the_official_reads(official, tmp_path)


def frame_and_margins(assessor: Staff) -> None:
    """A bad frame is refused with its place and mend and loses nothing, a good one shown before it is taken."""
    page = assessor.page
    assessor.visit(f"/waves/{WAVE}/frame")
    assessor.hand_in(story_files.bad_frame())
    fault = page.locator("main table tbody tr").first
    expect(fault).to_contain_text("一百二")
    assert fault.locator("th").inner_text() == "3"
    assert fault.locator("td").nth(0).inner_text() == "户数"
    assert fault.locator("td").nth(2).inner_text() != ""
    expect(page.locator("main")).to_contain_text("还没有抽样框")
    assessor.hand_in(story_files.good_frame())
    expect(page.locator("main")).to_contain_text("这些网格全部是新的")
    assessor.press("采用这个抽样框")
    expect(page.locator(".said.success")).to_contain_text("72 个网格")
    assessor.visit(f"/waves/{WAVE}/margins")
    assessor.hand_in(story_files.margins())
    expect(page.locator(".said.success")).to_contain_text("已采用")


def opened(assessor: Staff) -> None:
    """The wave lets answers in."""
    assessor.visit(f"/waves/{WAVE}/close")
    assessor.press("开放答题")
    expect(assessor.page.locator(".said.success")).to_be_visible()


def answered(
    assessor: Staff, phone: Page, served: Served, letters: list[PrintedLetter], key: Path, folder: Path
) -> None:
    """Residents answer; a lost letter is replaced, and its old code is worth nothing."""
    receipts = [answer(phone, served.url, letters[0].code), answer(phone, served.url, letters[1].code, big=True)]
    lost = letters[2]
    listed = [one for one in homes(assessor, folder) if one["户序号"] == str(lost.dwelling) and not one["备用"]]
    home = next(one for one in listed if without_blanks(one["网格名称"]) + f"第{lost.dwelling}户" in lost.text)
    new = reissued(assessor, (home["网格编号"], lost.dwelling), key, folder)
    assert "已经作废" in new.text
    assert refused(phone, served.url, lost.code)
    receipts.append(answer(phone, served.url, new.code))
    assert len(set(receipts)) == 3
    others_answer(served, [letter.code for letter in letters[3:-SILENT]])
    assessor.visit(f"/waves/{WAVE}/progress")
    expect(assessor.page.locator("main tbody")).to_contain_text("80")
    towns = assessor.page.locator("main tbody tr")
    assert [towns.nth(place).locator("td").nth(1).inner_text() for place in range(3)] == ["80", "80", "60"]


def closed_and_released(assessor: Staff, official: Staff) -> None:
    """Closing needs the wave's code; the job runs to its end; officials see nothing before the release."""
    page = assessor.page
    assessor.visit(f"/waves/{WAVE}/close")
    page.fill("#confirm", "another-wave")
    assessor.press("结束收集")
    expect(page.locator(".said.fault")).to_be_visible()
    page.fill("#confirm", WAVE)
    assessor.press("结束收集")
    expect(page.locator(".said.success")).to_contain_text("全部答卷已封存")
    assessor.visit(f"/waves/{WAVE}/analysis")
    page.set_default_timeout(90_000)  # the job runs inside this request
    assessor.press("开始分析")
    expect(page.locator(".said.success")).to_have_text("已完成")
    page.get_by_text("查看结果").click()
    assert official.visit(f"/results/{WAVE}/1/") == 404
    assert official.visit(f"/waves/{WAVE}/analysis/1") == 403
    page.check("#confirm")
    assessor.press("发布第 1 号报告")
    expect(page.locator(".said.success")).to_contain_text("第 1 号报告已发布")


def the_official_reads(official: Staff, folder: Path) -> None:
    """Page, Word as LibreOffice lays it out, Excel and CSV say the same of the whole district."""
    page = official.page
    official.visit("/results/")
    page.get_by_role("link", name="第 1 号报告").click()
    rate, interval, n, n_eff = (
        page.locator(f'#headline .large [data-field="{field}"]').inner_text()
        for field in ("value", "interval", "n", "n_eff")
    )
    assert n == "220"
    assert rate.endswith("%")
    files = {form: _file(official, folder, form) for form in ("word", "excel", "csv")}
    shown = as_libreoffice_shows(files["word"])
    assert "模拟数据" in shown
    assert [number for number in (rate, interval, n, n_eff) if number not in shown] == []
    sheet = load_workbook(files["excel"])["数据"]
    heads = [cell.value for cell in sheet[3]]
    first = dict(zip(heads, [cell.value for cell in sheet[4]], strict=True))
    assert [f"{100 * float(str(first['结果'])):.1f}%", str(first["n"])] == [rate, n]
    rows = list(csv.DictReader(files["csv"].read_text("utf-8-sig").splitlines()))
    assert [f"{rows[0]['value']}%", f"{rows[0]['lower']}%–{rows[0]['upper']}%", rows[0]["n"]] == [rate, interval, n]


def _file(official: Staff, folder: Path, form: str) -> Path:
    with official.page.expect_download() as coming:
        official.page.locator(f'a[href$="/{WAVE}/1/{form}"]').first.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path
