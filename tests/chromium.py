"""A real Chromium for the tests that look at pages: Debian's own, one a process. A missing one fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "No Chromium found. Install it, or name one in CHROMIUM: sudo apt-get install -y chromium fonts-noto-cjk"
PHONE, DESK = {"width": 360, "height": 640}, {"width": 1280, "height": 800}


def executable() -> str:
    """The path of $CHROMIUM, chromium or google-chrome; fails the test with the one line that mends it."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail(MISSING)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield chromium
        chromium.close()


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens a page as somebody new, with no cookies: `visitor(viewport=PHONE, java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def arrive(**asked: Any) -> Page:
        contexts.append(browser.new_context(**{"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | asked))
        return contexts[-1].new_page()

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    """A small phone, 360 x 640, with touch."""
    return visitor(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def desk(visitor: Visitor) -> Page:
    """An office screen, 1280 x 800."""
    return visitor(viewport=DESK)


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: what axe-core finds wrong with a page, one readable line a violation; empty is good."""

    def violations(page: Page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [f"{fault['id']}: {fault['help']}: {[node['html'] for node in fault['nodes']]}" for fault in found]

    return violations
