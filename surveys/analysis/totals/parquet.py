"""DuckDB over Parquet files: the one module that knows it.

SQL comes from SQLAlchemy Core, written out for PostgreSQL, whose dialect DuckDB reads; no user-defined functions, no
extensions, nothing fetched at run time. One connection a call, in memory; what does not fit spills to a folder of its
own that is deleted.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from surveys.analysis.outcome import AnalysisRefused

ANSWER, CHUNK = "answer", "chunk"  # the relations that queries read
GROUP_ROWS = 40_960  # of a Parquet row group: what is in memory for it, in every column, while it is written
DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
FETCHING = ("autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions")

Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Limits:
    """What a query may take of the machine; `threads` 0 means all cores."""

    threads: int = 0
    memory: str = "700MB"


@dataclass(frozen=True)
class Footer:
    """What the files' own footers say of a column; `None` where one of them does not say it.

    `type` is DuckDB's name of it, nulls a count, least and most the smallest and largest value as text.
    """

    type: str
    nulls: int | None
    least: str | None
    most: str | None


def sql(select: Select[Any]) -> str:
    """The text that DuckDB runs."""
    return str(select.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def columns(select: Select[Any], files: Sequence[Path], limits: Limits) -> dict[str, Column]:
    """The result of a query over `answer`, by column; NULL is NaN among numbers and None among texts.

    Raises AnalysisRefused parquet.unreadable and parquet.memory.
    """
    with _answers(files, limits) as connection:
        found = connection.execute(sql(select)).fetchnumpy()
    return {name: _plain(np.ma.asarray(column)) for name, column in found.items()}


@contextmanager
def looking(files: Sequence[Path]) -> Iterator[Look]:
    """For looking at the files' footers. Raises AnalysisRefused parquet.unreadable."""
    with connected(Limits(1)) as connection, _readable(files):
        yield Look(connection)


class Look:
    """What footers say, through one connection: opening each its own would take longer than reading them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: dict[str, int] = {}

    def rows(self, files: Sequence[Path]) -> int:
        """Rows of all files together."""
        return sum(self._rows_of(files))

    def filled(self, files: Sequence[Path]) -> list[Path]:
        """The files that hold rows, or the first where none does. A file of nobody may have any types."""
        rows = self._rows_of(files)
        return [file for file, count in zip(files, rows, strict=True) if count] or list(files[:1])

    def check_columns(self, files: Sequence[Path], expected: Mapping[str, str]) -> None:
        """Every file with rows has the columns, each of DuckDB's type by that name: left alone it makes 1 of 0.5.

        Raises AnalysisRefused columns.file_lacks, columns.file_type.
        """
        filled = self.filled(files) if self.rows(files) else []
        for file, types in zip(filled, self._types_of(filled), strict=True):
            for name, kind in expected.items():
                if name not in types:
                    raise AnalysisRefused("columns.file_lacks", file=file.name, column=name)
                if types[name] != kind:
                    said = str(types[name])
                    raise AnalysisRefused("columns.file_type", file=file.name, column=name, type=said, expected=kind)

    def columns(self, files: Sequence[Path]) -> dict[str, Footer]:
        """Every column of the files, by name."""
        paths = [_literal(file) for file in files]
        read = self._connection.read_parquet(paths)
        types = dict(zip(read.columns, map(str, read.types), strict=True))
        said = self._connection.execute(
            "SELECT path_in_schema, list(stats_null_count), list(stats_min_value), list(stats_max_value)"
            " FROM parquet_metadata(?) GROUP BY path_in_schema",
            [paths],
        ).fetchall()
        found = {name: _footer(types[name], *lists) for name, *lists in said if name in types}
        return {name: found.get(name, Footer(types[name], None, None, None)) for name in types}

    def _types_of(self, files: Sequence[Path]) -> list[dict[str, str]]:
        if not files:
            return []
        asked = "SELECT file_name, name, duckdb_type FROM parquet_schema(?)"
        said = self._connection.execute(asked, [[_literal(file) for file in files]]).fetchall()
        found: dict[str, dict[str, str]] = {str(file): {} for file in files}
        for file, name, kind in said:
            found[file].setdefault(name, kind)  # a name inside a nested column does not hide the column before it
        return [found[str(file)] for file in files]

    def _rows_of(self, files: Sequence[Path]) -> list[int]:
        if new := [_literal(file) for file in files if str(file) not in self._rows]:
            asked = "SELECT file_name, num_rows FROM parquet_file_metadata(?)"
            self._rows |= dict(self._connection.execute(asked, [new]).fetchall())
        return [self._rows[str(file)] for file in files]


def write(
    path: Path, chunks: Iterable[Mapping[str, Column]], shape: Select[Any], said: Mapping[str, str], limits: Limits
) -> None:
    """Write one file: `shape` selects from `chunk`, which is all chunks in their order; `said` goes into the footer.

    A file's rows are held in memory until it is written.
    """
    with connected(limits) as connection:
        for place, chunk in enumerate(chunks):
            connection.register("given", chunk)
            made = f"CREATE TABLE {CHUNK} AS" if place == 0 else f"INSERT INTO {CHUNK}"
            connection.execute(f"{made} SELECT * FROM given")
            connection.unregister("given")
        facts = ", ".join(f"{name}: {_quoted(value)}" for name, value in said.items())
        written = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS}, KV_METADATA {{{facts}}}"
        connection.execute(f"COPY ({sql(shape)}) TO {_quoted(str(path))} ({written})")


@contextmanager
def connected(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory within the limits. Raises AnalysisRefused parquet.memory."""
    with tempfile.TemporaryDirectory(prefix="minping-duckdb-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = dict.fromkeys(FETCHING, False)
        config |= {"threads": limits.threads or os.cpu_count() or 1, "memory_limit": limits.memory}
        connection = duckdb.connect(config=config | {"temp_directory": spill})
        try:
            yield connection
        except duckdb.OutOfMemoryException as fault:
            raise AnalysisRefused("parquet.memory", memory=limits.memory) from fault
        finally:
            connection.close()


@contextmanager
def _answers(files: Sequence[Path], limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which `answer` is all rows of the files, in no particular order."""
    with connected(limits) as connection, _readable(files):
        connection.execute("SET preserve_insertion_order = false")
        connection.read_parquet([_literal(file) for file in files]).create_view(ANSWER)
        yield connection


@contextmanager
def _readable(files: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.BinderException) as fault:
        named = ", ".join(sorted(file.name for file in files)[:5])
        raise AnalysisRefused("parquet.unreadable", files=named, fault=str(fault).splitlines()[0]) from fault


def _plain(column: np.ma.MaskedArray[Any, Any]) -> Column:
    if not column.mask.any():
        return np.asarray(column.data)
    is_number = column.dtype.kind in "iuf"
    plain: Column = np.array(column.data, dtype=float if is_number else object)
    plain[np.ma.getmaskarray(column)] = np.nan if is_number else None
    return plain


def _footer(kind: str, nulls: Sequence[Any], least: Sequence[Any], most: Sequence[Any]) -> Footer:
    """One column over all row groups of all files; numbers are compared as numbers."""
    known = None if None in nulls else int(sum(nulls))
    return Footer(kind, known, _extreme(min, least), _extreme(max, most))


def _extreme(choose: Any, said: Sequence[str | None]) -> str | None:
    if not said or any(value is None for value in said):
        return None
    try:
        return str(choose(said, key=lambda value: float(value or "nan")))
    except ValueError:
        return str(choose(said))


def _literal(path: Path) -> str:
    """A path that is no pattern, whatever characters are in it."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
