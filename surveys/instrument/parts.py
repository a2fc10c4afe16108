"""From TOML text to checked parts; every fault of shape is kept with its place, and the sound parts go on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from surveys.errors import FileFault, InstrumentInvalid
from surveys.instrument.file_format import (
    FormPart,
    HeadPart,
    IndicatorPart,
    ListPart,
    Part,
    QuestionPart,
    SectionPart,
    TopicPart,
)

P = TypeVar("P", bound=Part)

SHAPES = {
    "missing": "instrument.missing",
    "extra_forbidden": "instrument.unknown_field",
    "string_pattern_mismatch": "instrument.not_in_this_form",
    "literal_error": "instrument.not_in_this_form",
    "greater_than_equal": "instrument.out_of_range",
    "less_than_equal": "instrument.out_of_range",
    "too_short": "instrument.out_of_range",
    "string_too_long": "instrument.out_of_range",
}
ROWS = ("form", "topic", "list", "section", "question", "indicator")


@dataclass
class Parts:
    """The sound parts of a file, the codes it declares (those of unsound parts too), and the faults so far."""

    head: HeadPart | None
    forms: list[FormPart]
    topics: list[TopicPart]
    lists: list[ListPart]
    sections: list[SectionPart]
    questions: list[QuestionPart]
    indicators: list[IndicatorPart]
    declared: dict[str, list[str]]
    faults: list[FileFault] = field(default_factory=list)


def parts_of(content: str) -> Parts:
    """Read an instrument file; raises InstrumentInvalid at once only when it is not TOML at all."""
    table = _toml(content)
    faults: list[FileFault] = []
    rows = {name: _rows(table, name, faults) for name in ROWS}
    head = {name: value for name, value in table.items() if name not in ROWS}
    return Parts(
        head=_sound(HeadPart, head, "", faults),
        forms=_all_sound(FormPart, rows, "form", faults),
        topics=_all_sound(TopicPart, rows, "topic", faults),
        lists=_all_sound(ListPart, rows, "list", faults),
        sections=_all_sound(SectionPart, rows, "section", faults),
        questions=_all_sound(QuestionPart, rows, "question", faults),
        indicators=_all_sound(IndicatorPart, rows, "indicator", faults),
        declared={name: [row["code"] for row in rows[name] if isinstance(row.get("code"), str)] for name in ROWS},
        faults=faults,
    )


def _toml(content: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        fault = FileFault("instrument.not_toml", row=int(line[1]) if line else None, value=str(problem))
        raise InstrumentInvalid([fault]) from None
    except RecursionError:
        raise InstrumentInvalid([FileFault("instrument.not_toml", value="too deeply nested")]) from None


def _rows(table: Mapping[str, Any], name: str, faults: list[FileFault]) -> list[dict[str, Any]]:
    found = table.get(name, [])
    if isinstance(found, list) and all(isinstance(row, dict) for row in found):
        return found
    faults.append(FileFault("instrument.wrong_type", column=name, value=str(found)[:80]))
    return []


def _all_sound(model: type[P], rows: Mapping[str, list[dict[str, Any]]], name: str, faults: list[FileFault]) -> list[P]:
    numbered = enumerate(rows[name], start=1)
    read = (_sound(model, row, f"{name}[{row.get('code', number)}]", faults) for number, row in numbered)
    return [part for part in read if part is not None]


def _sound(model: type[P], row: Mapping[str, Any], place: str, faults: list[FileFault]) -> P | None:
    try:
        return model.model_validate(row)
    except ValidationError as problems:
        for problem in problems.errors(include_url=False, include_context=False):
            spot = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
            stood = "" if problem["type"] == "missing" else str(problem["input"])[:80]
            code = SHAPES.get(problem["type"], "instrument.wrong_type")
            faults.append(FileFault(code, column=f"{place}{spot}".lstrip("."), value=stood))
        return None
