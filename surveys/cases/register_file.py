"""A register of closed enforcement cases as handed in: CSV or XLSX, taken whole or refused with every fault."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from datetime import date

from surveys.sampling.frame_file import table_in
from surveys.sampling.table import Column, Faults, places, records

COLUMNS = (
    Column("code", ("案件编号", "case")),
    Column("body", ("执法单位", "body")),
    Column("kind", ("案件类别", "type")),
    Column("closed_on", ("办结日期", "closed")),
)
EXAMPLES = (
    ("示例-2021-001", "示例执法一大队", "行政处罚", "2021-03-15"),
    ("示例-2021-002", "示例执法二大队", "行政许可", "2021-04-02"),
)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One closed case; no party is named here."""

    code: str
    body: str
    kind: str
    closed_on: date


@dataclass(frozen=True)
class RegisterFile:
    """A whole register in the order of its case codes, and the hash of that form."""

    rows: tuple[RegisterRow, ...]
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(sorted(self.rows, key=lambda row: row.code)))
        lines = [json.dumps(asdict(row), ensure_ascii=False, default=str, sort_keys=True) for row in self.rows]
        object.__setattr__(self, "sha256", hashlib.sha256("\n".join(lines).encode()).hexdigest())


def read_register(content: bytes) -> RegisterFile:
    """The register in an uploaded file; raises FileRefused with every fault: row, column, value and mend."""
    table = table_in(content)
    faults = Faults()
    found = places(table, COLUMNS, faults)
    faults.refuse()
    rows: list[RegisterRow] = []
    first_seen: dict[str, int] = {}
    for number, record in records(table, COLUMNS, found, faults):
        earlier = first_seen.setdefault(record["code"], number)
        if record["code"] and earlier != number:
            faults.add("register.case_twice", number, "案件编号", record["code"], first_row=earlier)
        closed_on = _day(number, record["closed_on"], faults)
        rows.append(RegisterRow(record["code"], record["body"], record["kind"], closed_on))
    if not rows:
        faults.add("register.no_rows")
    faults.refuse()
    return RegisterFile(tuple(rows))


def template() -> bytes:
    """A CSV file to fill in: the headings and two example rows, in UTF-8 with the mark Excel needs."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[column.headings[0] for column in COLUMNS], *EXAMPLES])
    return text.getvalue().encode("utf-8-sig")


def _day(row: int, text: str, faults: Faults) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        if text:
            faults.add("register.not_a_day", row, "办结日期", text, example="2021-03-15")
        return date.min
