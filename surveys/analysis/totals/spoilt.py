"""Which file spoils a column, and how often; looked for only once it is known that something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Double, cast, column, func, not_, or_, select, table

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.parquet import ANSWER, Limits, columns, looking

BROKEN = {"FLOAT", "DOUBLE"}  # DuckDB's types that may hold NaN
ONE_CORE = Limits(threads=1)

Named = ColumnElement[Any]


def _number(named: Named) -> ColumnElement[float]:
    return cast(named, Double)


def _no_label(named: Named, kind: str) -> ColumnElement[bool]:
    gap = named.is_(None)
    return or_(gap, func.isnan(named)) if kind in BROKEN else gap


def _not_binary(named: Named, _kind: str) -> ColumnElement[bool]:
    return _number(named).not_in((0, 1)) & not_(func.isnan(_number(named)))


WRONG: Mapping[str, Callable[[Named, str], ColumnElement[bool]]] = {
    "columns.weight_missing": lambda named, _kind: named.is_(None),
    "columns.weight_negative": lambda named, _kind: named < 0,
    "columns.weight_infinite": lambda named, _kind: not_(func.isfinite(_number(named))),
    "columns.not_binary": _not_binary,
    "columns.value_infinite": lambda named, _kind: func.isinf(_number(named)),
    "columns.label_missing": _no_label,
}


def spoilt(code: str, name: str, kind: str, files: Sequence[Path]) -> AnalysisRefused:
    """The refusal that names the first of the files with such a value in the column, and how many it holds.

    `code`: one of WRONG; `kind`: DuckDB's type of the column. Every file has the column.
    """
    with looking(files) as look:
        filled = look.filled(files)
    wrong = func.count().filter(WRONG[code](column(name), kind)).label("wrong")
    asked = select(wrong).select_from(table(ANSWER))
    counts = {file.name: int(columns(asked, [file], ONE_CORE)["wrong"][0]) for file in filled}
    first = next((file for file, count in counts.items() if count), filled[0].name)
    return AnalysisRefused(code, column=name, file=first, count=counts[first])
