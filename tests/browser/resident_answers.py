"""How a person fills in the residents' questionnaire in a browser: by tapping rows."""

from __future__ import annotations

from playwright.sync_api import Page


def tap(page: Page, question: str, choice: str) -> None:
    """Choose one row of a question."""
    page.locator(f'label.row:has(input[name="{question}"][value="{choice}"])').click()


def fill_in(page: Page, age: str = "3") -> None:
    """Answer the awareness questionnaire, every knowledge item with its first choice."""
    if age:
        tap(page, "age", age)
    for number in range(1, 21):
        tap(page, f"k{number:02d}", "a")
    for question, choice in (("channels", "tv"), ("sat_publicity", "2"), ("sat_enforcement", "3"), ("sex", "2")):
        tap(page, question, choice)
    page.fill('input[name="k"][type="text"]', "3")
    tap(page, "told_answers", "no")
    page.fill("textarea", "希望多办讲座")
