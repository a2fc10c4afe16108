"""The group-by for data of one's own: columns of Parquet files, one person a row, to a Table.

    table = table_of_files(files, GroupBy(["aware", "satisfied"], keys=["town", "age"], weight="w"))

In tasks, one file each, with the same result (`distributed` needs Dask):

    plan = plan_of(files, group)
    with client_of(workers=4) as client:
        parts = each(client, partial(sums_of_file, plan=plan), files, lambda done, total: None)
    table = table_of(added(parts), plan)

What the files' footers say (no gaps, only 0 and 1, no weight of 0) saves sums.
Source: docs/methodology.md#where-it-runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Double,
    Label,
    Select,
    SmallInteger,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
)

from surveys.analysis.labels import check_one_stratum
from surveys.analysis.table import FloatArray, Labels, Table, Variable
from surveys.analysis.totals.grouping import GroupBy, Plan, plan_of, refuse_files_twice
from surveys.analysis.totals.parquet import ANSWER, Limits, columns, looking
from surveys.analysis.totals.partial import Partial, added, bounded
from surveys.analysis.totals.spoilt import BROKEN, spoilt

__all__ = ["GroupBy", "Plan", "plan_of", "refuse_files_twice", "sums_of_file", "table_of", "table_of_files"]

ALL_CORES, ONE_CORE = Limits(), Limits(threads=1)
MOST_ROWS = 250_000  # that may leave a file in a task

Sum = ColumnElement[Any]


def table_of_files(files: Sequence[Path], group: GroupBy, limits: Limits = ALL_CORES) -> Table:
    """The sums of all files as one table, on this machine.

    Raises AnalysisRefused: what `plan_of`, `sums_of_file` and `table_of` raise, parquet.memory.
    """
    plan = plan_of(files, group)
    with looking(files) as look:
        filled = look.filled(files)
    return table_of(added([_checked(_sums(filled, plan, limits), plan, filled)]), plan)


def sums_of_file(file: Path, plan: Plan, most_rows: int = MOST_ROWS) -> Partial:
    """One file's sums, for a task on one core.

    Raises AnalysisRefused totals.too_many_rows, columns.file_lacks or columns.file_type for a file not like those of
    the plan, and with the file's name and a count columns.weight_missing, columns.weight_negative,
    columns.weight_infinite, columns.not_binary, columns.value_infinite, columns.label_missing.
    """
    with looking([file]) as look:
        look.check_columns([file], plan.types)
    return bounded(_checked(_sums([file], plan, ONE_CORE), plan, [file]), most_rows, file.name)


def table_of(partial: Partial, plan: Plan) -> Table:
    """The table of added sums.

    Raises AnalysisRefused table.psu_in_two_strata.
    """
    group, numbers = plan.group, dict(zip(plan.sums, np.asfortranarray(partial.numbers).T, strict=True))
    labels = {name: _labels(column) for name, column in partial.keys.items()}
    strata, stratum = np.unique(labels[group.stratum], return_inverse=True)
    psus, psu = np.unique(labels[group.psu], return_inverse=True)
    if not group.nested:
        check_one_stratum(psus, psu, stratum)
    return Table(
        strata=tuple(str(label) for label in strata.tolist()),
        stratum=stratum.astype(np.int64),
        psu=psu.astype(np.int64),
        count=numbers["count"],
        w=numbers["w"],
        ww=numbers["ww"],
        variables={name: _variable(name, plan, numbers) for name in group.variables},
        keys={name: labels[name] for name in group.keys},
        psus=psus,
    )


def _sums(files: Sequence[Path], plan: Plan, limits: Limits) -> Partial:
    found = columns(_select(plan), files, limits)
    keys = {name: found[f"key.{name}"] for name in plan.group.labels}
    numbers = np.column_stack([np.asarray(found[name], float) for name in plan.sums])
    return Partial(keys, numbers, np.zeros((len(numbers), 0), np.uint8))


def _select(plan: Plan) -> Select[Any]:
    """The sums of `Plan.sums`, by stratum, PSU and keys."""
    group, w = plan.group, cast(column(plan.group.weight), Double)
    keys: list[Label[Any]] = [column(name).label(f"key.{name}") for name in group.labels]
    sums: dict[str, Sum] = {
        "w": func.sum(w),
        "ww": func.sum(w * w),
        "count": func.count().filter(w > 0) if plan.zeros else func.count(),
        "missing": func.count().filter(w.is_(None)),
        "negative": func.count().filter(w < 0),
    }
    for name in group.variables:
        sums |= _sums_of_variable(name, _value(name, plan), w, plan)
    chosen = [sums[name].label(name) for name in plan.sums]
    return select(*keys, *chosen).select_from(table(ANSWER)).group_by(*(key.element for key in keys))


def _sums_of_variable(name: str, y: Sum, w: Sum, plan: Plan) -> dict[str, Sum]:
    """A sum over nobody is 0; NaN is kept, to be refused."""
    there = func.count(y)
    return {
        f"odd.{name}": func.count().filter(y.not_in((0, 1))),
        f"n.{name}": there.filter(w > 0) if plan.zeros else there,
        f"wn.{name}": func.coalesce(func.sum(case((y.is_not(None), w))), 0.0),
        f"wy.{name}": func.coalesce(func.sum(w * y), 0.0),
        f"wyy.{name}": func.coalesce(func.sum(w * y * y), 0.0),
    }


def _value(name: str, plan: Plan) -> Sum:
    """A variable as DuckDB multiplies it; NaN is NULL."""
    kind = plan.types[name]
    if kind == "BOOLEAN":
        return cast(column(name), SmallInteger)
    return func.nullif(column(name), cast(literal("NaN"), Double)) if kind in BROKEN else column(name)


def _variable(name: str, plan: Plan, numbers: dict[str, FloatArray]) -> Variable:
    n, wn = (numbers.get(f"{kind}.{name}", numbers[whole]) for kind, whole in (("n", "count"), ("wn", "w")))
    wy = numbers[f"wy.{name}"]
    return Variable(n, wn, wy, numbers.get(f"wyy.{name}", wy))


def _checked(partial: Partial, plan: Plan, files: Sequence[Path]) -> Partial:
    """The files' sums, refused for what footers do not tell: NaN never, and the rest only where the writer kept it."""
    for code, name in _faults(partial, plan):
        raise spoilt(code, name, plan.types[name], files)
    return partial


def _faults(partial: Partial, plan: Plan) -> Iterator[tuple[str, str]]:
    """What is wrong, by code and column."""
    group, numbers = plan.group, dict(zip(plan.sums, partial.numbers.T, strict=True))
    if plan.weights and numbers["missing"].any():
        yield "columns.weight_missing", group.weight
    if plan.weights and numbers["negative"].any():
        yield "columns.weight_negative", group.weight
    if not np.isfinite(numbers["ww"]).all():
        yield "columns.weight_infinite", group.weight
    yield from (("columns.not_binary", name) for name in plan.odd if numbers[f"odd.{name}"].any())
    for name in group.variables:
        if not np.isfinite(numbers[f"wy.{name}"]).all():
            yield "columns.value_infinite", name
    yield from (("columns.label_missing", name) for name, labels in partial.keys.items() if _gaps(labels))


def _gaps(labels: Labels) -> bool:
    missing = [label is None for label in labels] if labels.dtype == object else labels != labels
    return bool(np.any(missing))


def _labels(column: Labels) -> Labels:
    """Labels without a gap; texts in numpy's own type, which compares faster."""
    return np.array(column.tolist(), dtype=str) if column.dtype == object else column
