"""One visual language: residents' plain values are the tokens, and nothing stands inline."""

from __future__ import annotations

import re
from pathlib import Path

WEBAPP = Path(__file__).parents[2] / "webapp"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)")


def colours(name: str) -> set[str]:
    return {found.lower() for found in COLOUR.findall((WEBAPP / "static" / name).read_text("utf-8"))}


def test_residents_see_token_colours_only() -> None:
    assert colours("resident.css") <= colours("tokens.css")


def test_the_staffs_theme_names_tokens_and_no_colour_of_its_own() -> None:
    assert colours("staff.css") == set()


def test_every_token_that_the_theme_names_exists() -> None:
    tokens = set(re.findall(r"(--[\w-]+):", (WEBAPP / "static" / "tokens.css").read_text("utf-8")))
    used = set(re.findall(r"var\((--[\w-]+)\)", (WEBAPP / "static" / "staff.css").read_text("utf-8")))
    assert used <= tokens


def test_no_template_of_ours_holds_inline_script_or_style() -> None:
    templates = WEBAPP / "templates"
    for path in [*(templates / "staff").rglob("*.html"), *(templates / "errors").rglob("*.html")]:
        text = path.read_text("utf-8")
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick" not in text, path
        assert "<script>" not in text, path
