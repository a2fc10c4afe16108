"""The written report as plain text, for the terminal: the same blocks as the Word file, in either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from surveys.reporting.blocks import Column, Heading, Note, Paragraph, Picture, Signature, Table, Title
from surveys.reporting.edition import Edition
from surveys.reporting.lines import broken
from surveys.reporting.outline import outline

WIDTH = 100
WIDEST = 44  # of a table's first column; longer names are broken
GAP = "  "
Cells = Sequence[str | None]


def report_text(edition: Edition, language: str = "zh") -> str:
    """The whole report, ending in a line feed."""
    lines: list[str] = []
    for block in outline(edition, language):
        lines += WRITE[type(block)](block)
    return "\n".join(lines).strip("\n") + "\n"


def width(text: str) -> int:
    """Columns a text takes in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _title(block: Title) -> list[str]:
    return [block.text, "=" * width(block.text), ""]


def _heading(block: Heading) -> list[str]:
    return ["", block.text, "-" * width(block.text), ""]


def _paragraph(block: Paragraph) -> list[str]:
    return [*broken(block.text, WIDTH / 2), ""]


def _note(block: Note) -> list[str]:
    return [f"  {line}" for line in broken(block.text, WIDTH / 2 - 1)]


def _picture(_block: Picture) -> list[str]:
    return []  # its table follows


def _signature(block: Signature) -> list[str]:
    return ["", block.who, block.when]


def _table(block: Table) -> list[str]:
    """Names broken to WIDEST at most; a cell that swallows those after it may be wider than its column."""
    rows: list[Cells] = [[column.heading for column in block.columns], *block.rows]
    names = [broken(row[0] or "", WIDEST / 2) for row in rows]
    cells: list[Cells] = [["", *row[1:]] for row in rows]
    widths = [max((width(line) for name in names for line in name), default=0), *_widths(cells, len(block.columns))]
    lines = [line for name, row in zip(names, cells, strict=True) for line in _row(name, row, block.columns, widths)]
    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    return ["", block.title, lines[0], rule, *lines[len(names[0]) :], ""]


def _widths(rows: Sequence[Cells], columns: int) -> list[int]:
    """Of every column but the first, by the cells that swallow none."""
    alone = [
        [
            width(row[place] or "")
            for row in rows
            if row[place] is not None and (row[place + 1 :] or [""])[0] is not None
        ]
        for place in range(1, columns)
    ]
    return [max(found, default=0) for found in alone]


def _row(name: list[str], row: Cells, columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    cells = list(_joined(row, columns, widths))
    for line, rest in zip_longest(name, [cells], fillvalue=""):
        said = GAP.join([str(line) + " " * (widths[0] - width(str(line))), *rest])
        yield said.rstrip()


def _joined(row: Cells, columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """The cells after the first as they are printed, each with the room of those it swallows."""
    place = 1
    while place < len(row):
        end = place + 1
        while end < len(row) and row[end] is None:
            end += 1
        room = sum(widths[place:end]) + len(GAP) * (end - place - 1)
        text = row[place] or ""
        blank = " " * (room - width(text))
        yield blank + text if columns[place].number and end == place + 1 else text + blank
        place = end


WRITE: dict[type, Callable[[Any], list[str]]] = {
    Title: _title,
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _note,
    Picture: _picture,
    Signature: _signature,
    Table: _table,
}
