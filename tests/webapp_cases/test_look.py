"""Every page of the assessor in a real browser, on a phone and a desk: no fault for axe, nothing wider than the screen.

With SCREENSHOTS=<folder> the pictures are kept there to be looked at.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from surveys.records.waves import Wave
from tests.cases.samples import answer_as_party, closed, drawn, evaluate, letters, panel
from tests.chromium import DESK, PHONE, Visitor
from tests.webapp_cases.conftest import PASSWORD
from webapp.db import Stores

pytestmark = pytest.mark.browser
GROUPS = ("deputies", "deputies", "supervisors", "supervisors", "lawyers", "lawyers", "residents", "residents")
SIZES = {"360x640": PHONE, "1280x800": DESK}
PAGES = {"overview": "", "register": "register", "draw": "draw?verify=1", "panel": "panel", "parties": "parties"} | {
    "progress": "progress",
    "vetoes": "vetoes",
}
FAULTY = "案件编号,执法单位,案件类别,办结日期\nA/1,一队,处罚,三月\nB-2,,许可,2021-03-01\n"
SOUND = "案件编号,执法单位,案件类别,办结日期\nA-1,模拟·城市管理执法1队,行政处罚,2021-03-15\n"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application behind a real address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=SIZES)
def screen(request: pytest.FixtureRequest, visitor: Visitor, address: str) -> Page:
    """A browser of each size in which the assessor is signed in."""
    page = visitor(viewport=SIZES[request.param])
    page.goto(f"{address}/staff/login")
    page.fill("#login", "assessor.li")
    page.fill("#password", PASSWORD)
    page.click("main button")
    return page


def look(page: Page, axe: Callable[[Page], list[str]], name: str) -> None:
    """Nothing for axe, no sideways scrolling; a picture where one is asked for."""
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def look_at_all(page: Page, axe: Callable[[Page], list[str]], address: str, wave: Wave, stage: str) -> None:
    for name, path in PAGES.items():
        page.goto(f"{address}/waves/{wave.code}/cases/{path}")
        look(page, axe, f"{stage}-{name}")


def test_pages_that_are_empty_still_teach(
    screen: Page, axe: Callable[[Page], list[str]], address: str, wave: Wave
) -> None:
    look_at_all(screen, axe, address, wave, "empty")


def test_a_file_is_looked_at_before_it_is_taken(
    screen: Page, axe: Callable[[Page], list[str]], address: str, wave: Wave
) -> None:
    for name, content in (("faults", FAULTY), ("check", SOUND)):
        screen.goto(f"{address}/waves/{wave.code}/cases/register")
        screen.set_input_files("#file", {"name": "登记册.csv", "mimeType": "text/csv", "buffer": content.encode()})
        screen.click("main form button")
        look(screen, axe, f"file-{name}")
    screen.click("main form button")
    look(screen, axe, "file-taken")


def test_pages_while_the_evaluation_runs(
    screen: Page, axe: Callable[[Page], list[str]], address: str, wave: Wave, stores: Stores
) -> None:
    under_way(stores, wave)
    look_at_all(screen, axe, address, wave, "open")
    screen.goto(f"{address}/waves/{wave.code}/cases/panel")
    screen.fill("#list", "王小明，律师\n李强，记者")
    screen.click("main form:has(#list) button")
    look(screen, axe, "open-panel-faults")


def test_pages_after_the_closing(
    screen: Page, axe: Callable[[Page], list[str]], address: str, wave: Wave, stores: Stores
) -> None:
    under_way(stores, wave)
    closed(stores, wave)
    screen.goto(f"{address}/waves/{wave.code}/cases/vetoes")
    screen.click("main .todo button")
    look(screen, axe, "closed-confirmed")
    look_at_all(screen, axe, address, wave, "closed")


def under_way(stores: Stores, wave: Wave) -> None:
    """33 cases, eight members of whom some have begun, a letter a case and a dozen answers."""
    cases = drawn(stores, wave, 33, listed=400)
    members = panel(stores, wave, cases, *GROUPS)
    for place, member in enumerate(members[:4]):
        for case in cases[: 10 - place]:
            evaluate(stores, member, case, 80, *(["veto_evidence"] if case == cases[1] else []))
    evaluate(stores, members[4], cases[0], recused=True)
    for one in letters(stores, wave, cases)[:12]:
        answer_as_party(stores, one)
