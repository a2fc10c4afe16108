"""The cells of a register as people fill them in: days in several spellings, case codes that an address can carry."""

from __future__ import annotations

import re
from datetime import date

from surveys.sampling.table import BadCell, Cell, Table

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
MIDNIGHT = " 00:00:00"  # how a workbook's day reads once it is text
SEPARATORS = "/\\"  # a code stands in an address, where these would end it


def closing_day(text: str) -> date | None:
    """The day in "2021-03-15", "2021/3/15", "2021.3.15", "2021年3月15日" or "20210315"; None when it is none."""
    found = DAY.fullmatch(text) or EIGHT_DIGITS.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_fit_code(code: str) -> bool:
    """Whether a case code can stand in an address and in a file's cell: printable, no slash, not only dots."""
    return code.isprintable() and not set(code) & set(SEPARATORS) and bool(code.strip("."))


def with_plain_days(table: Table, place: int) -> Table:
    """The same table with a workbook's day cells in one column as text: a register's days are mostly real days."""
    return Table(table.headings, [(number, _plain(cells, place)) for number, cells in table.rows])


def _plain(cells: list[Cell], place: int) -> list[Cell]:
    cell = cells[place] if place < len(cells) else ""
    if not isinstance(cell, BadCell) or closing_day(cell.shown.removesuffix(MIDNIGHT)) is None:
        return cells
    return [*cells[:place], cell.shown.removesuffix(MIDNIGHT), *cells[place + 1 :]]
