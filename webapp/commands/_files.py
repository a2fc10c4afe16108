"""Files that commands write: never over another, readable by their owner alone, gone when the work failed."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from surveys.errors import Refusal

STDOUT = Path("-")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, made before the work so that nothing is lost for want of it; `-` is standard output.

    Raises Refusal when it exists or cannot be made. One that is still empty when the work fails is removed.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise Refusal("command.file_not_new", path=path, fault=fault.strerror) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except BaseException:
        if path.stat().st_size == 0:
            path.unlink()
        raise


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV that Excel opens; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_as_text(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
