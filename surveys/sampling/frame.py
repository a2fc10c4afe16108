"""The sampling frame: all PSUs of the target area, each with its listed dwellings, in the order of geography."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

CANONICAL = "minping-frame/1"


@dataclass(frozen=True, slots=True)
class FramePsu:
    """One PSU of the frame.

    `kind` is "block" (dwellings) or "collective" (dormitory rooms and the like). `order` is its place in the
    town as the file's 排序 column or a stored position gives it, 0 when unknown; then community and code decide.
    It places the PSU and is no part of it.
    """

    town: str
    community: str
    psu: str
    name: str
    kind: str
    dwellings: int
    residents_15: int | None = None
    order: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TownCount:
    """What the frame lists in one town."""

    psus: int
    dwellings: int


@dataclass(frozen=True)
class FrameFile:
    """A complete frame: `rows` in geographic order, whatever order they arrived in, and the hash of that form."""

    rows: tuple[FramePsu, ...]
    counts: dict[str, TownCount] = field(init=False)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(sorted(self.rows, key=_geography)))
        object.__setattr__(self, "counts", _counts(self.rows))
        object.__setattr__(self, "sha256", hashlib.sha256(canonical(self.rows)).hexdigest())

    def town(self, code: str) -> list[FramePsu]:
        """The PSUs of one town in geographic order."""
        return [row for row in self.rows if row.town == code]


@dataclass(frozen=True)
class FrameChange:
    """What a new frame would change in the one in force; PSUs are the same when their codes are."""

    added: tuple[FramePsu, ...]
    removed: tuple[FramePsu, ...]
    changed: tuple[tuple[FramePsu, FramePsu], ...]
    reordered: bool

    @property
    def nothing(self) -> bool:
        return not (self.added or self.removed or self.changed or self.reordered)


def canonical(rows: Iterable[FramePsu]) -> bytes:
    """The bytes a frame's hash is taken over, rows in geographic order: docs/sampling.md#canonical-form-of-a-frame."""
    lines = [CANONICAL]
    for row in rows:
        fields = [row.town, row.community, row.psu, row.name, row.kind, row.dwellings, row.residents_15]
        lines.append(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))
    return "\n".join(lines).encode() + b"\n"


def compare(old: FrameFile | None, new: FrameFile) -> FrameChange:
    """What taking `new` would change; with no old frame every PSU is added."""
    before = {row.psu: row for row in old.rows} if old else {}
    after = {row.psu: row for row in new.rows}
    stayed = [code for code in before if code in after]
    return FrameChange(
        added=tuple(row for code, row in after.items() if code not in before),
        removed=tuple(row for code, row in before.items() if code not in after),
        changed=tuple((before[code], row) for code, row in after.items() if before.get(code, row) != row),
        reordered=stayed != [code for code in after if code in before],
    )


def _counts(rows: Iterable[FramePsu]) -> dict[str, TownCount]:
    sizes: dict[str, list[int]] = {}
    for row in rows:
        sizes.setdefault(row.town, []).append(row.dwellings)
    return {town: TownCount(len(listed), sum(listed)) for town, listed in sizes.items()}


def _geography(row: FramePsu) -> tuple[str, int, list[tuple[int, str]], list[tuple[int, str]]]:
    return row.town, row.order, _natural(row.community), _natural(row.psu)


def _natural(text: str) -> list[tuple[int, str]]:
    """第2社区 before 第10社区: runs of ASCII digits compare as numbers, other text by code point."""
    parts = re.split(r"([0-9]+)", text)
    return [(int(part), part) if place % 2 else (0, part) for place, part in enumerate(parts)]
