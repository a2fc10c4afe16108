"""Every page in both sizes on the demonstration: nothing for axe to find, nothing sideways, nothing from elsewhere.

With MINPING_SCREENSHOTS=1 a picture of each page is kept in screenshots/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from surveys.records.kinds import Role
from tests.browser.serving import Served, serving
from tests.browser.tour_ground import prepared
from tests.browser.tour_stops import STOPS
from tests.chromium import Visitor
from tests.story.demonstration import demonstration_copy, stores_in
from webapp.demonstration.cast import sign_in_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("demonstration")]

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "screenshots" if os.environ.get("MINPING_SCREENSHOTS") else None
SIZES: dict[str, ViewportSize] = {"phone": {"width": 360, "height": 640}, "desk": {"width": 1280, "height": 800}}
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
  fault => console.error("policy: " + fault.violatedDirective + " " + fault.blockedURI));"""
ON_PHONES_ONLY = ("-big", "-english")  # the same pages in another look
OF_THE_PAGE_ITSELF = re.compile("Failed to load resource: the server responded with a status of (4|503)")
Violations = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    """The demonstration served, and what stands in the braces of addresses."""
    folder = demonstration_copy(tmp_path_factory)
    stores = stores_in(folder)
    with serving(stores, folder / "var") as served:
        yield served, prepared(stores)
    stores.dispose()


def test_every_address_has_its_stop(ground: tuple[Served, dict[str, str]]) -> None:
    served = {rule.endpoint for rule in ground[0].app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert served == set(STOPS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["public", "assessor", "official", "administrator"])
def test_every_page_can_be_shown(
    who: str, size: str, visitor: Visitor, ground: tuple[Served, dict[str, str]], axe: Violations
) -> None:
    served, filled = ground
    page = visitor(viewport=SIZES[size])
    watched = Watch(page, served.url)
    if who != "public":
        sign_in(page, served.url, Role(who))
    found = {}
    for stops in (one for one in STOPS.values() if one.who == who):
        for name, path in stops.pages.items():
            if size == "desk" and name.endswith(ON_PHONES_ONLY):
                continue
            page.goto(served.url + path.format(**filled))
            found[name] = [*axe(page), *["scrolls sideways"] * page.evaluate(SIDEWAYS), *watched.seen()]
            picture(page, f"{who}-{name}", size, SIZES[size])
        for path in stops.files:
            status = page.request.get(served.url + path.format(**filled)).status
            found[path] = [] if status == 200 else [f"status {status}"]
    assert {name: faults for name, faults in found.items() if faults} == {}


class Watch:
    """Listens to a page: errors on its console, its policy's violations, and requests to other hosts."""

    def __init__(self, page: Page, home: str) -> None:
        self._seen: list[str] = []
        self._host = urlsplit(home).netloc
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda fault: self._seen.append(f"script: {fault}"))
        page.on("request", lambda request: self._asked(request.url))

    def seen(self) -> list[str]:
        """What was noted since the last page."""
        noted, self._seen = self._seen, []
        return noted

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not OF_THE_PAGE_ITSELF.match(text):
            self._seen.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != self._host:
            self._seen.append(f"another host: {url}")


def sign_in(page: Page, url: str, role: Role) -> None:
    """As the demonstration's person of a role."""
    one = sign_in_of(role)
    page.goto(f"{url}/staff/login")
    page.fill("#login", one.login)
    page.fill("#password", one.password)
    page.click("main form button")
    page.wait_for_url(f"{url}/staff/")


def picture(page: Page, name: str, size: str, viewport: ViewportSize) -> None:
    """Keep a picture of the whole page, when pictures are asked for; the window is as before afterwards."""
    if SCREENSHOTS is not None:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png", full_page=True)
        page.set_viewport_size(viewport)
