"""A frame as somebody hands it in: a CSV or XLSX file, taken whole or refused with every fault."""

from __future__ import annotations

import csv
import io
from collections.abc import Container

from surveys.sampling.frame import FrameFile, FramePsu
from surveys.sampling.frame_formats import FRAME_FORMATS
from surveys.sampling.table import Column, Faults, Table, check_size, places, records, refused

MAX_DWELLINGS = 20_000
MAX_RESIDENTS = 200_000
MAX_ORDER = 1_000_000
COLUMNS = (
    Column("town", ("镇街代码", "town")),
    Column("community", ("社区", "community")),
    Column("psu", ("网格编号", "psu")),
    Column("name", ("网格名称", "name")),
    Column("kind", ("类别", "kind")),
    Column("dwellings", ("户数", "dwellings")),
    Column("residents_15", ("15岁及以上人口", "residents_15"), required=False),
    Column("order", ("排序", "order"), required=False),
)
KINDS = {"网格": "block", "居民小组": "block", "block": "block", "集体居所": "collective", "collective": "collective"}
EXAMPLES = (
    ("500112020", "示例社区", "500112020-001-01", "示例社区第1网格", "网格", "128", "297", "1"),
    ("500112020", "示例社区", "500112020-001-02", "示例宿舍楼", "集体居所", "60", "", "2"),
)


def read_frame(content: bytes, towns: Container[str]) -> FrameFile:
    """The frame in an uploaded file, whose town codes must be among `towns`.

    Raises FileRefused with every fault: its row, column and value, and a code that says how to mend it.
    """
    return frame_of(table_in(content), towns)


def frame_of(table: Table, towns: Container[str]) -> FrameFile:
    """The frame in a table of text; raises FileRefused as read_frame does."""
    faults = Faults()
    found = places(table, COLUMNS, faults)
    faults.refuse()
    rows: list[FramePsu] = []
    first_seen: dict[str, int] = {}
    for number, record in records(table, COLUMNS, found, faults):
        rows.append(_psu(number, record, towns, faults))
        earlier = first_seen.setdefault(record["psu"], number)
        if record["psu"] and earlier != number:
            faults.add("frame.psu_twice", number, "网格编号", record["psu"], first_row=earlier)
    if not rows:
        faults.add("frame.no_rows")
    faults.refuse()
    return FrameFile(tuple(rows))


def template() -> bytes:
    """A CSV file to fill in: the headings and two example rows, in UTF-8 with the mark Excel needs."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[column.headings[0] for column in COLUMNS], *EXAMPLES])
    return text.getvalue().encode("utf-8-sig")


def table_in(content: bytes) -> Table:
    """The table in an uploaded file of any known format; raises FileRefused when no format takes it."""
    check_size(content)
    for name in FRAME_FORMATS:
        if FRAME_FORMATS[name].recognises(content):
            return FRAME_FORMATS[name].table(content)
    raise refused("file.not_text")


def _psu(row: int, record: dict[str, str], towns: Container[str], faults: Faults) -> FramePsu:
    town, kind = record["town"], KINDS.get(record["kind"].casefold(), "")
    if town and town not in towns:
        faults.add("frame.town_unknown", row, "镇街代码", town)
    if record["kind"] and not kind:
        faults.add("frame.kind_unknown", row, "类别", record["kind"], kinds="、".join(KINDS))
    dwellings = _whole(row, "户数", record["dwellings"], 1, MAX_DWELLINGS, faults)
    residents = _whole(row, "15岁及以上人口", record["residents_15"], 0, MAX_RESIDENTS, faults)
    order = _whole(row, "排序", record["order"], 0, MAX_ORDER, faults)
    return FramePsu(
        town, record["community"], record["psu"], record["name"], kind, dwellings or 0, residents, order or 0
    )


def _whole(row: int, column: str, text: str, least: int, most: int, faults: Faults) -> int | None:
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        faults.add("frame.not_whole", row, column, text)
        return None
    number = int(text) if len(digits) < 12 else most + 1
    if not least <= number <= most:
        faults.add("frame.out_of_range", row, column, text, least=least, most=most)
    return number
