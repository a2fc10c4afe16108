"""The parts of an analysis plan's file: names, types and bounds, not their sense; every fault with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from surveys.errors import FileFault, FileRefused

LARGEST = 100_000  # characters of a file
ALL = "all"
ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*\z"  # not blank
Words = Annotated[str, StringConstraints(pattern=ONE_LINE, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}\z")]
GroupCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}\z")]
Place = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,64}\z")]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
Level = Annotated[float, Field(ge=0.001, le=0.2, allow_inf_nan=False)]
Bound = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


def _none_for_all(value: object) -> object:
    """ "all" means every one there is: None."""
    return None if value == ALL else value


Some = Annotated[list[Place] | None, BeforeValidator(_none_for_all)]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class MarginsPart(Part):
    names: Some = None
    method: Literal["raking", "logit", "linear"] = "raking"
    bounds: Annotated[list[Bound], Field(min_length=2, max_length=2)] = [0.3, 3.0]


class LonelyPart(Part):
    rule: Literal["fail", "collapse", "adjust", "average", "certainty"] = "fail"
    order: list[Place] = []


class DegeneratePart(Part):
    assumed_icc: Share = 0.05
    empty_cell: Literal["join", "refuse"] = "join"


class HeadPart(Part):
    title: Words
    stopping_date: date
    indicators: Some = None
    domains: Some = None
    margins: MarginsPart = MarginsPart()
    lonely: LonelyPart = LonelyPart()
    degenerate: DegeneratePart = DegeneratePart()


class PairPart(Part):
    of: str
    first: GroupCode
    second: GroupCode


class ComparisonPart(Part):
    name: Code
    indicator: str
    each: str | None = None
    pairs: str | None = None
    pair: PairPart | None = None


class FamilyPart(Part):
    name: Code
    method: Literal["holm", "benjamini_hochberg"]
    level: Level = 0.05
    comparisons: Annotated[list[str], Field(min_length=1)]


P = TypeVar("P", bound=Part)
ROWS = ("comparison", "family")
SHAPES = {
    "missing": "analysis_plan.missing",
    "extra_forbidden": "analysis_plan.unknown_field",
    "string_pattern_mismatch": "analysis_plan.not_in_this_form",
    "literal_error": "analysis_plan.not_in_this_form",
    "greater_than_equal": "analysis_plan.out_of_range",
    "less_than_equal": "analysis_plan.out_of_range",
    "less_than": "analysis_plan.out_of_range",
    "finite_number": "analysis_plan.out_of_range",
    "too_short": "analysis_plan.out_of_range",
    "too_long": "analysis_plan.out_of_range",
    "string_too_long": "analysis_plan.out_of_range",
}


@dataclass(frozen=True)
class PlanParts:
    """The sound parts of a file, the names of all its comparisons (unsound ones too), and the faults so far."""

    head: HeadPart | None
    comparisons: list[ComparisonPart]
    families: list[FamilyPart]
    declared: list[str]
    faults: list[FileFault]


def parts_of(text: str) -> PlanParts:
    """Read a plan file; raises FileRefused at once only when it is not TOML, or no plan by its size."""
    table = _toml(text)
    faults: list[FileFault] = []
    rows = {name: _rows(table, name, faults) for name in ROWS}
    head = {name: value for name, value in table.items() if name not in ROWS}
    comparisons, families = rows["comparison"], rows["family"]
    return PlanParts(
        head=_sound(HeadPart, head, "", faults),
        comparisons=_all_sound(ComparisonPart, comparisons, "comparison", faults),
        families=_all_sound(FamilyPart, families, "family", faults),
        declared=[row["name"] for row in comparisons if isinstance(row.get("name"), str)],
        faults=faults,
    )


def _toml(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise FileRefused([FileFault("analysis_plan.too_long", values={"most": LARGEST})])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        fault = FileFault("analysis_plan.not_toml", row=int(line[1]) if line else None, value=str(problem)[:200])
        raise FileRefused([fault]) from None
    except (RecursionError, ValueError) as problem:  # a whole number beyond what Python converts is a ValueError
        raise FileRefused([FileFault("analysis_plan.not_toml", value=str(problem)[:80])]) from None


def _rows(table: Mapping[str, Any], name: str, faults: list[FileFault]) -> list[dict[str, Any]]:
    found = table.get(name, [])
    if isinstance(found, list) and all(isinstance(row, dict) for row in found):
        return found
    faults.append(FileFault("analysis_plan.wrong_type", column=name, value=str(found)[:80]))
    return []


def _all_sound(model: type[P], rows: list[dict[str, Any]], name: str, faults: list[FileFault]) -> list[P]:
    numbered = enumerate(rows, start=1)
    read = (_sound(model, row, f"{name}[{row.get('name', number)}]", faults) for number, row in numbered)
    return [part for part in read if part is not None]


def _sound(model: type[P], row: Mapping[str, Any], place: str, faults: list[FileFault]) -> P | None:
    try:
        return model.model_validate(row)
    except ValidationError as problems:
        for problem in problems.errors(include_url=False, include_context=False):
            spot = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
            stood = "" if problem["type"] == "missing" else str(problem["input"])[:80]
            code = SHAPES.get(problem["type"], "analysis_plan.wrong_type")
            faults.append(FileFault(code, column=f"{place}{spot}".lstrip("."), value=stood))
        return None
