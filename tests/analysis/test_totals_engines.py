"""One setting says where answers are added up; what comes back is the same, and is kept for the next question."""

from __future__ import annotations

import io
import shutil
import stat
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.adding import add_up
from surveys.analysis.totals.cache import HEAD, CacheDamaged, keep, kept, key_of
from surveys.analysis.totals.engines import ENGINES, Counted
from surveys.analysis.totals.live import totals
from surveys.analysis.totals.manifest import read_manifest
from surveys.analysis.totals.partial import Partial
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted
from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.analysis.waves.figures import figures_of
from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.kinds import WaveState
from surveys.records.leaves import Checkpoint
from surveys.records.responses import Response
from tests.analysis.snapshots import WANTED, assert_same, source_of, taken, wave_of, waves_answers
from tests.reporting.made import AWARENESS, PSUS, Said, survey

sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Absent:
    """An engine for which something is missing."""

    needs: tuple[str, ...] = ("duckdb", "no_such_package")

    def sums(self, source: Source, wanted: Wanted) -> Counted:
        raise AssertionError


ENGINES.add("test-absent", Absent())


def test_the_box_says_its_own_version(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    found = add_up(source_of(box, wave, tmp_path), WANTED, "database")
    assert_same(found.totals, totals(box, wave.id, WANTED))
    [(name, number)] = found.versions.items()
    version = "SELECT sqlite_version()" if name == "sqlite" else "SHOW server_version"
    assert number.split(".")[0] == box.execute(text(version)).scalar_one().split(".")[0]
    assert (found.engine, found.snapshot, found.cache) == ("database", "", "made")
    assert found.facts == {"engine": "database", name: number}


def test_duckdb_gives_the_totals_of_the_box_and_names_its_snapshot(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    found = add_up(source, WANTED, "duckdb")
    assert_same(found.totals, totals(box, wave.id, WANTED))
    manifest = read_manifest(source.snapshot_folder, wave.code)
    assert found.facts == {"engine": "duckdb", "duckdb": duckdb.__version__, "snapshot": manifest.sha256}
    assert add_up(source, WANTED, "database").facts == found.facts


@sqlite_only
@pytest.mark.xdist_group("dask")
def test_dask_gives_the_totals_of_the_box(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    taken(box, wave, source.snapshot_folder, 3)
    seen: list[tuple[int, int, str]] = []
    watched = replace(source, progress=lambda *said: seen.append(said))
    found = add_up(watched, WANTED, "dask")
    assert_same(found.totals, totals(box, wave.id, WANTED))
    assert seen == [(1, 3, "totals"), (2, 3, "totals"), (3, 3, "totals")]
    assert set(found.versions) == {"duckdb", "dask", "distributed"}


@sqlite_only
@pytest.mark.xdist_group("dask")
def test_a_waves_figures_are_the_same_whoever_added_up(box: Session, tmp_path: Path) -> None:
    wave = survey(box, PSUS, waves_answers())

    def figures(engine: str) -> list[Draft]:
        source = source_of(box, wave, tmp_path / engine)
        if engine == "dask":
            taken(box, wave, source.snapshot_folder, 3)
        added = add_up(source, WANTED, engine)
        assert (added.engine, added.cache) == (engine, "off")
        return figures_of(box, wave, AWARENESS, FieldworkCounts(900, 8), lambda _done, _step: None, added).drafts

    expected = figures("database")
    assert sum(draft.se is not None for draft in expected) > 50
    for engine in ("duckdb", "dask"):
        for one, other in zip(figures(engine), expected, strict=True):
            for name, value in vars(other).items():
                near = pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value
                assert getattr(one, name) == near


@sqlite_only
@pytest.mark.xdist_group("dask")
def test_a_worker_refuses_a_part_that_was_changed(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    part = taken(box, wave, source.snapshot_folder, 2).files[1]
    content = bytearray(part.read_bytes())
    content[100] ^= 1
    part.write_bytes(bytes(content))
    for engine in ("dask", "duckdb"):
        with pytest.raises(AnalysisRefused, match=r"snapshot\.part_hash.*part-0002"):
            add_up(source, WANTED, engine)


@sqlite_only
def test_a_scheduler_that_does_not_answer_is_named(box: Session, tmp_path: Path) -> None:
    source = replace(source_of(box, wave_of(box), tmp_path), scheduler="nonsense://here")
    with pytest.raises(AnalysisRefused, match=r"totals\.scheduler.*nonsense"):
        add_up(source, WANTED, "dask")


@sqlite_only
def test_an_engine_that_cannot_run_is_refused_with_what_there_is(box: Session, tmp_path: Path) -> None:
    source = source_of(box, wave_of(box), tmp_path)
    with pytest.raises(NotFound, match=r"engine\.unknown.*dask, database, duckdb"):
        add_up(source, WANTED, "spark")
    with pytest.raises(Refusal, match=r"engine\.not_installed.*'no_such_package'"):
        add_up(source, WANTED, "test-absent")
    with pytest.raises(ValueError, match="data folder"):
        add_up(replace(source, folder=None), WANTED, "duckdb")


@sqlite_only
def test_a_wave_that_goes_on_is_not_added_up(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    wave.state = WaveState.OPEN
    with pytest.raises(Conflict, match=r"snapshot\.not_sealed"):
        add_up(source_of(box, wave, tmp_path), WANTED, "database")
    assert list(tmp_path.rglob("totals/*")) == []


@sqlite_only
def test_totals_are_found_again_whichever_engine_made_them(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    first = add_up(source, WANTED, "duckdb")
    shutil.rmtree(source.snapshot_folder)
    again = add_up(source, WANTED, "database")
    assert (again.cache, again.engine, again.versions) == ("used", "duckdb", first.versions)
    assert_same(again.totals, first.totals)
    assert add_up(source, WANTED.without_marks(), "database").cache == "made"
    [one, other] = (tmp_path / "totals").iterdir()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (one, other, one.parent)} == {0o600, 0o700}


@sqlite_only
def test_without_a_sealed_ledger_or_a_folder_nothing_is_kept(box: Session, tmp_path: Path) -> None:
    wave = survey(box, ["a/1"], [Said("a/1")])
    assert add_up(source_of(box, wave, tmp_path), WANTED, "database").cache == "off"
    box.add(Checkpoint(wave_id=wave.id, batch=1, size=1, root=bytes(32)))
    assert add_up(source_of(box, wave, None), WANTED, "database").cache == "off"
    assert list(tmp_path.glob("totals/*")) == []
    assert add_up(source_of(box, wave, tmp_path), WANTED, "database").cache == "made"


@sqlite_only
def test_a_damaged_or_foreign_file_is_made_anew(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    first = add_up(source, WANTED, "database")
    [path] = (tmp_path / "totals").iterdir()
    whole = path.read_bytes()
    for spoilt in (b"", whole[:-1], whole[:-1] + b"x", b"other" + whole):
        path.write_bytes(spoilt)
        found = add_up(source, WANTED, "database")
        assert found.cache == "rebuilt"
        assert_same(found.totals, first.totals)
    foreign = Partial({"a": np.array(["x"], object)}, np.ones((1, 1)), np.ones((1, 1), np.uint8))
    keep(path, "another key", foreign, {})
    assert add_up(source, WANTED, "database").cache == "rebuilt"
    assert path.read_bytes() == whole


@sqlite_only
def test_what_is_of_answers_that_are_gone_is_deleted(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box)
    source = source_of(box, wave, tmp_path)
    for name in ("gone.0.0", f"{wave.code}.0.0"):
        keep(tmp_path / "totals" / name, "k", Partial({}, np.ones((1, 1)), np.ones((1, 0), np.uint8)), {})
    taken(box, wave, tmp_path / "snapshots" / "gone")
    add_up(source, WANTED, "duckdb")
    [path] = (tmp_path / "totals").iterdir()
    assert path.name.startswith(f"{wave.code}.")
    assert [folder.name for folder in (tmp_path / "snapshots").iterdir()] == [wave.code]
    box.execute(delete(Response).where(Response.id == box.scalar(select(Response.id).limit(1))))
    with pytest.raises(AnalysisRefused, match=r"snapshot\.rows"):
        add_up(source, WANTED, "duckdb")
    assert add_up(source, WANTED, "database").cache == "made"
    assert path not in list((tmp_path / "totals").iterdir())


def test_sums_come_back_from_a_file_as_they_went_in(tmp_path: Path) -> None:
    keys = {"psu": np.array(["b", "a", "渝北"], object), "weight": np.array([1 / 3, 2.0, -1.0])}
    partial = Partial(keys, np.array([[0.1, 0.2]] * 3), np.array([[1], [0], [300]], np.uint16))
    path = tmp_path / "kept"
    assert kept(path, "key") is None
    keep(path, "key", partial, {"engine": "database"})
    found = kept(path, "key")
    assert found is not None
    assert found.about == {"engine": "database"}
    assert found.partial.keys["psu"].tolist() == ["b", "a", "渝北"]
    for one, other in ((found.partial.keys["weight"], keys["weight"]), (found.partial.counts, partial.counts)):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found.partial.numbers, partial.numbers)
    with pytest.raises(CacheDamaged):
        kept(path, "other")


def test_a_file_that_would_run_code_is_not_read(tmp_path: Path) -> None:
    packed = io.BytesIO()
    np.savez(packed, about=np.array([print], object))
    content = packed.getvalue()
    (tmp_path / "kept").write_bytes(HEAD + sha256(content).digest() + content)
    with pytest.raises(CacheDamaged):
        kept(tmp_path / "kept", "key")


def test_a_key_tells_content_and_question_apart() -> None:
    assert key_of("a", ["b"]) == key_of("a", ["b"])
    assert len({key_of("a", ["b"]), key_of("a", "b"), key_of("ab"), key_of({"a": 1}), key_of({"a": 2})}) == 5
