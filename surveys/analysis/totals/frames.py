"""The edge where a pandas DataFrame of people enters: one person a row, to a Table.

    table = table_of_frame(people, stratum="stratum", psu="psu", weight="w", variables=["aware"], keys=["town", "age"])

Source: docs/methodology.md#where-it-runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import numpy as np
import pandas as pd

from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Labels, Table, grouped


def table_of_frame(
    frame: pd.DataFrame,
    *,
    stratum: str,
    psu: str,
    weight: str,
    variables: Sequence[str],
    keys: Sequence[str] = (),
    nested: bool = False,
) -> Table:
    """The sums by stratum, PSU and keys, as from a file or a wave; the frame is left as it is, its index is not read.

    A variable's NaN, None or NA is a missing answer; a share is 0 and 1, or False and True. A weight of 0 is not
    counted. nested: PSU labels begin anew in every stratum; without it a PSU in two strata is refused.

    Raises AnalysisRefused, which names the column and the first rows, counted from 0: columns.absent, columns.twice,
    table.not_numbers, table.weight (missing, negative, infinite), table.infinite, table.label_missing (of strata, PSUs
    and keys), table.psu_in_two_strata.
    """
    _check_there(frame, [stratum, psu, weight, *variables, *keys])
    w = _numbers(frame, weight)
    refuse_rows("table.weight", ~(np.isfinite(w) & (w >= 0)), weight)
    units = Table.of_units(
        _labels(frame, stratum),
        _labels(frame, psu),
        w,
        {name: _numbers(frame, name) for name in variables},
        {name: _labels(frame, name) for name in keys},
        nested=nested,
    )
    return grouped(units, list(dict.fromkeys(keys)))


def _check_there(frame: pd.DataFrame, asked: Sequence[str]) -> None:
    """Every column that is asked for is there, once."""
    known = [str(name) for name in frame.columns]
    for name in asked:
        if name not in frame.columns:
            raise AnalysisRefused("columns.absent", column=name, known=", ".join(known))
        if (times := known.count(name)) > 1:
            raise AnalysisRefused("columns.twice", column=name, times=times)


def _numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    """A column as floats, NaN where nothing is; texts are no numbers, whatever they spell."""
    column = frame[name]
    there = column[column.notna()]
    mixed = column.dtype == object and all(isinstance(value, Real) for value in there)
    if not (mixed or pd.api.types.is_numeric_dtype(column.dtype)) or pd.api.types.is_complex_dtype(column.dtype):
        raise AnalysisRefused("table.not_numbers", column=name)
    return column.to_numpy(dtype=float, na_value=np.nan)


def _labels(frame: pd.DataFrame, name: str) -> Labels:
    """A column without gaps, in numpy's own types."""
    column = frame[name]
    refuse_rows("table.label_missing", column.isna().to_numpy(bool), name)
    values = column.to_numpy()
    return np.array(values.tolist()) if values.dtype == object else values
