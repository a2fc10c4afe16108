"""A register of closed enforcement cases as handed in: CSV or XLSX, taken whole or refused with every fault."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from surveys.cases.register_cells import closing_day, is_fit_code, with_plain_days
from surveys.records.base import Code
from surveys.sampling.frame_file import table_in
from surveys.sampling.table import Column, Faults, places, records

MOST_CASES = 20_000
LONGEST_CODE = Code.length or 0
CODE, CLOSED = "案件编号", "办结日期"
COLUMNS = (
    Column("code", (CODE, "case")),
    Column("body", ("执法单位", "办案单位", "body")),
    Column("kind", ("案件类别", "案件类型", "type")),
    Column("closed_on", (CLOSED, "结案日期", "closed")),
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


def read_register(content: bytes, today: date = date.max) -> RegisterFile:
    """The register in an uploaded file; a case that closes after `today` is not closed yet.

    Raises FileRefused with every fault: its row, column and value, and a code that says how to mend it.
    """
    table = table_in(content)
    faults = Faults()
    found = places(table, COLUMNS, faults)
    faults.refuse()
    table = with_plain_days(table, found["closed_on"])
    rows: list[RegisterRow] = []
    first_seen: dict[str, int] = {}
    for number, record in records(table, COLUMNS, found, faults):
        rows.append(_row(number, record, today, faults))
        earlier = first_seen.setdefault(record["code"], number)
        if record["code"] and earlier != number:
            faults.add("register.case_twice", number, CODE, record["code"], first_row=earlier)
    if not rows:
        faults.add("register.no_rows")
    if len(rows) > MOST_CASES:
        faults.add("register.too_many_rows", limit=MOST_CASES)
    faults.refuse()
    return RegisterFile(tuple(rows))


def template() -> bytes:
    """A CSV file to fill in: the headings and two example rows, in UTF-8 with the mark Excel needs."""
    return _csv(EXAMPLES)


def written(register: RegisterFile) -> bytes:
    """The register as a CSV file that `read_register` reads again."""
    return _csv((row.code, row.body, row.kind, row.closed_on.isoformat()) for row in register.rows)


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([tuple(column.headings[0] for column in COLUMNS), *rows])
    return text.getvalue().encode("utf-8-sig")


def _row(number: int, record: Mapping[str, str], today: date, faults: Faults) -> RegisterRow:
    code = record["code"]
    if len(code) > LONGEST_CODE:
        faults.add("register.code_too_long", number, CODE, code, limit=LONGEST_CODE)
    elif code and not is_fit_code(code):
        faults.add("register.code_unfit", number, CODE, code)
    closed_on = closing_day(record["closed_on"])
    if record["closed_on"] and closed_on is None:
        faults.add("register.not_a_day", number, CLOSED, record["closed_on"], example="2021-03-15")
    elif closed_on and closed_on > today:
        faults.add("register.not_closed", number, CLOSED, record["closed_on"], today=today)
    return RegisterRow(code, record["body"], record["kind"], closed_on or date.min)
