"""A table of text out of an uploaded file, before anybody asks what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.errors import FileFault, FileRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
MAX_CELLS = 1_000_000
MAX_CELL_TEXT = 200
MAX_FAULTS = 1_000


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that is not plain text or a plain number: a formula, a date, a spreadsheet error."""

    code: str
    shown: str


Cell = str | BadCell


@dataclass(frozen=True)
class Table:
    """Headings, and rows with the number a reader sees in the margin of the spreadsheet (the heading is row 1)."""

    headings: list[Cell]
    rows: list[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class Column:
    """One column of a file: its code, the headings it may stand under, and whether each row must fill it."""

    code: str
    headings: tuple[str, ...]
    required: bool = True


@dataclass
class Faults:
    """Every fault of one file; beyond MAX_FAULTS they are counted, not kept."""

    kept: list[FileFault] = field(default_factory=list)
    beyond: int = 0

    def add(self, code: str, row: int | None = None, column: str = "", value: str = "", **values: object) -> None:
        if len(self.kept) < MAX_FAULTS:
            self.kept.append(FileFault(code, row, column, value[:MAX_CELL_TEXT], values))
        else:
            self.beyond += 1

    def refuse(self) -> None:
        """Raise FileRefused when there was any fault."""
        if self.beyond:
            self.kept.append(FileFault("file.more_faults", values={"count": self.beyond}))
        if self.kept:
            raise FileRefused(self.kept)


def refused(code: str, **values: object) -> FileRefused:
    """The refusal of a whole file for one reason."""
    return FileRefused([FileFault(code, values=values)])


def check_size(content: bytes) -> None:
    """Raise FileRefused for a file that is empty or larger than MAX_BYTES."""
    if not content.strip():
        raise refused("file.empty")
    if len(content) > MAX_BYTES:
        raise refused("file.too_large", limit_mb=MAX_BYTES // 2**20)


def places(table: Table, columns: Sequence[Column], faults: Faults) -> dict[str, int]:
    """Where each column stands; a required one that is missing, or one that stands twice, is a fault."""
    names = {name.casefold(): column.code for column in columns for name in column.headings}
    found: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        code = names.get(heading.strip().casefold()) if isinstance(heading, str) else None
        if code in found:
            faults.add("file.column_twice", 1, str(heading), str(heading))
        elif code is not None:
            found[code] = place
    for column in columns:
        if column.required and column.code not in found:
            faults.add("file.column_missing", 1, column.headings[0], heading=column.headings[0])
    return found


def records(
    table: Table, columns: Sequence[Column], found: Mapping[str, int], faults: Faults
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not blank, as column code -> text. Empty required cells and bad cells are faults and read ""."""
    for number, cells in table.rows:
        if not any(cells):
            continue
        record = {}
        for column in columns:
            place = found.get(column.code)
            cell = cells[place] if place is not None and place < len(cells) else ""
            record[column.code] = _text(cell, column, number, faults, asked=place is not None)
        yield number, record


def _text(cell: Cell, column: Column, row: int, faults: Faults, asked: bool) -> str:
    heading = column.headings[0]
    if isinstance(cell, BadCell):
        faults.add(cell.code, row, heading, cell.shown)
        return ""
    text = cell.strip()
    if not text and column.required and asked:
        faults.add("file.cell_empty", row, heading)
    elif len(text) > MAX_CELL_TEXT:
        faults.add("file.cell_too_long", row, heading, text, limit=MAX_CELL_TEXT)
    return text
