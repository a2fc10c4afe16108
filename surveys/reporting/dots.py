"""The one kind of chart we draw: a row a domain or item, a point with its interval, at most one reference line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.records.releases import Figure
from surveys.reporting.charts import Size, Spec
from surveys.reporting.drawing import BLUE, QUIET, VERMILION, config
from surveys.reporting.lines import broken
from surveys.reporting.numbers import rounded, value_text
from surveys.reporting.words import said

RIGHT = 56  # room for the column of values
NARROW_LATIN = 136  # room for names in Latin letters on a phone
Place = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One row of the chart: its label and its figure; a heading has none."""

    label: str
    figure: Figure | None = None


def dots(title: str, note: str, rows: Sequence[Row], size: Size, language: str, line: Figure | None) -> Spec | None:
    """Points with whiskers in the order given; a row whose value is withheld says so in words.

    None when no row has a value: an empty chart says nothing.
    """
    if not any(row.figure is not None and row.figure.value is not None for row in rows):
        return None
    size = replace(size, labels=NARROW_LATIN) if size.narrow and language != "zh" else size
    places = [_place(number, row, language) for number, row in enumerate(rows)]
    x = _scale(places, line, 4 if size.narrow else 6)
    y: Spec = {"field": "row", "type": "quantitative", "axis": None}
    y |= {"scale": {"domain": [-0.5, len(rows) - 0.5], "nice": False, "zero": False, "reverse": True}}
    layers = [*_reference(line, x, size), _whiskers(x, y), _points(x, y), *_texts(y, size)]
    room = size.width - 16
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": size.width - size.labels - RIGHT - 8,
        "height": size.row * len(rows),
        "padding": {"left": 4, "right": 4, "top": 6, "bottom": 6},
        "title": {"text": broken(title, room / (size.type + 3)), "subtitle": broken(note, room / (size.type - 1))},
        "data": {"values": places},
        "layer": layers,
        "config": config(size.type),
    }


def _place(number: int, row: Row, language: str) -> Place:
    place: Place = {"row": number, "label": row.label, "kind": "heading" if row.figure is None else "row", "text": ""}
    if row.figure is None:
        return place
    numbers = rounded(row.figure)
    if numbers.value is None:
        return place | {"said": said("chart.withheld", language)}
    place |= {"value": float(numbers.value), "text": value_text(row.figure)}
    if numbers.lower is not None and numbers.upper is not None:
        place |= {"lower": float(numbers.lower), "upper": float(numbers.upper)}
    return place


def _scale(places: Sequence[Place], line: Figure | None, most_steps: int) -> dict[str, Any]:
    """The x axis, from ten to ten around everything that is drawn."""
    ends = [place[end] for place in places for end in ("lower", "value", "upper") if end in place]
    if line is not None and line.value is not None:
        ends.append(float(rounded(line).value or 0))
    low, high = (min(ends), max(ends)) if ends else (0.0, 100.0)
    domain = [max(0, math.floor(low / 10) * 10), min(100, math.ceil(high / 10) * 10)]
    step = next(step for step in (10, 20, 50) if (domain[1] - domain[0]) / step <= most_steps or step == 50)
    ticks = list(range(domain[0] + (-domain[0]) % step, domain[1] + 1, step))
    axis = {"title": None, "labelExpr": "datum.label + '%'", "values": ticks, "labelFlush": False}
    return {"type": "quantitative", "scale": {"domain": domain, "nice": False, "zero": False}, "axis": axis}


def _whiskers(x: Spec, y: Spec) -> Spec:
    return {
        "transform": [{"filter": "isValid(datum.lower)"}],
        "mark": {"type": "rule", "strokeWidth": 2, "color": BLUE, "opacity": 0.55},
        "encoding": {"y": y, "x": x | {"field": "lower"}, "x2": {"field": "upper"}},
    }


def _points(x: Spec, y: Spec) -> Spec:
    return {
        "transform": [{"filter": "isValid(datum.value)"}],
        "mark": {"type": "point", "filled": True, "size": 62, "color": BLUE, "opacity": 1},
        "encoding": {"y": y, "x": x | {"field": "value"}},
    }


def _texts(y: Spec, size: Size) -> list[Spec]:
    """Labels left of the plot, values in a column right of it, and words where a value is withheld."""
    left = {"type": "text", "align": "right", "dx": -10, "limit": size.labels - 8}
    right = {"type": "text", "align": "left", "dx": 10}
    withheld = {"type": "text", "align": "left", "dx": 6, "fontSize": size.type - 2, "color": QUIET}
    heading = left | {"fontWeight": "bold", "color": QUIET}
    return [
        _text(left, y, {"value": 0}, "label", "datum.kind == 'row'"),
        _text(heading, y, {"value": 0}, "label", "datum.kind == 'heading'"),
        _text(right, y, {"value": "width"}, "text", "isValid(datum.value)"),
        _text(withheld, y, {"value": 0}, "said", "isValid(datum.said)"),
    ]


def _text(mark: Spec, y: Spec, x: Spec, field: str, condition: str) -> Spec:
    encoding = {"y": y, "x": x, "text": {"field": field, "type": "nominal"}}
    return {"transform": [{"filter": condition}], "mark": mark, "encoding": encoding}


def _reference(line: Figure | None, x: Spec, size: Size) -> list[Spec]:
    if line is None or line.value is None:
        return []
    data = {"data": {"values": [{"at": float(rounded(line).value or 0), "text": value_text(line)}]}}
    at = x | {"field": "at"}
    label = {"type": "text", "color": VERMILION, "fontWeight": "bold", "dy": -9, "fontSize": size.type}
    said_above = {"x": at, "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}}
    return [
        data | {"mark": {"type": "rule", "color": VERMILION, "strokeWidth": 1.5}, "encoding": {"x": at}},
        data | {"mark": label, "encoding": said_above},
    ]
