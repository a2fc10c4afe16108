"""What a written report is made of, before any format: headings, paragraphs, notes, tables, charts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Title:
    """The report's title, once, with what stands under it."""

    text: str
    below: str = ""


@dataclass(frozen=True)
class Heading:
    """A section's heading, with its number already in it."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Body text."""

    text: str


@dataclass(frozen=True)
class Note:
    """Small text: the definition under a table, or a remark."""

    text: str


@dataclass(frozen=True)
class Column:
    """A table's column: heading, share of the width, and whether it holds numbers."""

    heading: str
    width: float
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts under columns; a None is swallowed by the cell before it."""

    title: str
    columns: tuple[Column, ...]
    rows: list[list[str | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A chart by its name."""

    chart: str
    description: str


@dataclass(frozen=True)
class Signature:
    """Who signs, and when."""

    who: str
    when: str


Block = Title | Heading | Paragraph | Note | Table | Picture | Signature
