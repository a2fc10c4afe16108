"""Refusals and codes in the reader's words: what happened and what to do, never blame.

The sentences are data: one TOML file a subject in webapp/sentences, each code with `zh` and `en` and
`{name}` where a value goes. A new file is found by itself; a code in two files stops the start.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from surveys.errors import FileFault, Refusal
from surveys.reporting.words import margin_name
from webapp.i18n import language

FOLDER = Path(__file__).parent / "sentences"
UNKNOWN = {"zh": "无法完成这一步（{code}）。", "en": "This step could not be done ({code})."}
BETWEEN = {"zh": "、", "en": ", "}
FIELD = re.compile(r"\{(\w+)\}")


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Every code with its sentences; raises ValueError for a code that two files word."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, said in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{code!r} is worded twice, the second time in {path.name}")
            found[code] = said
    return found


def fill(template: str, values: Mapping[str, object], between: str = "、") -> str:
    """Put values where `{name}` stands, and nothing else: stored text is never a format string."""
    return FIELD.sub(lambda field: shown(values.get(field[1], field[0]), between), template)


def shown(value: object, between: str) -> str:
    """A value as a sentence shows it: lists one after the other, fractions to four digits."""
    if isinstance(value, Mapping):
        return between.join(f"{name} {shown(held, between)}" for name, held in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return between.join(shown(held, between) for held in value)
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.4g}"
    return str(value)


def word(code: str, values: Mapping[str, object] | None = None, lang: str | None = None) -> str:
    """The sentence of a code in a language (this request's, when none is given)."""
    said, reader = sentences().get(code, UNKNOWN), lang or language()
    template = said.get(reader) or said["zh"]
    return fill(template, {"code": code, **_named(values or {}, reader)}, BETWEEN.get(reader, ", "))


def _named(values: Mapping[str, object], lang: str) -> dict[str, object]:
    """The values, totals by margin under the margins' names."""
    return {
        name: {margin_name(str(margin), lang): total for margin, total in value.items()}
        if isinstance(value, Mapping)
        else value
        for name, value in values.items()
    }


def words_for(refusal: Refusal, lang: str | None = None) -> str:
    """A refusal's sentence."""
    return word(refusal.code, refusal.values, lang)


def words_for_fault(fault: FileFault, lang: str | None = None) -> str:
    """One fault of a file: what to mend; row and column stand beside it in the table."""
    known = {"row": fault.row or "", "column": fault.column, "value": fault.value}
    return word(fault.code, {**known, **fault.values}, lang)


def is_worded(code: str) -> bool:
    """Whether a code has a sentence of its own."""
    return code in sentences()
