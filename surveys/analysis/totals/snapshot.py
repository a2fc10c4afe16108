"""A closed wave's answers as Parquet files, checked before they are read.

No id, no clock time and no order of arrival is in them (docs/operations.md#snapshots).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Double, FromClause, String, column, table

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.manifest import (
    Manifest,
    Origin,
    Part,
    check_files,
    check_origin,
    read_manifest,
    sha256_of,
)  # fmt: skip
from surveys.analysis.totals.parquet import ANSWER, Limits, columns, looking
from surveys.analysis.totals.partial import Partial, bounded
from surveys.analysis.totals.query import Key, added_up, partial_of, score_column
from surveys.analysis.totals.sums import PLACE
from surveys.analysis.totals.wanted import Wanted

NO_LIMITS = Limits()


@dataclass(frozen=True)
class Snapshot:
    """A snapshot whose manifest agrees with its wave and its folder; the parts' content is checked by `check_part`."""

    folder: Path
    manifest: Manifest

    @property
    def files(self) -> list[Path]:
        return self.manifest.files(self.folder)

    def check_parts(self) -> None:
        """Read every part through, and what stands beside them. Raises what `check_part` raises."""
        for part in self.manifest.parts:
            check_part(self.folder, part, self.manifest.origin.wave)
        for part in self.manifest.beside:
            check_file(self.folder, part, self.manifest.origin.wave)

    def check_columns(self, wanted: Wanted) -> None:
        """Raises AnalysisRefused snapshot.column when a score or an item is not in the files."""
        lacking = [*({*wanted.all_scores} - {*self.manifest.scores}), *({*wanted.marks} - {*self.manifest.items})]
        if lacking:
            raise AnalysisRefused("snapshot.column", wave=self.manifest.origin.wave, column=min(lacking))


@dataclass(frozen=True)
class Files:
    """The columns of a snapshot as the relation of the group-by; an item is a column of one character."""

    rows: FromClause

    def score(self, name: str) -> Key:
        return self.rows.c[score_column(name)]

    def mark(self, item: str, _position: int) -> Key:
        return self.rows.c[item_column(item)]


def sums_of(files: Sequence[Path], wanted: Wanted, limits: Limits = NO_LIMITS) -> Partial:
    """The group-by over some parts of a snapshot, or all of them.

    Raises AnalysisRefused parquet.unreadable, parquet.memory, columns.file_lacks, columns.file_type.
    """
    scores = [column(score_column(name), Double) for name in wanted.all_scores]
    items = [column(item_column(item), String) for item in wanted.marks]
    numbers = {"base_weight", *(score.name for score in scores)}
    asked = [*PLACE, *(one.name for one in (*scores, *items))]
    with looking(files) as look:
        look.check_columns(files, {name: "DOUBLE" if name in numbers else "VARCHAR" for name in asked})
    relation = Files(table(ANSWER, *(column(name) for name in PLACE), *scores, *items))
    return partial_of(lambda together: columns(added_up(relation, wanted, together), files, limits), wanted)


def sums_of_part(part: Part, folder: Path, wave: str, wanted: Wanted, most_rows: int) -> Partial:
    """One part, checked before it is read; no more than `most_rows` rows leave it."""
    path = check_part(folder, part, wave)
    return bounded(sums_of([path], wanted, Limits(threads=1)), most_rows, part.name)


def check_part(folder: Path, part: Part, wave: str) -> Path:
    """The path of a part that is what the manifest says.

    Raises AnalysisRefused snapshot.part_rows, and what `check_file` raises.
    """
    path = check_file(folder, part, wave)
    with looking([path]) as look:
        rows = look.rows([path])
    if rows != part.rows:
        raise AnalysisRefused("snapshot.part_rows", wave=wave, part=part.name, rows=rows, said=part.rows)
    return path


def check_file(folder: Path, part: Part, wave: str) -> Path:
    """The path of a file with the content that the manifest says.

    Raises AnalysisRefused snapshot.part_missing, snapshot.part_hash.
    """
    path = folder / part.name
    if not path.is_file():
        raise AnalysisRefused("snapshot.part_missing", wave=wave, part=part.name, count=1)
    if sha256_of(path) != part.sha256:
        raise AnalysisRefused("snapshot.part_hash", wave=wave, part=part.name)
    return path


def item_column(item: str) -> str:
    return f"item.{item}"


def open_snapshot(folder: Path, origin: Origin) -> Snapshot:
    """The snapshot in a folder. Raises what `read_manifest`, `check_origin` and `check_files` raise."""
    manifest = read_manifest(folder, origin.wave)
    check_origin(manifest, origin)
    check_files(folder, manifest)
    return Snapshot(folder, manifest)
