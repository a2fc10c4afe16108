from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.frames import DrawRecord, Unit
from surveys.records.kinds import WaveState
from surveys.records.passes import DesignPsu
from surveys.records.staff import Organisation
from surveys.records.waves import Wave
from surveys.sampling.draw import Draw, draw_sample
from surveys.sampling.frame import FrameFile, FramePsu
from surveys.sampling.store import (
    draw_again,
    drawn,
    frame_change,
    frame_file,
    frame_in_force,
    keep_frame,
    keep_margins,
    margins_of,
    publish_design,
    run_draw,
)
from tests.collection.samples import running_wave
from webapp.db import Stores

NOW = datetime(2021, 8, 20, tzinfo=UTC)
TOWNS = ("500112002", "500112004")
ALLOCATION = {TOWNS[0]: 4, TOWNS[1]: 3}


@dataclass(frozen=True)
class Cell:
    key: str
    total: int
    source: str = "census"
    dated: date = date(2020, 11, 1)
    synthetic: bool = False


def synthetic_frame(psus: int = 12) -> FrameFile:
    """Two towns; the order of the file is not that of the codes. The last PSU of a town is certain to be drawn."""
    rows = [
        FramePsu(
            town,
            f"社区{number % 3}",
            f"{town}-{number:02d}",
            f"第{number}网格",
            "block",
            40 + number,
            90,
            psus - number,
        )
        for town in TOWNS
        for number in range(1, psus)
    ]
    return FrameFile((*rows, FramePsu(TOWNS[0], "社区9", "dormitory", "宿舍", "collective", 2000)))


@pytest.fixture
def wave(box: Session, registrar: Session) -> Wave:
    registrar.add(Organisation(code="firm", kind="assessor", name={"zh": "第三方", "en": "Firm"}))
    registrar.flush()
    return running_wave(box)


def kept(registrar: Session, wave: Wave, frame: FrameFile | None = None) -> FrameFile:
    frame = frame or synthetic_frame()
    keep_frame(registrar, wave, "firm", frame, "frame.csv", NOW)
    return frame


def test_a_frame_comes_back_with_its_order_and_hash(registrar: Session, wave: Wave) -> None:
    frame = kept(registrar, wave)
    in_force = frame_in_force(registrar, wave.id)
    assert in_force is not None
    assert (in_force.sha256, in_force.psus, in_force.synthetic) == (frame.sha256, 23, True)
    registrar.expire_all()
    again = frame_file(registrar, in_force)
    assert again == frame
    assert [row.psu for row in again.rows] == [row.psu for row in frame.rows]


def test_the_same_frame_is_kept_once_and_a_better_one_beside_it(registrar: Session, wave: Wave) -> None:
    first = keep_frame(registrar, wave, "firm", synthetic_frame(), "a.csv", NOW)
    assert keep_frame(registrar, wave, "firm", synthetic_frame(), "b.csv", NOW) is first
    better = keep_frame(registrar, wave, "firm", synthetic_frame(13), "c.csv", NOW)
    assert frame_in_force(registrar, wave.id) is better is not first


def test_it_is_said_beforehand_what_a_new_frame_would_change(registrar: Session, wave: Wave) -> None:
    frame = synthetic_frame()
    assert len(frame_change(registrar, wave.id, frame).added) == 23
    kept(registrar, wave, frame)
    assert frame_change(registrar, wave.id, frame).nothing
    [first, *others] = frame.rows
    change = frame_change(registrar, wave.id, FrameFile((replace(first, dwellings=99), *others[1:])))
    assert (len(change.added), len(change.removed), len(change.changed)) == (0, 1, 1)


def test_a_draw_is_kept_with_all_that_repeats_it(registrar: Session, wave: Wave) -> None:
    frame = kept(registrar, wave)
    draw = run_draw(registrar, wave, ALLOCATION, "种子 1", NOW, take=5, reserve=2)
    assert draw == draw_sample(frame, ALLOCATION, "种子 1", take=5, reserve=2)
    units = registrar.scalars(select(Unit).order_by(Unit.id)).all()
    assert [(u.stratum, u.psu, u.town, u.dwelling, u.position, u.reserve, u.base_weight) for u in units] == [
        (u.stratum, u.psu, u.town, u.dwelling, u.order, u.reserve, u.base_weight) for u in draw.units
    ]
    registrar.expire_all()
    assert draw_again(registrar, wave.id) == draw


def test_a_draw_whose_record_was_altered_is_not_repeated(registrar: Session, wave: Wave) -> None:
    kept(registrar, wave)
    run_draw(registrar, wave, ALLOCATION, "1", NOW, take=5)
    record = drawn(registrar, wave.id)
    assert record is not None
    record.seed = "2"
    with pytest.raises(Conflict, match="not_repeated"):
        draw_again(registrar, wave.id)


def test_a_wave_has_one_draw_and_no_new_frame_after_it(registrar: Session, wave: Wave) -> None:
    kept(registrar, wave)
    run_draw(registrar, wave, ALLOCATION, "1", NOW, take=5)
    with pytest.raises(Conflict, match=r"draw\.done"):
        run_draw(registrar, wave, ALLOCATION, "2", NOW, take=5)
    with pytest.raises(Conflict, match="after_draw"):
        keep_frame(registrar, wave, "firm", synthetic_frame(13), "b.csv", NOW)


def test_what_cannot_be_drawn_leaves_nothing(registrar: Session, wave: Wave) -> None:
    with pytest.raises(NotFound, match=r"frame\.none"):
        run_draw(registrar, wave, ALLOCATION, "1", NOW)
    with pytest.raises(NotFound, match=r"draw\.none"):
        draw_again(registrar, wave.id)
    kept(registrar, wave)
    with pytest.raises(Refusal):
        run_draw(registrar, wave, {TOWNS[0]: 99}, "1", NOW)
    wave.state = WaveState.CLOSED
    with pytest.raises(Conflict):
        run_draw(registrar, wave, ALLOCATION, "1", NOW)
    assert drawn(registrar, wave.id) is None


def test_two_draws_at_once_are_one(stores: Stores) -> None:
    with stores.box_transaction() as box:
        wave = running_wave(box)
    with stores.registrar_transaction() as registrar:
        registrar.add(Organisation(code="firm", kind="assessor", name={"zh": "第三方", "en": "Firm"}))
        registrar.flush()
        kept(registrar, wave)

    def run(seed: str) -> Draw | Refusal:
        try:
            with stores.registrar_transaction() as registrar:
                return run_draw(registrar, wave, ALLOCATION, seed, NOW, take=5)
        except Conflict as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, ["1", "2"]))
    [draw] = [result for result in results if isinstance(result, Draw)]
    with stores.registrar_reading() as registrar:
        assert registrar.scalar(select(func.count()).select_from(DrawRecord)) == 1
        assert registrar.scalar(select(func.count()).select_from(Unit)) == len(draw.units)


def test_the_box_knows_every_psu_drawn_and_publishing_again_changes_nothing(
    box: Session, registrar: Session, wave: Wave
) -> None:
    kept(registrar, wave)
    draw = run_draw(registrar, wave, ALLOCATION, "1", NOW, take=5)
    for _ in range(2):
        publish_design(box, wave, draw)
    rows = {row.psu: row for row in box.scalars(select(DesignPsu))}
    assert set(rows) == {psu.psu for psu in draw.psus}
    assert (rows["dormitory"].stratum, rows["dormitory"].inclusion_probability) == (f"{TOWNS[0]}/dormitory", 1.0)
    for psu in draw.psus:
        expected = (psu.stratum, psu.stratum_dwellings, psu.psus_drawn, psu.take, psu.base_weight)
        row = rows[psu.psu]
        assert (row.stratum, row.stratum_dwellings, row.psus_drawn, row.take, row.base_weight) == expected
    other = draw_sample(synthetic_frame(), ALLOCATION, "2", take=5)
    with pytest.raises(Conflict, match=r"design\.published"):
        publish_design(box, wave, other)


def test_margins_are_kept_with_source_and_date_and_a_better_one_takes_their_place(box: Session, wave: Wave) -> None:
    keep_margins(box, wave, "town", [Cell(TOWNS[0], 10), Cell(TOWNS[1], 20)])
    keep_margins(box, wave, "age*sex", [Cell("1*1", 30, synthetic=True)])
    keep_margins(box, wave, "town", [Cell(TOWNS[0], 11)])
    found = {
        name: [(c.key, c.total, c.source, c.synthetic) for c in cells]
        for name, cells in margins_of(box, wave.id).items()
    }
    assert found == {"town": [(TOWNS[0], 11, "census", False)], "age*sex": [("1*1", 30, "census", True)]}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([], "margin.empty"),
        ([Cell("a", 1), Cell("a", 2)], "margin.key_twice"),
        ([Cell("a", 0)], "margin.total_too_low"),
    ],
)
def test_a_margin_that_cannot_be_weighted_to_is_refused(box: Session, wave: Wave, cells: list[Cell], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        keep_margins(box, wave, "town", cells)
