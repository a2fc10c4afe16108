"""Reads an XLSX workbook from standard input and prints its first sheet as JSON lines, then a verdict.

Runs by itself, because a small workbook can cost a reader seconds and a gigabyte: this process limits its own memory
and time, counts what it unpacks, and may die without harm. The verdict is {"code": "read"} or a fault with its values.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from surveys.errors import FileRefused
from surveys.sampling.table import MAX_CELL_TEXT, MAX_CELLS, MAX_ROWS, refused

MEMORY = 512 * 2**20
CPU_SECONDS = 30
MAX_ENTRIES = 2_000
MAX_UNPACKED = 100 * 2**20
MAX_OUTPUT = 30 * 2**20
CHUNK = 2**16
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")


def main() -> None:
    """Print the rows and the verdict; a death without a verdict means that a limit was met."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    verdict = _verdict(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(verdict).encode())


def _verdict(content: bytes) -> dict[str, object]:
    try:
        check_archive(content)
        for line in sheet_lines(content):
            sys.stdout.buffer.write(line)
    except FileRefused as refusal:
        fault = refusal.faults[0]
        return {"code": fault.code, **fault.values}
    except MemoryError:
        return {"code": "file.too_costly"}
    except (zipfile.BadZipFile, InvalidFileException, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        return {"code": "file.truncated"}
    except Exception:  # the reader meets a damaged part in many ways, and each means the same to the person
        return {"code": "file.not_workbook"}
    return {"code": "read"}


def check_archive(content: bytes) -> None:
    """Unpack every part once, counting; raises FileRefused for too many, too much, a password or a DTD."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_ENTRIES:
            raise refused("file.too_many_entries", limit=MAX_ENTRIES)
        if any(part.flag_bits & 1 for part in parts):
            raise refused("file.encrypted")
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise refused("file.unpacked_too_large", limit_mb=MAX_UNPACKED // 2**20)
        if "xl/workbook.xml" not in archive.namelist():
            raise refused("file.not_workbook")
        for part in parts:
            with archive.open(part) as opened:
                _check_part(part.filename, opened)


def _check_part(name: str, opened: Any) -> None:
    markup = name.endswith((".xml", ".rels", ".vml"))
    tail = b""
    while chunk := opened.read(CHUNK):
        window = tail + chunk
        # a NUL means UTF-16, in which a DTD could hide from this search
        if markup and (b"\0" in window or any(word in window for word in FORBIDDEN)):
            raise refused("file.dtd")
        tail = window[-16:]


def sheet_lines(content: bytes) -> Iterator[bytes]:
    """The first sheet's rows as JSON: the row number, then texts, or [fault code, what is shown] for a bad cell."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    cells = printed = rows = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += max(1, len(row))
        if cells > MAX_CELLS:
            raise refused("file.too_many_cells", limit=MAX_CELLS)
        given = [_cell(cell) for cell in row]
        if not any(given):
            continue
        rows += 1
        if rows > MAX_ROWS + 1:
            raise refused("file.too_many_rows", limit=MAX_ROWS)
        line = json.dumps([number, *given], ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        printed += len(line)
        if printed > MAX_OUTPUT:
            raise refused("file.unpacked_too_large", limit_mb=MAX_OUTPUT // 2**20)
        yield line


def _cell(cell: Any) -> str | list[str]:
    value = cell.value
    if value is None:
        return ""
    shown = str(value)[: MAX_CELL_TEXT + 1]
    if cell.data_type == "f":
        return ["file.cell_formula", shown]
    if cell.data_type == "e" or isinstance(value, bool | date | datetime | time | timedelta):
        return ["file.cell_type", shown]
    if isinstance(value, float | Decimal) and value == int(value):
        return str(int(value))
    return shown


if __name__ == "__main__":
    main()
