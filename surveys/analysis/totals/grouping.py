"""Which sums a group-by over columns of one's own needs, by what is asked and what the files' footers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.manifest import sha256_of
from surveys.analysis.totals.parquet import Footer, looking
from surveys.analysis.totals.spoilt import BROKEN, spoilt

WHOLE = {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}
WHOLE |= {f"U{name}" for name in WHOLE if name.endswith("INT")} | {"UINTEGER"}


@dataclass(frozen=True)
class GroupBy:
    """Columns by their names in the files; NULL (or NaN) in a variable is a missing answer.

    binary: variables that must be 0 or 1 everywhere, and are refused otherwise; those that the footers show to be so
    need no mention. nested: PSU labels begin anew in every stratum; without it a PSU in two strata is refused.
    """

    variables: Sequence[str]
    keys: Sequence[str] = ()
    weight: str = "weight"
    stratum: str = "stratum"
    psu: str = "psu"
    binary: frozenset[str] = frozenset()
    nested: bool = False

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys([self.stratum, self.psu, *self.keys]))


@dataclass(frozen=True)
class Plan:
    """Which sums a group-by needs, the same for every file.

    gaps: variables that may be missing; shares: variables of 0 and 1; zeros: whether a weight of 0 may occur. What the
    footers leave open is counted: weights that are missing or negative (`weights`), shares that are neither (`odd`).
    """

    group: GroupBy
    types: dict[str, str]
    gaps: frozenset[str]
    shares: frozenset[str]
    zeros: bool
    weights: bool
    odd: tuple[str, ...]

    @property
    def sums(self) -> list[str]:
        """The names of a partial's numbers."""
        variables, part = self.group.variables, ["w", "ww", "count"]
        part += ["missing", "negative"] if self.weights else []
        part += [f"odd.{name}" for name in self.odd]
        part += [f"{kind}.{name}" for name in variables if name in self.gaps for kind in ("n", "wn")]
        part += [f"wy.{name}" for name in variables]
        return part + [f"wyy.{name}" for name in variables if name not in self.shares]


def plan_of(files: Sequence[Path], group: GroupBy) -> Plan:
    """Look at the files' footers. No answer is read.

    Raises AnalysisRefused parquet.unreadable, columns.file_twice, columns.absent, columns.file_lacks,
    columns.file_type, columns.not_numbers, columns.not_binary, columns.weight_missing, columns.weight_negative,
    columns.label_missing.
    """
    refuse_files_twice(files)
    with looking(files) as look:
        rows, known = look.rows(files), look.columns(look.filled(files))
        asked = [*group.labels, group.weight, *group.variables]
        if absent := [name for name in asked if name not in known]:
            raise AnalysisRefused("columns.absent", column=absent[0], known=", ".join(known))
        types = {name: known[name].type for name in asked}
        look.check_columns(files, types)
    for name in (group.weight, *group.variables):
        if not _is_number(known[name].type):
            raise AnalysisRefused("columns.not_numbers", column=name, type=known[name].type)
    _check_weight(group.weight, known[group.weight], rows, files)
    for name in group.labels:
        if known[name].nulls and rows:
            raise spoilt("columns.label_missing", name, known[name].type, files)
    weight = known[group.weight]
    declared = {name for name in group.binary if known[name].least is None or known[name].type not in WHOLE}
    shares = {name for name in group.variables if _is_share(known[name], rows)}
    if wrong := group.binary - shares - declared:
        raise spoilt("columns.not_binary", min(wrong), known[min(wrong)].type, files)
    return Plan(
        group=group,
        types=types,
        gaps=frozenset(name for name in group.variables if known[name].nulls != 0 or known[name].type in BROKEN),
        shares=frozenset(shares | declared),
        zeros=not _least(weight) > 0,
        weights=weight.nulls is None or not _least(weight) >= 0,
        odd=tuple(sorted(declared - shares)),
    )


def refuse_files_twice(files: Sequence[Path]) -> None:
    """Raises AnalysisRefused columns.file_twice when two files with rows have the same content; names do not matter."""
    sizes = [file.stat().st_size if file.is_file() else 0 for file in files]
    alike = [file for file, size in zip(files, sizes, strict=True) if size and sizes.count(size) > 1]
    seen: dict[str, Path] = {}
    for file in _with_rows(alike):
        digest = sha256_of(file)
        if digest in seen:
            raise AnalysisRefused("columns.file_twice", file=file.name, other=seen[digest].name)
        seen[digest] = file


def _with_rows(files: Sequence[Path]) -> list[Path]:
    if not files:
        return []
    with looking(files) as look:
        return [file for file in files if look.rows([file])]


def _check_weight(name: str, footer: Footer, rows: int, files: Sequence[Path]) -> None:
    if footer.nulls and rows:
        raise spoilt("columns.weight_missing", name, footer.type, files)
    if _least(footer) < 0:
        raise spoilt("columns.weight_negative", name, footer.type, files)


def _is_number(kind: str) -> bool:
    return kind in WHOLE | BROKEN or kind.startswith("DECIMAL")


def _is_share(footer: Footer, rows: int) -> bool:
    """Whether a column of whole numbers holds 0 and 1 alone, as far as its footer is known."""
    known = footer.type in WHOLE and footer.least is not None and footer.most is not None
    return footer.type == "BOOLEAN" or (known and _least(footer) >= 0 and float(footer.most or 0) <= 1 and rows > 0)


def _least(footer: Footer) -> float:
    """NaN where it is not known."""
    return float("nan" if footer.least is None else footer.least)
