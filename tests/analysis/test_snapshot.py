"""A wave's snapshot: what is in it, that it adds up to what the box adds up to, and when it is refused."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from sqlalchemy import Double, Select, String, cast, column, delete, literal, select, table
from sqlalchemy.orm import Session

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.live import totals
from surveys.analysis.totals.manifest import FILE, Manifest, origin_of, read_manifest, sha256_of
from surveys.analysis.totals.parquet import CHUNK, Limits, write
from surveys.analysis.totals.partial import added
from surveys.analysis.totals.snapshot import open_snapshot, sums_of
from surveys.analysis.totals.sums import PLACE, Totals
from surveys.analysis.totals.wanted import Wanted
from surveys.analysis.totals.writing import write_snapshot
from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.kinds import WaveState
from surveys.records.responses import Response
from tests.analysis.snapshots import CERTAIN, WANTED, assert_same, taken, wave_of
from tests.reporting.made import AWARENESS, cases, evaluated

sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("parts", [1, 3])
def test_a_snapshot_adds_up_to_what_the_box_adds_up_to(box: Session, tmp_path: Path, parts: int) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made", parts)
    assert len(snapshot.files) == parts
    found = Totals.of(added([sums_of(snapshot.files, WANTED)]), WANTED)
    assert_same(found, totals(box, wave.id, WANTED))
    assert found.count.sum() == snapshot.manifest.origin.rows == 365
    assert f"{CERTAIN}/1#000000001" in found.psu


def test_scores_alone_are_added_up_without_looking_at_a_mark(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    alone = WANTED.without_marks()
    found = Totals.of(added([sums_of(taken(box, wave, tmp_path / "made").files, alone)]), alone)
    assert_same(found, totals(box, wave.id, alone))
    assert list(found.marks) == []


@sqlite_only
def test_rows_stand_in_the_order_of_their_random_ids_and_no_id_or_time_is_kept(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made", 2)
    said = duckdb.connect().execute
    kept = [said(f"SELECT psu, cell, base_weight FROM '{file}'").fetchall() for file in snapshot.files]
    ordered = select(Response.psu, Response.cell, Response.base_weight).order_by(Response.id)
    in_box = [tuple(row) for row in box.execute(ordered.where(Response.wave_id == wave.id))]
    assert [(psu.partition("#")[0], cell, weight) for part in kept for psu, cell, weight in part] == in_box
    columns = [row[0] for row in said(f"DESCRIBE SELECT * FROM '{snapshot.files[0]}'").fetchall()]
    scores = [f"score.{code}" for code, indicator in AWARENESS.indicators.items() if indicator.per_person]
    assert columns == [*PLACE, *scores, *(f"item.{item.code}" for item in AWARENESS.items)]


@sqlite_only
def test_files_are_their_owners_alone_and_say_that_they_are_synthetic(box: Session, tmp_path: Path) -> None:
    snapshot = taken(box, wave_of(box), tmp_path / "snapshots" / "made")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in snapshot.folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (snapshot.folder, snapshot.folder.parent)} == {0o700}
    assert "模拟数据" in (snapshot.folder / FILE).read_text("utf-8")
    footer = duckdb.connect().execute(f"SELECT value FROM parquet_kv_metadata('{snapshot.files[0]}')").fetchall()
    assert any("模拟数据".encode() in value for (value,) in footer)


@sqlite_only
def test_the_same_answers_give_the_same_bytes(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    once, again = taken(box, wave, tmp_path / "once").manifest, taken(box, wave, tmp_path / "again").manifest
    assert once == again
    assert once.sha256 == again.sha256


@sqlite_only
def test_a_wave_that_goes_on_has_no_snapshot(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    wave.state = WaveState.OPEN
    with pytest.raises(Conflict, match=r"snapshot\.not_sealed"):
        taken(box, wave, tmp_path / "made")
    assert list(tmp_path.glob("made*")) == []


@sqlite_only
def test_evaluations_of_cases_have_no_snapshot(box: Session, tmp_path: Path) -> None:
    wave = cases(box, ["one"])
    evaluated(box, wave, "c1", "group-01", 80.0)
    with pytest.raises(Conflict, match=r"snapshot\.of_cases"):
        taken(box, wave, tmp_path / "made")


@sqlite_only
def test_writing_that_fails_leaves_the_older_snapshot_and_nothing_else(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    before = taken(box, wave, tmp_path / "all" / "made")

    def fails(_done: int, _of: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_snapshot(box, wave, AWARENESS, tmp_path / "all" / "made", fails)
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["made"]
    assert read_manifest(before.folder, wave.code) == before.manifest
    assert len(taken(box, wave, tmp_path / "all" / "made", 4).files) == 4
    assert len(list(before.folder.iterdir())) == 4 + len(["manifest.json", "design.csv", "margins.csv"])


@sqlite_only
def test_a_wave_without_answers_has_a_snapshot_of_none(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box, [])
    snapshot = taken(box, wave, tmp_path / "made", 3)
    assert [part.rows for part in snapshot.manifest.parts] == [0]
    assert len(sums_of(snapshot.files, WANTED)) == 0


@sqlite_only
def test_characters_of_a_folders_name_are_no_pattern(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    strange = tmp_path / "a[1]*?'b"
    shutil.copytree(taken(box, wave, tmp_path / "a1").folder, tmp_path / "a1xx'b")
    snapshot = taken(box, wave, strange)
    snapshot.check_parts()
    assert sums_of(snapshot.files, WANTED).numbers[:, 0].sum() == 365


def _lose(snapshot: Path) -> None:
    min(snapshot.glob("*.parquet")).unlink()


def _add(snapshot: Path) -> None:
    (snapshot / "zz.parquet").write_bytes(b"something else")


def _double(snapshot: Path) -> None:
    shutil.copyfile(min(snapshot.glob("*.parquet")), snapshot / "part-0009.parquet")


def _change(snapshot: Path) -> None:
    part = max(snapshot.glob("*.parquet"))
    content = bytearray(part.read_bytes())
    content[100] ^= 1
    part.write_bytes(bytes(content))


def _edit(snapshot: Path) -> None:
    path = snapshot / FILE
    path.write_text(path.read_text("utf-8").replace('"synthetic": true', '"synthetic": false'), "utf-8")


def _break(snapshot: Path) -> None:
    (snapshot / FILE).write_text("{", "utf-8")


def _age(snapshot: Path) -> None:
    (snapshot / FILE).write_text('{"format": 99}', "utf-8")


FAULTS: list[tuple[Callable[[Path], None], str, str]] = [
    (_lose, "snapshot.part_missing", "part-0001"),
    (_add, "snapshot.part_extra", "zz.parquet"),
    (_double, "snapshot.part_twice", "part-0009"),
    (_change, "snapshot.part_hash", "part-0003"),
    (_edit, "snapshot.manifest", "made"),
    (_break, "snapshot.manifest", "made"),
    (_age, "snapshot.format", "99"),
]


@sqlite_only
@pytest.mark.parametrize(("spoil", "code", "named"), FAULTS)
def test_a_snapshot_that_disagrees_is_refused_and_what_is_wrong_is_named(
    box: Session, tmp_path: Path, spoil: Callable[[Path], None], code: str, named: str
) -> None:
    wave = wave_of(box)
    folder = taken(box, wave, tmp_path / "made", 3).folder
    spoil(folder)
    with pytest.raises(AnalysisRefused) as refusal:
        open_snapshot(folder, origin_of(box, wave, AWARENESS)).check_parts()
    assert refusal.value.code == code
    assert named in str(refusal.value.values)


@sqlite_only
def test_a_manifest_that_says_other_rows_than_its_part_has_is_refused(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made", 2)
    first, second = snapshot.manifest.parts
    moved = (replace(first, rows=first.rows + 1), replace(second, rows=second.rows - 1))
    replace(snapshot.manifest, parts=moved).write(snapshot.folder)
    with pytest.raises(AnalysisRefused, match=r"snapshot\.part_rows.*part-0001"):
        open_snapshot(snapshot.folder, origin_of(box, wave, AWARENESS)).check_parts()


@sqlite_only
def test_a_snapshot_of_something_else_is_refused(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    folder = taken(box, wave, tmp_path / "made").folder
    origin = origin_of(box, wave, AWARENESS)
    others = {
        "snapshot.other_wave": replace(origin, wave="another"),
        "snapshot.other_instrument": replace(origin, instrument="0" * 64),
        "snapshot.other_answers": replace(origin, root="0" * 64),
    }
    for code, other in others.items():
        with pytest.raises(AnalysisRefused) as refusal:
            open_snapshot(folder, other)
        assert refusal.value.code == code
    with pytest.raises(NotFound, match=r"snapshot\.absent"):
        open_snapshot(tmp_path / "none", origin)
    box.execute(delete(Response).where(Response.id == box.scalar(select(Response.id).limit(1))))
    with pytest.raises(AnalysisRefused, match=r"snapshot\.rows.*365.*364"):
        open_snapshot(folder, origin_of(box, wave, AWARENESS))


@sqlite_only
def test_a_manifest_whose_parts_lack_answers_is_refused(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made", 2)
    replace(snapshot.manifest, parts=snapshot.manifest.parts[:1]).write(snapshot.folder)
    with pytest.raises(AnalysisRefused, match=r"snapshot\.manifest"):
        open_snapshot(snapshot.folder, origin_of(box, wave, AWARENESS))


def test_a_manifest_is_covered_by_one_hash(tmp_path: Path) -> None:
    said = json.dumps({"format": 1, "origin": {}, "parts": []})
    (tmp_path / FILE).write_text(said, "utf-8")
    with pytest.raises(Refusal, match=r"snapshot\.manifest"):
        read_manifest(tmp_path, "w")
    assert "sha256" not in Manifest.__dataclass_fields__
    assert len(sha256_of(tmp_path / FILE)) == 64


def test_a_row_of_more_people_than_packed_counts_can_hold_is_counted_right_in_a_file(tmp_path: Path) -> None:
    many = 40_000
    chunk = {"mark": np.array(["r"] * many, dtype=object), "score": np.full(many, 0.1)}
    place = [literal("x").label(name) for name in PLACE if name != "base_weight"]
    marks = [cast(column("mark"), String).label("item.k01"), cast(column("score"), Double).label("score.s")]
    chosen: list[Any] = [*place, cast(literal(1), Double).label("base_weight"), *marks]
    shape: Select[Any] = select(*chosen).select_from(table(CHUNK))
    write(tmp_path / "one.parquet", [chunk], shape, {}, Limits(1))
    wanted = Wanted(("s",), {"k01": (1, "01dr")}, ())
    found = Totals.of(sums_of([tmp_path / "one.parquet"], wanted), wanted)
    assert found.marks["k01"]["r"].tolist() == [many]
    assert found.marks["k01"]["0"].tolist() == [0]
    assert found.scores["s"].x.tolist() == pytest.approx([4000], rel=1e-12)
    assert found.scores["s"].xx.tolist() == pytest.approx([400], rel=1e-12)


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(AnalysisRefused, match=r"parquet\.unreadable.*broken"):
        sums_of([tmp_path / "broken.parquet"], WANTED)
