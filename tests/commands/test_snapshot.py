"""Snapshots and engines from the terminal: written, checked, used, and said so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.records.releases import Release
from tests.commands.conftest import Run
from tests.commands.test_planning import actions
from tests.commands.test_releasing import asked, closed
from webapp.db import Stores

__all__ = ["asked", "closed"]  # fixtures
STEPS = ("Adding up the answers", "Weighting", "Estimating", "Making the files")


def engines(stores: Stores) -> list[dict[str, str]]:
    with stores.box_reading() as box:
        return [release.facts["software"] for release in box.scalars(select(Release).order_by(Release.number))]


def test_a_snapshot_is_written_checked_and_refused_when_a_part_is_lost(
    closed: Stores, run: Run, tmp_path: Path
) -> None:
    assert "60 answers" in run("snapshot", "trial", "--parts", "3").output
    folder = tmp_path / "var" / "snapshots" / "trial"
    assert len(list(folder.glob("part-*.parquet"))) == 3
    checked = run("snapshot", "trial", "--check").output
    assert "模拟数据" in checked
    assert str(folder) in checked
    lost = min(folder.glob("part-*.parquet"))
    lost.unlink()
    said = run("snapshot", "trial", "--check", code=1).stderr
    assert lost.name in said
    assert "minping snapshot trial" in said
    assert actions(closed).count("snapshot.write") == 1


def test_an_open_wave_has_no_snapshot(drawn: Stores, asked: object, run: Run) -> None:
    assert "not closed" in run("snapshot", "trial", code=1).stderr
    assert "no snapshot" in run("snapshot", "trial", "--check", code=1).stderr


def test_analysis_names_its_steps_its_engine_and_whether_totals_were_found_again(closed: Stores, run: Run) -> None:
    first, second = run("analyse", "trial").output, run("analyse", "trial").output
    for step in STEPS:
        assert step in first
    assert "Engine (引擎): database (sqlite 3." in first
    assert re.search(r"Adding up the answers: \d+\.\d s", first)
    assert "Snapshot (快照)" not in first
    assert "kept for next time" in first
    assert "found again" in second
    assert [facts["engine"] for facts in engines(closed)] == ["database", "database"]


def test_the_setting_chooses_the_engine_and_a_missing_snapshot_is_made(
    closed: Stores, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINPING_ENGINE", "duckdb")
    said = run("analyse", "trial").output
    assert "Engine (引擎): duckdb (duckdb 2." in said
    [sha256] = re.findall(r"Snapshot \(快照\): sha256 ([0-9a-f]{64})", said)
    assert f"sha256 {sha256}" in run("snapshot", "trial", "--check").output
    assert "Writing the snapshot" in said
    assert actions(closed).count("snapshot.write") == 1
    [facts] = engines(closed)
    assert (facts["engine"], facts["duckdb"][0], facts["snapshot"]) == ("duckdb", "2", sha256)


def test_an_engine_that_does_not_exist_is_refused_with_those_that_do(
    closed: Stores, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINPING_ENGINE", "spark")
    said = run("analyse", "trial", code=1).stderr
    assert "spark" in said
    assert "database, duckdb" in said
