"""Tables written as TOML in one way only, so that a hash means what a plan says and not how it was laid out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

Value = str | float | date | Sequence["Value"] | Mapping[str, "Value"]


def written(table: Mapping[str, Value], rows: Mapping[str, Sequence[Mapping[str, Value]]]) -> str:
    """The text, ending in a line feed: plain keys first, then each table of `table`, then the arrays of tables."""
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    lines = list(_keys(plain))
    for name, inner in table.items():
        if isinstance(inner, Mapping):
            lines += ["", f"[{name}]", *_keys(inner)]
    for name, found in rows.items():
        for row in found:
            lines += ["", f"[[{name}]]", *_keys(row)]
    return "\n".join(lines) + "\n"


def _keys(table: Mapping[str, Value]) -> Iterator[str]:
    return (f"{key} = {_value(value)}" for key, value in table.items())


def _value(value: Value) -> str:
    """A basic string of TOML is escaped as JSON escapes one; control characters were refused before."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)
