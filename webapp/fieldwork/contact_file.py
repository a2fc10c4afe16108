"""Results of visits and calls as a CSV file: taken whole or refused with every fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.records.frames import Unit
from surveys.records.kinds import Disposition
from surveys.sampling.csv_text import csv_table
from surveys.sampling.table import Column, Faults, places, records

COLUMNS = (
    Column("psu", ("网格编号", "psu")),
    Column("dwelling", ("户序号", "dwelling")),
    Column("disposition", ("结果", "disposition")),
    Column("note", ("备注", "note"), required=False),
)
WORDS = {
    "未接触": Disposition.NON_CONTACT,
    "拒绝": Disposition.REFUSED,
    "不合资格": Disposition.INELIGIBLE,
    "其他": Disposition.OTHER,
}
CODES = WORDS | {disposition.value: disposition for disposition in Disposition}
EXAMPLES = (("500112020-001-01", "17", "未接触", ""), ("500112020-001-01", "42", "不合资格", "无人居住"))
Places = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Entry:
    """One attempt to reach a unit."""

    unit_id: int
    disposition: Disposition
    note: str


def units_by_place(registrar: Session, wave_id: int) -> dict[tuple[str, str], int]:
    """The sampled units by PSU and number on its list."""
    mine = select(Unit.psu, Unit.dwelling, Unit.id).where(Unit.wave_id == wave_id)
    return {(psu, str(dwelling)): unit_id for psu, dwelling, unit_id in registrar.execute(mine)}


def read_contacts(content: bytes, units: Places) -> list[Entry]:
    """The entries in a file, in its order; raises FileRefused with every fault."""
    table, faults = csv_table(content), Faults()
    found = places(table, COLUMNS, faults)
    faults.refuse()
    entries: list[Entry] = []
    for row, record in records(table, COLUMNS, found, faults):
        unit_id = units.get((record["psu"], record["dwelling"]))
        disposition = CODES.get(record["disposition"])
        if unit_id is None and record["psu"] and record["dwelling"]:
            faults.add("contact.unit_unknown", row, "户序号", f"{record['psu']} {record['dwelling']}")
        if disposition is None and record["disposition"]:
            faults.add("contact.result_unknown", row, "结果", record["disposition"], words="、".join(WORDS))
        if unit_id is not None and disposition is not None:
            entries.append(Entry(unit_id, disposition, record["note"]))
    if not entries:
        faults.add("contact.no_rows")
    faults.refuse()
    return entries
