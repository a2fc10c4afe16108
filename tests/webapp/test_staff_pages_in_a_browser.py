"""The staff's pages in a real browser, small and wide: nothing for axe to find, nothing sideways, nothing too small."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from surveys.records.jobs import Job
from surveys.records.kinds import JobState, Role, WaveState
from tests.webapp.conftest import LONG_AGO, PASSWORD, organisations, person, settings_for, wave
from webapp import create_app
from webapp.db import Stores

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SIZES = {"phone": (360, 640), "desk": (1280, 800)}
PAGES = ("", "me", "accounts", "accounts/new", "accounts/1", "accounts/999", "organisations", "areas", "log?verify=1")
TOO_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter(thing => thing.offsetParent && !thing.classList.contains('skip'))
  .filter(thing => { const box = thing.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
  .map(thing => thing.outerHTML.slice(0, 120))"""


@pytest.fixture
def jobs(stores: Stores) -> list[str]:
    """Somebody with every role, three waves, and a job in every state."""
    organisations(stores)
    everything = [(Role.ADMINISTRATOR, "firm"), (Role.ASSESSOR, "firm"), (Role.OFFICIAL, "yubei")]
    asker = person(stores, "wang.fang", *everything)
    for code, state in (("demo-2021", WaveState.OPEN), ("yb-2026", WaveState.PLANNED), ("yb-2025", WaveState.CLOSED)):
        last = wave(stores, code, "yubei", "firm", state)
    with stores.registrar_transaction() as registrar:
        states = {
            state: Job(kind="x", wave_id=last, account_id=asker.id, state=state, created_at=LONG_AGO)
            for state in JobState
        }
        states[JobState.FAILED].fault = "job.interrupted"
        registrar.add_all(states.values())
    return [str(job.id) for job in states.values()]


@pytest.fixture
def address(stores: Stores, jobs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a port of its own."""
    app: Flask = create_app(settings_for(tmp_path_factory.mktemp("served")), stores, immediate=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def examine(page: Page) -> None:
    """axe, reflow and target sizes of the page as it stands."""
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.evaluate(TOO_SMALL) == [], page.url


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/login")
    page.fill("#login", "wang.fang")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{address}/staff/")


@pytest.mark.parametrize("size", SIZES)
def test_no_staff_page_has_a_fault_that_axe_finds(size: str, browser: Browser, address: str, jobs: list[str]) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/staff/login")
    examine(page)
    page.fill("#login", "wang.fang")
    page.fill("#password", "not this one, sorry")
    page.click("main form button")
    examine(page)
    sign_in(page, address)
    for path in [*(f"/staff/{name}" for name in PAGES), *(f"/jobs/{job}" for job in jobs)]:
        page.goto(address + path)
        examine(page)
    assert blocked == []
    page.close()


def test_the_menu_opens_without_script_on_a_small_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    sign_in(page, address)
    assert not page.get_by_role("link", name="账号与授权").first.is_visible()
    page.get_by_text("菜单", exact=True).click()
    page.get_by_role("link", name="账号与授权").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "账号与授权"
    page.close()


def test_a_job_page_follows_the_job_by_itself(browser: Browser, address: str, stores: Stores, jobs: list[str]) -> None:
    page = browser.new_page()
    sign_in(page, address)
    page.goto(f"{address}/jobs/{jobs[1]}")
    assert page.locator("progress").count() == 1
    with stores.registrar_transaction() as registrar:
        for job in registrar.query(Job):
            job.state, job.finished_at = JobState.DONE, LONG_AGO
    page.get_by_text("已完成").wait_for(timeout=10_000)
    assert page.locator("progress").count() == 0
    page.close()
