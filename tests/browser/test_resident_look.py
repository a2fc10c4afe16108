"""What everybody must be able to see, read and tap: measured in a browser, in both sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from surveys.collection.waves import close_wave, wave_by_code
from tests.browser.resident_answers import fill_in, tap
from tests.browser.serving import Served
from tests.chromium import PHONE, Visitor
from tests.respond.samples import Field, field, routed_code

pytestmark = pytest.mark.browser

Violations = Callable[[Page], list[str]]
SIZES = pytest.mark.parametrize("size", ["", "?size=big"], ids=["normal", "big"])
WIDTHS = (320, 1280, 360)  # 320 is also 640 at 200 %, and 1280 at 400 %

TOO_SMALL = """(least) => [...document.querySelectorAll("a, button, select, textarea, input.field, label.row")]
  .filter(one => one.offsetParent !== null && !one.matches(".skip"))
  .map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])
  .filter(([box]) => box.height < least - 0.01 || box.width < least - 0.01)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""
CLOSE_ROWS = """() => [...document.querySelectorAll("label.row + label.row")]
  .filter(row => row.getBoundingClientRect().top - row.previousElementSibling.getBoundingClientRect().bottom < 8)
  .length"""
TEXTS = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.offsetParent !== null && [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(one => [getComputedStyle(one), one.outerHTML.slice(0, 90)])
  .map(([style, html]) => [parseFloat(style.fontSize), parseFloat(style.lineHeight), html])
  .map(([px, line, html]) => [px, line / px, html])"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def states(page: Page, served: Served, size: str) -> Iterator[str]:
    """Bring the page into each state that a resident or an evaluator can meet; gives its name."""
    printed = field(served.stores)
    yield from _before_answering(page, served, printed, size)
    yield from _answering(page, served, printed, size)
    yield from _evaluating(page, served, printed, size)
    with served.stores.box_transaction() as box:
        close_wave(box, wave_by_code(box, printed.wave))
    for name, path in (("closed", f"/s/{printed.codes[2]}"), ("right answers", f"/answers/{printed.wave}")):
        page.goto(served.url + path + size)
        yield name


def _before_answering(page: Page, served: Served, printed: Field, size: str) -> Iterator[str]:
    page.goto(f"{served.url}/{size}")
    yield "door"
    page.fill("#code", "ABCD")
    page.click("button.main")
    yield "wrong code"
    paths = {"unknown": "/s/ABCD", "about": f"/about/{printed.wave}", "secret": f"/answers/{printed.wave}"}
    for name, path in paths.items():
        page.goto(served.url + path + size)
        yield name


def _answering(page: Page, served: Served, printed: Field, size: str) -> Iterator[str]:
    page.goto(f"{served.url}/s/{printed.codes[0]}{size}")
    yield "empty"
    fill_in(page, age="")
    yield "filled"
    page.click("button.main")
    page.wait_for_selector("#faults")
    yield "faults"
    tap(page, "age", "0")
    page.click("button.main")
    page.wait_for_selector("h1:has-text('家里大人')")
    yield "under 15"
    page.goto(f"{served.url}/o/{printed.poster}{size}")
    yield "open link"
    fill_in(page)
    page.click("button.main")
    page.wait_for_selector(".receipt")
    yield "thanks"
    page.goto(f"{served.url}/s/{routed_code(served.stores)}{size}")
    tap(page, "met_officer", "yes")
    yield "routed"


def _evaluating(page: Page, served: Served, printed: Field, size: str) -> Iterator[str]:
    page.goto(f"{served.url}/e/{printed.evaluator}/C-001{size}")
    yield "case"
    tap(page, "recused", "no")
    yield "case open"
    page.click("button.main")
    page.wait_for_selector(".receipt")
    yield "evaluated"
    page.goto(f"{served.url}/e/{printed.evaluator}{size}")
    yield "cases"


def hard_to_tap(page: Page, least: int) -> list[str]:
    """What is smaller than it must be, and rows closer than 8 px."""
    return [*page.evaluate(TOO_SMALL, least), *(["rows touch"] * page.evaluate(CLOSE_ROWS))]


def hard_to_read(page: Page, least: int) -> list[str]:
    """Text below `least` px, and lines closer than 1.3."""
    return [html for px, line, html in page.evaluate(TEXTS) if px < least or line < 1.3]


def weak_contrast(page: Page) -> list[str]:
    """Text below 7:1 (4.5:1 when large), which elder mode aims at."""
    rules = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
    violations = Axe().run(page, options=rules).response["violations"]
    return [node["html"] for violation in violations for node in violation["nodes"]]


def sideways(page: Page) -> list[str]:
    """Widths at which the page scrolls sideways; leaves a phone's width."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        if page.evaluate(SIDEWAYS) > 0:
            found.append(f"scrolls at {width}")
    return found


@SIZES
def test_every_state_can_be_seen_read_and_tapped(visitor: Visitor, served: Served, axe: Violations, size: str) -> None:
    page = visitor(viewport=PHONE)
    target, text = (60, 20) if size else (44, 16)
    found = {}
    for state in states(page, served, size):
        found[state] = [*axe(page), *hard_to_tap(page, target), *hard_to_read(page, text), *sideways(page)]
        if size:
            found[state] += weak_contrast(page)
    assert len(found) == 18
    assert {state: faults for state, faults in found.items() if faults} == {}


def test_a_keyboard_reaches_every_control_with_a_visible_focus(desk: Page, served: Served) -> None:
    desk.goto(f"{served.url}/s/{routed_code(served.stores)}")
    reached = []
    for _press in range(8):
        desk.keyboard.press("Tab")
        reached.append(desk.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
        ring = "s => getComputedStyle(s.matches('.row input') ? s.nextElementSibling : s).outlineStyle"
        assert desk.evaluate_handle("document.activeElement").evaluate(ring) != "none"
    assert reached[:3] == ["跳到正文", "大字版", "English"]
    assert reached[-3:] == ["met_officer", "提交", "redraw"]


def test_before_the_wave_opens_the_page_is_kind_and_accessible(phone: Page, served: Served, axe: Violations) -> None:
    early = field(served.stores, opens_at=datetime.now(UTC) + timedelta(days=2))
    phone.goto(f"{served.url}/s/{early.codes[0]}")
    assert phone.inner_text("h1") == "还没有开始"
    assert axe(phone) == []
