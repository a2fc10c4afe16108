"""The words of a release in Chinese and English: titles, reasons, the headline sentence, the annual paragraph.

The words are data (words.toml); values are filled in by name and never read as places themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from surveys.reporting.placeholders import filled

LANGUAGES = ("zh", "en")


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files("surveys.reporting").joinpath("words.toml").read_text(encoding="utf-8"))


def both(code: str) -> dict[str, str]:
    """A wording in every language, as records keep it; `code` is "table.name"."""
    table, _, name = code.partition(".")
    return dict(_words()[table][name])


def is_said(code: str) -> bool:
    """Whether there are words for a code."""
    table, _, name = code.partition(".")
    return name in _words().get(table, {})


def said(code: str, language: str = "zh", values: Mapping[str, object] | None = None) -> str:
    """A wording with its values filled in; the bare code where nobody has worded it."""
    if not is_said(code):
        return code
    return filled(both(code)[language], values or {})


def method_text(method: str, language: str = "zh") -> str:
    """How an interval or a value was made; empty for no method."""
    return said(f"method.{method}", language) if method else ""


def reason_text(reason: str, values: Mapping[str, object], language: str = "zh") -> str:
    """Why there is no value, as a sentence; empty when there is one."""
    if not reason:
        return ""
    listed = {name: "、".join(map(str, value)) if isinstance(value, list) else value for name, value in values.items()}
    return said(f"reason.{reason}", language, listed)


def flag_text(flag: str, language: str = "zh") -> str:
    """What to keep in mind beside a shown figure; empty when there is nothing. Several codes stand apart by spaces."""
    return said("list.apart", language).join(said(f"flag.{one}", language) for one in flag.split())
