"""What one person answered, read and routed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from surveys.instrument.missing import Missing

KEPT = {"d": {"missing": "dont_know"}, "r": {"missing": "refused"}}


class Answers(Mapping[str, Any]):
    """Every question of the instrument with its value or Missing; `form` says which form was filled in."""

    __slots__ = ("_values", "form")

    def __init__(self, form: str, values: Mapping[str, Any]) -> None:
        self.form = form
        self._values = dict(values)

    def __getitem__(self, code: str) -> Any:
        return self._values[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Answers({self.form!r}, {len(self)} questions)"  # never the answers: a repr ends up in logs

    def canonical(self) -> bytes:
        """Canonical JSON: sorted keys, UTF-8, no spaces; questions not asked are left out."""
        asked = {code: value for code, value in self._values.items() if value is not Missing.NOT_ASKED}
        kept = {code: KEPT[value.value] if isinstance(value, Missing) else value for code, value in asked.items()}
        whole = {"answers": kept, "form": self.form}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
