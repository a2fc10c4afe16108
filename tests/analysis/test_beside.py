"""design.csv and margins.csv of a snapshot: every PSU drawn, every population total, and nothing changed unseen."""

from __future__ import annotations

import csv
import stat
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from benchmarks.invented import keep_wave
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.beside import DESIGN, MARGINS
from surveys.analysis.totals.manifest import read_manifest
from surveys.catalog import catalog_content
from surveys.records.passes import DesignPsu
from surveys.records.waves import Margin
from tests.analysis.snapshots import taken, wave_of

MARK = "模拟数据 (synthetic data)"
sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_psu_drawn_has_a_line_and_a_silent_one_too(box: Session, tmp_path: Path) -> None:
    wave = wave_of(box, [])  # nobody answered
    folder = taken(box, wave, tmp_path / "made").folder
    drawn = box.query(DesignPsu).filter_by(wave_id=wave.id).order_by(DesignPsu.stratum, DesignPsu.psu).all()
    found = lines_of(folder / DESIGN)
    assert len(found) == len(drawn) > 3
    for line, psu in zip(found, drawn, strict=True):
        assert (line["mark"], line["stratum"], line["psu"], line["town"]) == (MARK, psu.stratum, psu.psu, psu.town)
        assert (int(line["psus_drawn"]), int(line["take"])) == (psu.psus_drawn, psu.take)
        assert float(line["base_weight"]) == psu.base_weight
        assert float(line["inclusion_probability"]) == psu.inclusion_probability


@sqlite_only
def test_margins_are_the_waves_own(box: Session, tmp_path: Path) -> None:
    wave, other = wave_of(box), keep_wave(box, catalog_content("enforcement-evaluation"), "other")
    box.query(Margin).delete()
    for place, (name, key, total) in enumerate([("town", "a", 100 / 3), ("sex", "2", 7.0), ("sex", "1", 5.0)]):
        of_wave = other.id if place == 1 else wave.id
        dated = date(2020, 11, 1)
        box.add(Margin(wave_id=of_wave, name=name, key=key, total=total, source="s", dated=dated, synthetic=True))
    box.flush()
    found = lines_of(taken(box, wave, tmp_path / "made").folder / MARGINS)
    assert [(line["margin"], line["category"], float(line["total"])) for line in found] == [
        ("sex", "1", 5.0),
        ("town", "a", 100 / 3),
    ]
    assert {line["mark"] for line in found} == {MARK}


@sqlite_only
@pytest.mark.parametrize("name", [DESIGN, MARGINS])
def test_a_changed_or_lost_one_is_named_when_the_snapshot_is_checked(box: Session, tmp_path: Path, name: str) -> None:
    wave = wave_of(box)
    snapshot = taken(box, wave, tmp_path / "made")
    path = snapshot.folder / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_manifest(snapshot.folder, wave.code) == snapshot.manifest
    snapshot.check_parts()
    path.write_text(path.read_text("utf-8") + MARK, "utf-8")
    with pytest.raises(AnalysisRefused) as changed:
        snapshot.check_parts()
    path.unlink()
    with pytest.raises(AnalysisRefused) as lost:
        snapshot.check_parts()
    found = [(one.value.code, one.value.values["part"]) for one in (changed, lost)]
    assert found == [("snapshot.part_hash", name), ("snapshot.part_missing", name)]
