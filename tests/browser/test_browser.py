"""The browser of these tests is there, shows Chinese and finds faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import chromium

pytestmark = pytest.mark.browser
SOUND = "<!doctype html><html lang='zh'><title>民评</title><main><h1>普法测评</h1><p>模拟数据</p></main></html>"


def test_a_sound_page_has_no_violations(phone: Page, axe: Callable[[Page], list[str]]) -> None:
    phone.set_content(SOUND)
    assert axe(phone) == []


def test_a_field_without_a_label_is_named(desk: Page, axe: Callable[[Page], list[str]]) -> None:
    desk.set_content(SOUND.replace("<p>", "<input name='q1'><p>"))
    assert [violation.split(":")[0] for violation in axe(desk)] == ["label"]


def test_chinese_is_drawn_and_not_boxes(desk: Page) -> None:
    desk.set_content(SOUND)
    width = desk.evaluate(
        """() => {
            const line = document.createElement("canvas").getContext("2d");
            line.font = "40px sans-serif";
            return line.measureText("评").width }"""
    )
    assert width == pytest.approx(40)


def test_a_missing_browser_fails_with_the_line_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium"):
        chromium.executable()
