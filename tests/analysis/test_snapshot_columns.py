"""A snapshot has the columns that are asked for, of the types they were written with, or it is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from sqlalchemy.orm import Session

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.manifest import origin_of, sha256_of
from surveys.analysis.totals.snapshot import open_snapshot, sums_of
from surveys.analysis.totals.wanted import Wanted
from tests.analysis.snapshots import WANTED, taken, wave_of
from tests.reporting.made import AWARENESS

sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@sqlite_only
def test_a_score_the_snapshot_does_not_have_is_named(box: Session, tmp_path: Path) -> None:
    snapshot = taken(box, wave_of(box), tmp_path / "made")
    snapshot.check_columns(WANTED)
    with pytest.raises(AnalysisRefused, match=r"snapshot\.column.*other"):
        snapshot.check_columns(Wanted(("other",), {}, ()))


@sqlite_only
@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        ("* EXCLUDE (town)", "columns.file_lacks", "town"),
        ('* EXCLUDE ("item.k01")', "columns.file_lacks", "item.k01"),
        ("* REPLACE (base_weight::FLOAT AS base_weight)", "columns.file_type", "base_weight"),
        ('* REPLACE (1::TINYINT AS "score.complete")', "columns.file_type", "score.complete"),
    ],
)
def test_a_part_with_other_columns_is_named_even_where_the_manifest_vouches_for_it(
    box: Session, tmp_path: Path, change: str, code: str, name: str
) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made", 2)
    part = snapshot.manifest.parts[1]
    spoilt = tmp_path / "spoilt.parquet"
    duckdb.connect().execute(f"COPY (SELECT {change} FROM '{snapshot.folder / part.name}') TO '{spoilt}'")
    spoilt.replace(snapshot.folder / part.name)
    parts = (snapshot.manifest.parts[0], replace(part, sha256=sha256_of(snapshot.folder / part.name)))
    replace(snapshot.manifest, parts=parts).write(snapshot.folder)
    found = open_snapshot(snapshot.folder, origin_of(box, wave, AWARENESS))
    found.check_parts()
    with pytest.raises(AnalysisRefused) as refusal:
        sums_of(found.files, WANTED)
    assert (refusal.value.code, refusal.value.values["file"]) == (code, part.name)
    assert refusal.value.values["column"] == name
