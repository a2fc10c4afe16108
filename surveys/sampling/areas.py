"""Areas with their codes, how long a code held, and which district came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources

from surveys.sampling.csv_text import csv_table
from surveys.sampling.table import Column, Faults, places, records

KINDS = ("province", "district", "subdistrict", "town")
YUBEI = "500112"
COLUMNS = (
    Column("scheme", ("scheme", "编码体系")),
    Column("code", ("code", "代码")),
    Column("parent", ("parent", "上级代码"), required=False),
    Column("kind", ("kind", "类别")),
    Column("name_zh", ("name_zh", "名称")),
    Column("name_en", ("name_en", "英文名称")),
    Column("valid_from", ("valid_from", "启用日期"), required=False),
    Column("valid_to", ("valid_to", "停用日期"), required=False),
    Column("successor_zh", ("successor_zh", "后继名称"), required=False),
    Column("successor_en", ("successor_en", "后继英文名称"), required=False),
    Column("successor_code", ("successor_code", "后继代码"), required=False),
    Column("source", ("source", "来源")),
)


@dataclass(frozen=True, slots=True)
class Area:
    """A district, subdistrict (街道) or town (镇) under one code of one scheme.

    The code holds on days d with valid_from <= d < valid_to; None is unknown (from) or open (to).
    `successor_zh` names the district an abolished area passed to; its code may be unknown ("").
    """

    scheme: str
    code: str
    parent: str
    kind: str
    name_zh: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    successor_zh: str
    successor_en: str
    successor_code: str
    source: str

    def holds(self, day: date) -> bool:
        """Whether the code was in force on that day; an unknown beginning counts as long ago."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


def read_areas(content: bytes) -> tuple[Area, ...]:
    """The areas of a CSV file in register order (by scheme and code); raises FileRefused with every fault."""
    table, faults = csv_table(content), Faults()
    found = places(table, COLUMNS, faults)
    areas: dict[tuple[str, str], Area] = {}
    for row, record in records(table, COLUMNS, found, faults):
        area = _area(row, record, faults)
        if area.code and (area.scheme, area.code) in areas:
            faults.add("area.code_twice", row, "code", area.code)
        areas[area.scheme, area.code] = area
    faults.refuse()
    return tuple(sorted(areas.values(), key=lambda area: (area.scheme, area.code)))


def areas_of_yubei() -> tuple[Area, ...]:
    """Yubei and its 30 towns by their statistical codes, in register order; the district comes first."""
    return read_areas(resources.files("surveys.sampling").joinpath("areas.csv").read_bytes())


def towns_of_yubei() -> tuple[Area, ...]:
    """The 19 subdistricts and 11 towns, in register order."""
    return towns(areas_of_yubei(), YUBEI)


def towns(areas: Sequence[Area], district: str) -> tuple[Area, ...]:
    """The areas directly under a district code, in register order."""
    return tuple(area for area in areas if area.parent == district)


def _area(row: int, record: dict[str, str], faults: Faults) -> Area:
    for name in ("code", "parent", "successor_code"):
        if record[name] and not (record[name].isascii() and record[name].isdigit()):
            faults.add("area.code_not_digits", row, name, record[name])
    if record["kind"] and record["kind"] not in KINDS:
        faults.add("area.kind_unknown", row, "kind", record["kind"], kinds=", ".join(KINDS))
    begins, ends = (_day(row, name, record[name], faults) for name in ("valid_from", "valid_to"))
    if begins and ends and begins >= ends:
        faults.add("area.dates_crossed", row, "valid_to", record["valid_to"])
    words = {name: text for name, text in record.items() if name not in ("valid_from", "valid_to")}
    return Area(**words, valid_from=begins, valid_to=ends)


def _day(row: int, column: str, text: str, faults: Faults) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add("area.not_a_date", row, column, text)
        return None
