"""CSV as people save it here: UTF-8 with or without a mark, or GB18030 from Chinese Excel; comma, tab or semicolon."""

from __future__ import annotations

import csv
import io

from surveys.errors import FileFault, FileRefused
from surveys.sampling.table import MAX_CELLS, MAX_ROWS, Cell, Table, check_size, refused


def csv_table(content: bytes) -> Table:
    """The table in a CSV file; raises FileRefused when it is too large, not text, or torn inside a quotation."""
    check_size(content)
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[Cell]]] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            rows.append((len(rows) + 1, list(row)))
            if len(rows) > MAX_ROWS + 1:
                raise refused("file.too_many_rows", limit=MAX_ROWS)
            if cells > MAX_CELLS:
                raise refused("file.too_many_cells", limit=MAX_CELLS)
    except csv.Error:
        raise FileRefused([FileFault("file.csv_torn", row=len(rows) + 1)]) from None
    return Table(rows[0][1], rows[1:])


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise refused("file.not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused("file.not_text")


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",\t;", key=first.count)
