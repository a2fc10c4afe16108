"""CSV."""

from __future__ import annotations

from surveys.sampling.csv_text import csv_table
from surveys.sampling.frame_formats import FRAME_FORMATS
from surveys.sampling.table import Table


class Delimited:
    """Text in rows; the reader tells encoding and separator from the bytes."""

    def recognises(self, content: bytes) -> bool:
        return b"\0" not in content and not content.startswith(b"PK")

    def table(self, content: bytes) -> Table:
        return csv_table(content)


FRAME_FORMATS.add("csv", Delimited())
