"""XLSX, unpacked and read in a child process with limits on memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from surveys.sampling.frame_formats import FRAME_FORMATS
from surveys.sampling.table import BadCell, Cell, Table, check_size, refused

CHILD = "surveys.sampling.workbook_child"
ROOT = Path(__file__).parents[3]
WALL_SECONDS = 60
ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Workbook:
    """The first sheet of a workbook. Formulas, dates and errors become bad cells; numbers become their digits."""

    def recognises(self, content: bytes) -> bool:
        return content.startswith((ZIP, OLE))

    def table(self, content: bytes) -> Table:
        check_size(content)
        if content.startswith(OLE):
            raise refused("file.encrypted" if ENCRYPTED in content else "file.old_excel")
        lines = _child_output(content).splitlines()
        last = json.loads(lines[-1]) if lines else None
        if not isinstance(last, dict):  # the last line is the child's verdict; without it, it was stopped
            raise refused("file.too_costly")
        if last["code"] != "read":
            raise refused(**last)
        rows = [_row(line) for line in lines[:-1]]
        return Table(rows[0][1], rows[1:]) if rows else Table([], [])


def _child_output(content: bytes) -> bytes:
    """What the child printed: a JSON line a row and a verdict. It bounds its own memory, time and output."""
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-B", "-m", CHILD]
    try:
        done = subprocess.run(command, input=content, capture_output=True, env=environment, timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise refused("file.too_costly") from None
    return done.stdout


def _row(line: bytes) -> tuple[int, list[Cell]]:
    number, *cells = json.loads(line)
    return number, [cell if isinstance(cell, str) else BadCell(*cell) for cell in cells]


FRAME_FORMATS.add("xlsx", Workbook())
