"""The words of a release in Chinese and English: titles, reasons, the headline sentence, the annual paragraph.

The words are data (words.toml); values are filled in by name and never read as places themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from surveys.reporting.placeholders import filled

LANGUAGES = ("zh", "en")
MOST_NAMED = 5  # in one sentence


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
    listed = {name: listing(value, language) if isinstance(value, list) else value for name, value in values.items()}
    return said(f"reason.{reason}", language, {"strata": said("facts.some_strata", language), **listed})


def listing(parts: Sequence[object], language: str) -> str:
    """Some names one after the other, at most MOST_NAMED of them; a name in both languages by this one."""
    names = [str(part[language] if isinstance(part, Mapping) else part) for part in parts]
    if len(names) <= MOST_NAMED:
        return said("list.between", language).join(names)
    shown = said("list.between", language).join(names[:MOST_NAMED])
    return said("list.more", language, {"shown": shown, "count": len(names)})


def margin_name(name: str, language: str = "zh") -> str:
    """What a population margin such as "town" or "age*sex" is called; its own name where there are no words for it."""
    code, parts = f"facts.margin_{name.replace('*', '_')}", [f"domain.{part}" for part in name.split("*")]
    if is_said(code):
        return said(code, language)
    return " × ".join(said(part, language) for part in parts) if all(map(is_said, parts)) else name


def flag_text(flag: str, language: str = "zh") -> str:
    """What to keep in mind beside a shown figure; empty when there is nothing. Several codes stand apart by spaces."""
    return said("list.apart", language).join(said(f"flag.{one}", language) for one in flag.split())
