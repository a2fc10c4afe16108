"""Writing a snapshot: a closed wave's answers streamed from the box into Parquet parts, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Double, Select, String, cast, column, exists, func, select, table
from sqlalchemy.orm import Session

from surveys.analysis.totals.beside import write_beside
from surveys.analysis.totals.live import HOUSEHOLD, certain_strata, household, responses
from surveys.analysis.totals.manifest import MARK, Manifest, Origin, Part, origin_of, sha256_of
from surveys.analysis.totals.parquet import CHUNK, Column, Limits, write
from surveys.analysis.totals.query import score_column
from surveys.analysis.totals.snapshot import Snapshot, check_part, item_column, open_snapshot
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.sums import PLACE
from surveys.errors import Conflict
from surveys.instrument import Instrument
from surveys.records.responses import Response
from surveys.records.waves import Wave

PART_ROWS = 250_000  # at most; what memory a part needs while it is written
CHUNK_ROWS = 25_000
NAME_DIGITS = 16

Progress = Callable[[int, int], None]  # answers written, of how many
Rows = Iterator[Sequence[Any]]


def ready(source: Source) -> Snapshot:
    """The wave's snapshot, made now when there is none. Raises what `write_snapshot` and `open_snapshot` raise."""
    origin = origin_of(source.box, source.wave, source.instrument)
    folder = source.snapshot_folder
    if folder.exists():
        return open_snapshot(folder, origin)
    return write_snapshot(
        source.box, source.wave, source.instrument, folder, lambda done, of: source.progress(done, of, "snapshot")
    )


def write_snapshot(
    box: Session, wave: Wave, instrument: Instrument, folder: Path, progress: Progress, parts: int = 1
) -> Snapshot:
    """Write a wave's snapshot in place of an older one; whole or not at all.

    parts: at least so many, more where one would hold above PART_ROWS answers. Raises Conflict snapshot.not_sealed,
    and snapshot.of_cases for a wave whose answers are evaluations of cases.
    """
    origin = origin_of(box, wave, instrument)
    if box.scalar(select(exists().where(Response.wave_id == wave.id, Response.subject != ""))):
        raise Conflict("snapshot.of_cases", wave=wave.code)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{wave.code}-", dir=folder.parent))  # mode 0700
    try:
        written = _write_parts(box, wave, instrument, origin, making, progress, parts)
        mark = MARK if wave.synthetic else ""
        beside = tuple(write_beside(box, wave, mark, making))
        columns = (_scores(instrument), _items(instrument))
        manifest = Manifest(origin, wave.synthetic, mark, *columns, tuple(written), beside)
        manifest.write(making)
        _put(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Snapshot(folder, manifest)


def _write_parts(
    box: Session, wave: Wave, instrument: Instrument, origin: Origin, making: Path, progress: Progress, parts: int
) -> list[Part]:
    said = {"wave": wave.code, "synthetic": MARK if wave.synthetic else ""}
    rows = _answers(box, wave, instrument, origin.rows, progress)
    number = min(max(parts, -(-origin.rows // PART_ROWS), 1), max(origin.rows, 1))
    written = []
    for place in range(number):
        wanted = origin.rows * (place + 1) // number - origin.rows * place // number
        path = making / "making.parquet"
        write(path, _chunks(rows, wanted, instrument), _shape(instrument), said, Limits(threads=1))
        digest = sha256_of(path)
        path.chmod(0o600)
        part = Part(f"part-{place + 1:04d}-{digest[:NAME_DIGITS]}.parquet", wanted, digest)
        path.rename(making / part.name)
        check_part(making, part, wave.code)
        written.append(part)
    return written


def _answers(box: Session, wave: Wave, instrument: Instrument, total: int, progress: Progress) -> Rows:
    """The rows of `responses` in the order of their random ids, streamed; households of certainty PSUs are numbered."""
    certain = certain_strata(box, wave.id)
    ordered = responses(box, wave.id, _scores(instrument), certain).order_by(Response.id)
    found = box.execute(ordered, execution_options={"yield_per": CHUNK_ROWS})
    households: dict[tuple[str, str], int] = {}
    for done, (channel, stratum, psu, *others) in enumerate(found):
        if done % CHUNK_ROWS == 0:
            progress(done, total)
        if stratum in certain:
            whole = psu.rpartition(HOUSEHOLD)[0]
            households[stratum, whole] = households.get((stratum, whole), 0) + 1
            psu = household(whole, households[stratum, whole])
        yield (channel, stratum, psu, *others)
    progress(total, total)


def _chunks(rows: Rows, wanted: int, instrument: Instrument) -> Iterator[Mapping[str, Column]]:
    """The next `wanted` rows as columns; one empty chunk when there are none."""
    names = [*PLACE, "marks", *map(score_column, _scores(instrument))]
    for first in range(0, max(wanted, 1), CHUNK_ROWS):
        taken = list(islice(rows, min(CHUNK_ROWS, wanted - first)))
        values = zip(*taken, strict=True) if taken else [()] * len(names)
        yield {name: _column(name, column) for name, column in zip(names, values, strict=True)}


def _column(name: str, values: Sequence[Any]) -> Column:
    is_number = name == "base_weight" or name not in (*PLACE, "marks")
    return np.array(values, dtype=float if is_number else object)  # NaN is NULL in DuckDB


def _shape(instrument: Instrument) -> Select[Any]:
    """The columns of a part, from those of a chunk."""
    place = [cast(column(name), Double if name == "base_weight" else String).label(name) for name in PLACE]
    scores = [cast(column(name), Double).label(name) for name in map(score_column, _scores(instrument))]
    items = [
        func.substr(cast(column("marks"), String), item.position, 1).label(item_column(item.code))
        for item in instrument.items
    ]
    return select(*place, *scores, *items).select_from(table(CHUNK))


def _scores(instrument: Instrument) -> tuple[str, ...]:
    return tuple(code for code, indicator in instrument.indicators.items() if indicator.per_person)


def _items(instrument: Instrument) -> tuple[str, ...]:
    return tuple(item.code for item in instrument.items)


def _put(making: Path, folder: Path) -> None:
    """Move a finished folder to its place; what stood there before goes first."""
    if folder.exists():
        former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        os.replace(folder, former)
        shutil.rmtree(former)
    os.replace(making, folder)
