"""Tables: sorted by a link, shown page by page when they are long, downloaded whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Generic, TypeVar

from flask import Response, request, url_for

from surveys.records.waves import Wave

ROWS = 100  # a page
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its name in the address, its heading, and what stands in a row; `shown` words it on the page."""

    name: str
    words: str
    cell: Callable[[Row], Any]
    is_number: bool = False
    is_code: bool = False
    is_long: bool = False
    shown: Callable[[Row], str] | None = None

    def on_page(self, row: Row) -> str:
        """The cell as the page shows it: whole numbers with their thousands, nothing as a dash."""
        if self.shown is not None:
            return self.shown(row)
        value = self.cell(row)
        if value is None or value == "":
            return "–"
        return f"{value:,}" if isinstance(value, int) else str(value)


@dataclass(frozen=True)
class Head:
    """A heading as a link that sorts."""

    words: str
    address: str
    direction: str  # "ascending", "descending" or nothing
    is_number: bool


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of rows with its headings and the ways to the others."""

    rows: list[Row]
    columns: Sequence[Column[Row]]
    heads: list[Head]
    total: int
    page: int
    pages: int
    previous: str
    next: str
    download: str


def listing(
    rows: Sequence[Row], columns: Sequence[Column[Row]], download: str, endpoint: str, **address: str
) -> Listing[Row]:
    """The page of this request (`?sort=name` or `-name`, `?page=`); unsorted rows keep their order."""
    sort = request.args.get("sort", "")
    ordered = sorted_by(rows, columns, sort)
    pages = max(1, ceil(len(ordered) / ROWS))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)

    def here(sort: str, page: int = 1) -> str:
        asked: dict[str, Any] = {"sort": sort or None, "page": page if page > 1 else None}
        values: dict[str, Any] = {**address, **{key: value for key, value in asked.items() if value}}
        return url_for(endpoint, **values)

    return Listing(
        rows=ordered[(page - 1) * ROWS : page * ROWS],
        columns=columns,
        heads=[_head(column, sort, here) for column in columns],
        total=len(ordered),
        page=page,
        pages=pages,
        previous=here(sort, page - 1) if page > 1 else "",
        next=here(sort, page + 1) if page < pages else "",
        download=download,
    )


def small_table(
    name: str, rows: Sequence[Row], columns: Sequence[Column[Row]], endpoint: str, **address: str
) -> Listing[Row]:
    """One of several tables of a page: its links carry its name, and the page's own address is its file, `?csv=name`.

    The page must answer that with `csv_download` when `file_asked()` gives the name.
    """
    named = [replace(column, name=f"{name}.{column.name}") for column in columns]
    values: dict[str, Any] = {**address, "csv": name}
    return listing(rows, named, url_for(endpoint, **values), endpoint, _anchor=name, **address)


def still_table(rows: Sequence[Row], columns: Sequence[Column[Row]]) -> Listing[Row]:
    """A table of what has just been handed in: nothing to sort or download, for a link would lose it."""
    heads = [Head(column.words, "", "", column.is_number) for column in columns]
    return Listing(list(rows), columns, heads, len(rows), 1, 1, "", "", "")


def file_asked() -> str:
    """The table that this request wants as a file, or nothing."""
    return request.args.get("csv", "")


def sorted_by(rows: Sequence[Row], columns: Sequence[Column[Row]], sort: str) -> list[Row]:
    """Rows by one column, downwards with a minus before its name; a name nobody knows changes nothing."""
    column = next((column for column in columns if column.name == sort.removeprefix("-")), None)
    if column is None:
        return list(rows)
    return sorted(rows, key=lambda row: _order(column.cell(row)), reverse=sort.startswith("-"))


def _order(value: Any) -> tuple[int, Any]:
    """Nothing before words ("fewer than 10") before numbers; each kind among itself."""
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, str) else (2, value)


def _head(column: Column[Row], sort: str, here: Callable[[str], str]) -> Head:
    directions = {column.name: "ascending", f"-{column.name}": "descending"}
    turned = f"-{column.name}" if sort == column.name else column.name
    return Head(column.words, here(turned), directions.get(sort, ""), column.is_number)


def mark_of(wave: Wave) -> str:
    """What every row of a file of a synthetic wave says: the notice of `csv_download`."""
    return "模拟数据" if wave.synthetic else ""


def csv_download(filename: str, columns: Sequence[Column[Row]], rows: Iterable[Row], notice: str = "") -> Response:
    """All rows as a CSV file that Excel opens; `notice` stands in a column of its own, so that no row goes without."""
    heads = [column.words for column in columns] + ([notice] if notice else [])
    lines = ([column.cell(row) for column in columns] + ([notice] if notice else []) for row in rows)
    return csv_response(filename, heads, lines)


def csv_response(filename: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> Response:
    """A CSV file; text that a spreadsheet would take for a formula is written as text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [[as_text(head) for head in heads], *([as_text(cell) for cell in line] for line in lines)]
    )
    return attached(filename, text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def attached(filename: str, content: bytes, media_type: str, more: Mapping[str, str] | None = None) -> Response:
    """A file to save, which stays in no cache."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(more or {})
    return response


def as_text(cell: object) -> object:
    """Text that begins like a formula gets an apostrophe before it, as Excel itself writes such text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
