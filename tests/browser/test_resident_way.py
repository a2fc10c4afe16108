"""A resident's way through the pages, with and without script, on a small phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.resident_answers import fill_in, tap
from tests.browser.serving import Served
from tests.chromium import PHONE, Visitor
from tests.respond.samples import field, routed_code

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(visitor: Visitor) -> Page:
    """A small phone whose browser runs no script."""
    return visitor(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)


def test_the_whole_questionnaire_without_script(plain: Page, served: Served) -> None:
    code = field(served.stores).codes[0]
    plain.goto(served.url)
    plain.fill("#code", code.lower().replace("-", " "))
    plain.click("button.main")
    assert plain.url == f"{served.url}/s/{code}"
    fill_in(plain, age="")
    plain.click("button.main")
    expect(plain).to_have_title(re.compile("有 1 处需要改：第 1 题"))
    expect(plain.locator("#q-age-1")).to_be_focused()
    expect(plain.locator("textarea")).to_have_value("希望多办讲座")
    tap(plain, "age", "3")
    plain.click("button.main")
    expect(plain.locator(".receipt")).to_have_text(re.compile(r"\w{4}-\w{4}-\w{5}"))


def test_without_script_too_back_shows_nothing(plain: Page, served: Served) -> None:
    plain.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    fill_in(plain)
    plain.click("button.main")
    expect(plain.locator(".receipt")).to_be_visible()
    plain.go_back()
    assert plain.locator("input:checked").count() == 0
    assert "希望多办讲座" not in plain.content()


def test_the_open_link_and_another_person_without_script(plain: Page, served: Served) -> None:
    plain.goto(f"{served.url}/o/{field(served.stores).poster}?size=big")
    first = plain.url
    fill_in(plain)
    plain.click("button.main")
    receipt = plain.inner_text(".receipt")
    plain.get_by_text("换一位，在这部手机上作答").click()
    assert plain.url != first
    assert "size=big" in plain.url
    assert plain.locator("input:checked").count() == 0
    fill_in(plain)
    plain.click("button.main")
    assert plain.inner_text(".receipt") != receipt


def test_changing_the_size_half_way_keeps_the_answers(plain: Page, served: Served) -> None:
    plain.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    fill_in(plain)
    plain.get_by_role("button", name="换成大字版").click()
    expect(plain.locator("html")).to_have_class("big")
    expect(plain.locator('input[name="age"][value="3"]')).to_be_checked()
    expect(plain.locator("textarea")).to_have_value("希望多办讲座")
    plain.click("button.main")
    expect(plain.locator(".receipt")).to_be_visible()


def test_a_mistyped_code_is_said_at_once(phone: Page, served: Served) -> None:
    code = field(served.stores).codes[0]
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    phone.goto(served.url)
    phone.locator("#code").press_sequentially(wrong)
    expect(phone.locator("#code-said")).to_have_text("这串代码有一位不对。请对照信再看一遍。")
    phone.fill("#code", code.replace("0", "o").lower())
    expect(phone.locator("#code-said")).to_have_text("")


def test_an_answer_that_cannot_be_sent_stays_on_the_page(phone: Page, served: Served) -> None:
    phone.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    fill_in(phone)
    phone.context.set_offline(True)
    phone.click("button.main")
    expect(phone.locator("#sending")).to_contain_text("没有发出去")
    expect(phone.locator('input[name="age"][value="3"]')).to_be_checked()
    phone.context.set_offline(False)
    phone.click("button.main")
    expect(phone.locator(".receipt")).to_be_visible()
    assert phone.title().startswith("已经收到")


def test_back_shows_nothing_after_sending(phone: Page, served: Served) -> None:
    phone.goto(served.url)
    phone.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    fill_in(phone)
    phone.click("button.main")
    expect(phone.locator(".receipt")).to_be_visible()
    phone.go_back()
    phone.go_forward()
    assert phone.locator("input:checked").count() == 0
    assert phone.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_with_script_a_fault_is_focused_and_a_switch_keeps_answers(phone: Page, served: Served) -> None:
    phone.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    fill_in(phone, age="")
    phone.locator("a.switch", has_text="大字版").click()
    expect(phone.locator("html")).to_have_class("big")
    expect(phone.locator("textarea")).to_have_value("希望多办讲座")
    phone.click("button.main")
    expect(phone).to_have_title(re.compile("有 1 处需要改"))
    expect(phone.locator("#q-age-1")).to_be_focused()


def test_questions_that_do_not_apply_are_put_away(phone: Page, served: Served) -> None:
    phone.goto(f"{served.url}/s/{routed_code(served.stores)}")
    for away in ("#q-how_often", "#part-met"):
        expect(phone.locator(away)).to_be_hidden()
    tap(phone, "met_officer", "yes")
    for shown in ("#q-how_often", "#q-polite", "#q-wish"):
        expect(phone.locator(shown)).to_be_visible()
    tap(phone, "met_officer", "no")
    expect(phone.locator("#q-wish")).to_be_hidden()
    phone.click("button.main")
    expect(phone.locator(".receipt")).to_be_visible()


def test_none_of_these_stands_alone(phone: Page, served: Served) -> None:
    phone.goto(f"{served.url}/s/{field(served.stores).codes[0]}")
    tap(phone, "channels", "tv")
    tap(phone, "channels", "phone")
    alone = phone.locator('input[name="channels"][data-alone]').first
    tap(phone, "channels", str(alone.get_attribute("value")))
    assert phone.locator('input[name="channels"]:checked').count() == 1
    tap(phone, "channels", "tv")
    expect(alone).not_to_be_checked()


def test_an_evaluator_does_two_cases_one_after_the_other(plain: Page, served: Served) -> None:
    printed = field(served.stores)
    plain.goto(f"{served.url}/s/{printed.evaluator}")
    for case in printed.cases:
        plain.locator(f'a.main[href$="/{case}"]').click()
        tap(plain, "recused", "no")
        for mark in ("body", "facts", "procedure", "basis", "discretion", "conduct", "efficiency"):
            plain.fill(f'input[name="{mark}"][type="text"]', "88")
        plain.click("button.main")
        plain.get_by_text("回到案件列表").click()
    expect(plain.locator("main")).to_contain_text("一共 2 件，已经评议 2 件")


def test_the_first_page_takes_three_requests_to_one_host(phone: Page, served: Served) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{served.url}/s/{field(served.stores).codes[0]}", wait_until="networkidle")
    assert len([url for url in asked if not url.startswith("data:")]) <= 3
    assert all(url.startswith((served.url, "data:")) for url in asked)
