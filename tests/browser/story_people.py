"""The three kinds of people of the story, and what each of them does in a browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Download, Page, expect
from sqlalchemy import select

from surveys.collection.codes import AccessCode
from surveys.collection.publish import instrument_of
from surveys.collection.submit import submit
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from surveys.sampling.area_store import keep_areas
from surveys.sampling.areas import areas_of_yubei
from surveys.simulation.raw import raw_answers
from surveys.simulation.volunteers import volunteers
from tests.browser.papers import PrintedLetter, printed_letters
from tests.browser.resident_answers import fill_in, tap
from tests.browser.serving import Served
from tests.browser.story_files import TOWNS, Upload
from tests.durability.serving import post
from tests.webapp.conftest import LONG_AGO, PASSWORD, person
from webapp import people
from webapp.people import Actor

WAVE = "yubei-story"
ZONE = ZoneInfo("Asia/Shanghai")
FORM = "main form button"


@dataclass(frozen=True)
class Staff:
    """Somebody at a desk, signed in."""

    page: Page
    url: str

    def visit(self, path: str) -> int:
        """The HTTP status of a page of ours."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer.status

    def press(self, name: str) -> None:
        """Press the main part's button of this name."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def hand_in(self, upload: Upload) -> None:
        """Choose a file and send it."""
        self.page.locator("#file").set_input_files(upload.payload())  # type: ignore[arg-type]
        self.press("上传并检查")

    def downloaded(self, folder: Path, press: str) -> Path:
        """The file that a button or link brings."""
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_text(press, exact=True).first.click()
        return kept(coming.value, folder)


def kept(download: Download, folder: Path) -> Path:
    """The downloaded file in a folder, under the name it came with."""
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def settle(served: Served) -> None:
    """What stands before the story begins: areas, two organisations, an assessor and an official."""
    with served.stores.box_transaction() as box:
        keep_areas(box, areas_of_yubei())
    actor = Actor(None, LONG_AGO)
    with served.stores.registrar_transaction() as registrar:
        people.new_organisation(
            registrar, actor, "justice", "commissioner", "渝北区司法局（模拟）", "Bureau (synthetic)"
        )
        people.new_organisation(registrar, actor, "firm", "assessor", "民评调查中心（模拟）", "Centre (synthetic)")
    person(served.stores, "li.mei", (Role.ASSESSOR, "firm"))
    person(served.stores, "zhao.qiang", (Role.OFFICIAL, "justice"))


def signed_in(page: Page, served: Served, login: str) -> Staff:
    """Sign in on a fresh browser."""
    page.goto(f"{served.url}/staff/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click(FORM)
    page.wait_for_url(f"{served.url}/staff/")
    return Staff(page, served.url)


def plan_wave(assessor: Staff, folder: Path) -> Path:
    """Create the wave, first with a field left empty; gives the key file."""
    today = datetime.now(UTC).astimezone(ZONE)
    days = {"opens_at": today - timedelta(days=1), "closes_at": today + timedelta(days=20)}
    typed = {name: f"{day:%Y-%m-%dT%H:%M}" for name, day in days.items()}
    typed |= {"code": WAVE, "title_en": "Yubei story", "commissioner": "justice", "contact": "023-0000 0000（模拟）"}
    typed |= {"approval_body": "渝北区统计局（模拟）", "approval_number": "模拟〔2026〕7号", "expected_response": "80"}
    typed["approval_expires"] = f"{today + timedelta(days=60):%Y-%m-%d}"
    page = assessor.page
    assessor.visit("/waves/new")
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    page.select_option("#instrument", label=page.locator("#instrument option", has_text="legal-awareness").inner_text())
    page.select_option("#area", "stats 500112")
    page.check("#synthetic")
    assessor.press("新建批次")
    expect(page.locator("#title_zh-fault")).to_be_visible()
    expect(page.locator("#approval_number")).to_have_value("模拟〔2026〕7号")
    page.fill("#title_zh", "渝北区法治宣传教育测评（故事）")
    assessor.press("新建批次")
    expect(page.get_by_role("heading", level=1)).to_have_text("请现在保存密钥")
    return assessor.downloaded(folder, f"下载 minping-{WAVE}.key")


def draw_sample(assessor: Staff, psus: int, take: int) -> None:
    """Draw with a seed, and draw again from the record."""
    page = assessor.page
    assessor.visit(f"/waves/{WAVE}/draw")
    for town in TOWNS:
        page.fill(f'input[name="psus-{town}"]', str(psus))
    page.fill("#take", str(take))
    page.fill("#seed", "故事的种子 2026")
    assessor.press("抽取样本（只能一次）")
    expect(page.locator("main")).to_contain_text("故事的种子 2026")
    assessor.press("重抽核对")
    expect(page.locator(".said.success")).to_contain_text("样本完全相同")


def letters_of(assessor: Staff, town: str, folder: Path) -> list[PrintedLetter]:
    """Print a town's letters."""
    assessor.visit(f"/waves/{WAVE}/invitations")
    with assessor.page.expect_download() as coming:
        assessor.page.locator(f'form:has(input[name="town"][value="{town}"]) button').click()
    return printed_letters(kept(coming.value, folder).read_bytes())


def reissued(assessor: Staff, place: tuple[str, int], key: Path, folder: Path) -> PrintedLetter:
    """A new letter for a lost one."""
    assessor.visit(f"/waves/{WAVE}/invitations")
    assessor.page.fill("#psu", place[0])
    assessor.page.fill("#dwelling", str(place[1]))
    assessor.page.set_input_files("#lost-key", key)
    found = printed_letters(assessor.downloaded(folder, "作废旧码并打印新信").read_bytes())
    assert len(found) == 1
    return found[0]


def homes(assessor: Staff, folder: Path) -> list[dict[str, str]]:
    """The list of sampled dwellings, as those who visit get it."""
    assessor.visit(f"/waves/{WAVE}/draw")
    content = assessor.downloaded(folder, "下载住户清单").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def answer(page: Page, url: str, code: str, big: bool = False) -> str:
    """Answer at the door, in elder mode or not, forgetting the age at first; gives the receipt."""
    page.goto(url)
    if big:
        page.get_by_text("大字版").click()
    page.fill("#code", code.lower())
    page.click("button.main")
    assert ("size=big" in page.url) == big
    fill_in(page, age="")
    page.click("button.main")
    expect(page).to_have_title(re.compile("有 1 处需要改：第 1 题"))
    expect(page.locator("textarea")).to_have_value("希望多办讲座")
    tap(page, "age", "3")
    page.click("button.main")
    return page.inner_text(".receipt")


def refused(page: Page, url: str, code: str) -> bool:
    """Whether a code leads to the kind page for codes that cannot be used."""
    page.goto(f"{url}/s/{code}")
    return page.inner_text("h1") == "这个代码现在不能用"


def others_answer(served: Served, codes: Sequence[str]) -> None:
    """Everybody else: the first ten by HTTP as an old phone does, the rest through the same door without the web."""
    now = datetime.now(UTC)
    with served.stores.box_transaction() as box:
        wave = box.scalars(select(Wave).where(Wave.code == WAVE)).one()
        raws = list(raw_answers(instrument_of(wave), volunteers("故事", len(codes)), "故事"))
        for code, raw in list(zip(codes, raws, strict=True))[10:]:
            submit(box, AccessCode.parse(code), raw, now)
    for code, raw in zip(codes[:10], raws, strict=False):
        status, page = post(int(served.url.rsplit(":", 1)[1]), f"/s/{code}", raw)
        assert (status, "回执号" in page) == (200, True), page
