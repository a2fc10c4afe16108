"""Population margins as somebody hands them in: a CSV file, taken whole or refused with every fault."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from surveys.sampling.csv_text import csv_table
from surveys.sampling.table import Column, Faults, places, records

COLUMNS = (
    Column("name", ("边际", "name")),
    Column("key", ("类别", "key")),
    Column("total", ("人数", "total")),
    Column("source", ("来源", "source")),
    Column("dated", ("日期", "date")),
)
TOWN, AGE_SEX = "town", "age*sex"
NAMES = {TOWN: TOWN, "镇街": TOWN, AGE_SEX: AGE_SEX, "年龄*性别": AGE_SEX}
CELLS = frozenset(f"{age}*{sex}" for age in range(1, 8) for sex in range(1, 3))
LARGEST = 10**10
EXAMPLES = (
    ("年龄*性别", "1*1", "56789", "第七次全国人口普查", "2020-11-01"),
    ("镇街", "500112020", "88000", "某某统计公报", "2020-11-01"),
)


@dataclass(frozen=True)
class Cell:
    """One cell of a margin."""

    key: str
    total: int
    source: str
    dated: date
    synthetic: bool


def read_margins(
    content: bytes, towns: Container[str], kept: Mapping[str, int], synthetic: bool
) -> dict[str, list[Cell]]:
    """The margins in a file by name. `kept` holds the totals of the margins that stand.

    Those the file does not replace must describe the same population as those it brings.

    Raises FileRefused with every fault.
    """
    table, faults = csv_table(content), Faults()
    found = places(table, COLUMNS, faults)
    faults.refuse()
    margins: dict[str, list[Cell]] = {}
    seen: set[tuple[str, str]] = set()
    for row, record in records(table, COLUMNS, found, faults):
        name = NAMES.get(record["name"].replace("×", "*").replace(" ", ""), "")
        if record["name"] and not name:
            faults.add("margin.name_unknown", row, "边际", record["name"], names="、".join(NAMES))
        cell = _cell(row, name, record, towns, synthetic, faults)
        if (name, cell.key) in seen:
            faults.add("margin.cell_twice", row, "类别", cell.key)
        seen.add((name, cell.key))
        margins.setdefault(name, []).append(cell)
    if not margins:
        faults.add("margin.no_rows")
    faults.refuse()
    _complete(margins, kept, faults)
    faults.refuse()
    return margins


def _cell(
    row: int, name: str, record: Mapping[str, str], towns: Container[str], synthetic: bool, faults: Faults
) -> Cell:
    key = record["key"].replace("×", "*").replace(" ", "")
    if key and ((name == TOWN and key not in towns) or (name == AGE_SEX and key not in CELLS)):
        faults.add("margin.key_unknown", row, "类别", record["key"])
    return Cell(
        key,
        _total(row, record["total"], faults),
        record["source"],
        _day(row, record["dated"], faults),
        synthetic,
    )


def _total(row: int, text: str, faults: Faults) -> int:
    digits = text.replace(",", "")
    if digits.isascii() and digits.isdigit() and 0 < int(digits[:12]) < LARGEST:
        return int(digits)
    if text:
        faults.add("margin.total_form", row, "人数", text)
    return 0


def _day(row: int, text: str, faults: Faults) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        if text:
            faults.add("margin.day_form", row, "日期", text)
        return date.min


def _complete(margins: Mapping[str, list[Cell]], kept: Mapping[str, int], faults: Faults) -> None:
    """Every cell of age by sex is there, and all margins sum to the same people."""
    if AGE_SEX in margins and (missing := sorted(CELLS - {cell.key for cell in margins[AGE_SEX]})):
        faults.add("margin.cells_missing", column="类别", keys="、".join(missing))
    sums = {**kept, **{name: sum(cell.total for cell in cells) for name, cells in margins.items()}}
    if len(set(sums.values())) > 1:
        said = "；".join(f"{name} {total:,}" for name, total in sorted(sums.items()))
        faults.add("margin.totals_differ", column="人数", sums=said)
