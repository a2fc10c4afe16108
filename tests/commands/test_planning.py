"""Areas, waves, frames and draws from the terminal."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveys.records.areas import Area
from surveys.records.frames import DrawRecord, Frame, Unit
from surveys.records.kinds import WaveState
from surveys.records.passes import DesignPsu
from surveys.records.staff import Action
from surveys.records.waves import Wave
from tests.commands.conftest import TOWNS, Run, frame_csv, plan_file
from webapp.action_log import verify_chain
from webapp.commands.wave import FIELDS
from webapp.db import Stores
from webapp.fieldwork import keyfile


def actions(stores: Stores) -> list[str]:
    with stores.registrar_reading() as registrar:
        assert verify_chain(registrar) is None
        return list(registrar.scalars(select(Action.action).order_by(Action.sequence)))


def wave_of(stores: Stores, code: str = "trial") -> Wave:
    with stores.box_reading() as box:
        return box.scalars(select(Wave).where(Wave.code == code)).one()


def test_the_shipped_areas_are_taken_once_and_change_nothing_the_second_time(installed: Stores, run: Run) -> None:
    assert "31 new" in run("area", "import", "--yubei", "--yes").output
    assert "0 new, 0 changed, 31 as they are" in run("area", "import", "--yubei").output
    assert "双龙湖街道" in run("area", "list", "--under", "500112").output
    with installed.box_reading() as box:
        assert box.scalar(select(func.count()).select_from(Area)) == 31


def test_an_area_file_shows_what_it_would_change_before_it_is_taken(
    installed: Stores, run: Run, tmp_path: Path
) -> None:
    run("area", "import", "--yubei", "--yes")
    headings = run("area", "template").output.strip().lstrip("\ufeff")
    values = dict.fromkeys(headings.split(","), "") | {
        "scheme": "stats", "code": "500112020", "parent": "500112", "kind": "subdistrict",
        "name_zh": "新名街道", "name_en": "New", "source": "test", "valid_to": "2026-01-25",
    }  # fmt: skip
    path = tmp_path / "areas.csv"
    path.write_text(f"{headings}\n{','.join(values.values())}", "utf-8")
    assert "~ stats 500112020 新名街道" in run("area", "import", str(path), typed="n\n", code=1).output
    run("area", "import", str(path), typed="y\n")
    with installed.box_reading() as box:
        assert box.scalars(select(Area).where(Area.code == "500112020")).one().name["zh"] == "新名街道"
    path.write_text(f"{headings}\n{','.join((values | {'code': 'x'}).values())}", "utf-8")
    assert "row 2" in run("area", "import", str(path), code=1).output


def test_the_example_plan_names_every_field(run: Run) -> None:
    example = tomllib.loads(run("wave", "new", "--template").output)
    assert example.keys() == FIELDS.keys() | {"synthetic"}


def test_a_wave_is_planned_from_a_file_and_its_key_is_written_once(installed: Stores, run: Run, tmp_path: Path) -> None:
    run("area", "import", "--yubei", "--yes")
    run("wave", "new", str(plan_file(tmp_path)), "--title-en", "Other", "--key-out", "the.key")
    wave, path = wave_of(installed), tmp_path / "the.key"
    assert (wave.title, wave.state, wave.synthetic) == ({"zh": "试测", "en": "Other"}, WaveState.PLANNED, False)
    assert wave.plan == {"expected_response": 0.5}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(keyfile.read(path.read_bytes(), "trial")) == 32
    assert actions(installed)[-1] == "wave.new"
    assert "trial  planned" in run("wave", "list").output
    assert "legal-awareness 2021.1" in run("wave", "show", "trial").output


def test_a_bad_plan_names_every_field_in_both_languages_and_leaves_no_key(
    installed: Stores, run: Run, tmp_path: Path
) -> None:
    plan = plan_file(tmp_path, code="trial", opens_at="tomorrow", commissioner="nobody")
    said = run("wave", "new", str(plan), code=1).output
    assert {name for name in ("opens_at", "commissioner", "area") if f"  {name}: " not in said} == set()
    assert not (tmp_path / "minping-trial.key").exists()
    plan.write_text("colour = 'red'", "utf-8")
    assert "colour" in run("wave", "new", str(plan), code=1).output
    plan.write_text("code = ", "utf-8")
    assert "--template" in run("wave", "new", str(plan), code=1).output


def test_a_key_file_is_never_overwritten(planned: Stores, run: Run, tmp_path: Path) -> None:
    before = (tmp_path / "minping-trial.key").read_bytes()
    run("wave", "new", str(plan_file(tmp_path)), code=1)
    assert (tmp_path / "minping-trial.key").read_bytes() == before


def test_an_unknown_wave_is_refused_in_chinese_and_english(installed: Stores, run: Run) -> None:
    said = run("wave", "show", "nope", code=1).stderr
    assert "没有编号为“nope”的批次" in said
    assert "There is no wave “nope”" in said


def test_a_frame_with_faults_is_refused_with_row_column_value_and_mend(
    planned: Stores, run: Run, tmp_path: Path
) -> None:
    path = frame_csv(tmp_path)
    path.write_text(path.read_text("utf-8").replace(",12", ",[bold]x", 1), "utf-8")
    said = run("frame", "check", "trial", str(path), code=1)
    assert {word for word in ("2", "户数", "[bold]x") if word not in said.stdout} == set()
    assert "1 places to mend" in said.stderr
    with planned.registrar_reading() as registrar:
        assert registrar.scalar(select(func.count()).select_from(Frame)) == 0


def test_a_frame_is_shown_then_taken_and_the_same_again_changes_nothing(
    planned: Stores, run: Run, tmp_path: Path
) -> None:
    path = frame_csv(tmp_path)
    shown = run("frame", "check", "trial", str(path)).output
    assert "10 PSUs, 120 dwellings" in shown
    assert "没有列入的镇街" in shown
    run("frame", "import", "trial", str(path), typed="n\n", code=1)
    run("frame", "import", "trial", str(path), typed="y\n")
    assert "The same as the frame in force" in run("frame", "import", "trial", str(path)).output
    more = run("frame", "check", "trial", str(frame_csv(tmp_path, 6, 13, "more.csv"))).output
    assert "2 added, 0 removed, 10 changed" in more
    assert actions(planned).count("frame.import") == 1


def test_the_frame_template_is_read_as_a_frame(planned: Stores, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "template.csv"
    path.write_bytes(run("frame", "template").stdout_bytes)
    assert "2 PSUs, 188 dwellings" in run("frame", "check", "trial", str(path)).output


def test_a_draw_is_kept_published_verified_and_written(drawn: Stores, run: Run, tmp_path: Path) -> None:
    with drawn.registrar_reading() as registrar, drawn.box_reading() as box:
        kept = registrar.scalars(select(DrawRecord)).one()
        assert (kept.seed, kept.allocation) == ("试", dict.fromkeys(sorted(TOWNS), 4))
        assert registrar.scalar(select(func.count()).select_from(Unit)) == 8 * (8 + 2)
        assert box.scalar(select(func.count()).select_from(DesignPsu)) == 8
    verified = run("draw", "trial", "--verify", "--csv", "sample.csv")
    assert kept.sha256 in verified.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sample.csv").read_text("utf-8-sig"))))
    assert len(rows) == 80
    assert {row["base_weight"] for row in rows} == {"1.875"}  # 5 PSUs of 12 dwellings: 60 / (4 * 8)
    run("draw", "trial", "--verify", "--csv", "sample.csv", code=1)  # never over another file


def test_a_wave_is_drawn_once_and_only_from_a_frame(planned: Stores, run: Run, tmp_path: Path) -> None:
    run("draw", "trial", "--yes", code=1)
    run("draw", "trial", "--verify", code=1)
    run("frame", "import", "trial", str(frame_csv(tmp_path)), "--yes")
    run("draw", "trial", "--psus", "oops", "--yes", code=1)
    run("draw", "trial", "--seed", "s", "--only", "--psus", f"{TOWNS[0]}=2", "--take", "5", typed="y\n")
    run("draw", "trial", "--seed", "t", "--yes", code=1)
    run("frame", "import", "trial", str(frame_csv(tmp_path, 6)), "--yes", code=1)


@pytest.mark.parametrize("words", [("frame", "check", "trial"), ("area", "import"), ("draw",), ("wave", "open")])
def test_a_command_used_wrongly_says_how_it_is_used(words: tuple[str, ...], run: Run) -> None:
    assert "Usage: " in run(*words, code=2).stderr


def test_a_plan_is_lodged_and_printed_until_the_wave_opens(planned: Stores, run: Run, tmp_path: Path) -> None:
    assert "default plan" in run("wave", "plan", "trial").stderr
    path = tmp_path / "analysis.toml"
    path.write_bytes(run("wave", "plan", "trial", "--template").stdout_bytes)
    sha256 = run("wave", "plan", "trial", str(path)).output.split()[-1]
    printed = run("wave", "plan", "trial")
    assert hashlib.sha256(printed.stdout_bytes).hexdigest() == sha256
    assert sha256 in printed.stderr
    assert actions(planned)[-1] == "plan.lodge"
    path.write_text(path.read_text("utf-8").replace('rule = "fail"', 'rule = "guess"'), "utf-8")
    refused = run("wave", "plan", "trial", str(path), code=1).stderr
    assert "lonely.rule" in refused
    run("wave", "open", "trial")
    assert "before answers are seen" in run("wave", "plan", "trial", str(path), code=1).stderr
    assert run("wave", "plan", "trial").stdout_bytes == printed.stdout_bytes
