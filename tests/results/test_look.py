"""The readers' pages in a real browser, on a phone and a desk: no fault for axe, nothing wider than the screen.

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
from tests.chromium import DESK, PHONE, Visitor
from tests.results.conftest import PASSWORD

pytestmark = pytest.mark.browser
SIZES = {"360x640": PHONE, "1280x800": DESK}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
UNFOLD = "() => document.querySelectorAll('main details').forEach(folded => folded.open = true)"


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
    """A browser of each size in which the official is signed in."""
    page = visitor(viewport=SIZES[request.param])
    page.goto(f"{address}/staff/login")
    page.fill("#login", "official")
    page.fill("#password", PASSWORD)
    page.click("main button")
    return page


def look(page: Page, axe: Callable[[Page], list[str]], name: str) -> None:
    """Nothing for axe, no sideways scrolling; a picture where one is asked for."""
    assert axe(page) == []
    assert page.evaluate(FITS)
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_the_empty_shelf(screen: Page, axe: Callable[[Page], list[str]], address: str) -> None:
    screen.goto(f"{address}/results/")
    look(screen, axe, "results-empty")


def test_the_shelf_and_the_reports_with_everything_unfolded(
    screen: Page, axe: Callable[[Page], list[str]], address: str, released: Wave
) -> None:
    for name, path in {"shelf": "", "report": f"{released.code}/1/", "cases": "cases/1/"}.items():
        screen.goto(f"{address}/results/{path}")
        assert screen.evaluate(FITS)
        screen.evaluate(UNFOLD)
        look(screen, axe, f"results-{name}")


def test_a_phone_reads_each_town_without_scrolling_sideways(screen: Page, address: str, released: Wave) -> None:
    screen.goto(f"{address}/results/{released.code}/1/")
    boxes = screen.locator(".report .table-responsive:visible")
    wide = boxes.evaluate_all("all => all.filter(box => box.scrollWidth > box.clientWidth).length")
    assert wide == 0
