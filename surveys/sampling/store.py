"""Frames and draws as kept by the registrar; the design and the margins as published in the box."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from random import Random
from typing import Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.frames import DrawRecord, Frame, FramePsuRow, Unit
from surveys.records.kinds import WaveState
from surveys.records.passes import DesignPsu
from surveys.records.waves import Margin, Wave
from surveys.sampling.draw import Draw, DrawnPsu, SampledUnit, draw_sample
from surveys.sampling.frame import FrameChange, FrameFile, FramePsu, compare

RANDOM: Random = secrets.SystemRandom()
PUBLISHED = (
    "stratum",
    "psu",
    "town",
    "dwellings",
    "stratum_dwellings",
    "psus_drawn",
    "inclusion_probability",
    "take",
    "base_weight",
)


class MarginCell(Protocol):
    """One cell of a population margin; see `Margin` for what `key` holds."""

    @property
    def key(self) -> str: ...
    @property
    def total(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def dated(self) -> date: ...
    @property
    def synthetic(self) -> bool: ...


def keep_frame(
    registrar: Session,
    wave: Wave,
    organisation: str,
    frame: FrameFile,
    filename: str,
    now: datetime,
    by: int | None = None,
) -> Frame:
    """Take a frame for a wave; the same content again gives the frame in force. Raises Conflict once a draw was run."""
    if drawn(registrar, wave.id) is not None:
        raise Conflict("frame.after_draw", wave=wave.code)
    in_force = frame_in_force(registrar, wave.id)
    if in_force is not None and in_force.sha256 == frame.sha256:
        return in_force
    kept = Frame(
        organisation=organisation,
        wave_id=wave.id,
        filename=filename[:200],
        sha256=frame.sha256,
        synthetic=wave.synthetic,
        psus=len(frame.rows),
        dwellings=sum(row.dwellings for row in frame.rows),
        imported_at=now,
        imported_by=by,
    )
    registrar.add(kept)
    registrar.flush()
    rows = [_frame_row(kept.id, row, position) for position, row in enumerate(frame.rows, start=1)]
    registrar.execute(insert(FramePsuRow), rows)
    return kept


def frame_in_force(registrar: Session, wave_id: int) -> Frame | None:
    """The frame taken last."""
    return registrar.scalars(select(Frame).where(Frame.wave_id == wave_id).order_by(Frame.id.desc())).first()


def frame_file(registrar: Session, frame: Frame) -> FrameFile:
    """A kept frame with its rows; it has the sha256 it was taken with."""
    rows = registrar.scalars(select(FramePsuRow).where(FramePsuRow.frame_id == frame.id))
    return FrameFile(tuple(_frame_psu(row) for row in rows))


def frame_change(registrar: Session, wave_id: int, new: FrameFile) -> FrameChange:
    """What taking `new` would change in the frame in force."""
    in_force = frame_in_force(registrar, wave_id)
    return compare(None if in_force is None else frame_file(registrar, in_force), new)


def run_draw(
    registrar: Session,
    wave: Wave,
    allocation: Mapping[str, int],
    seed: str,
    now: datetime,
    take: int = 20,
    reserve: int = 10,
    by: int | None = None,
) -> Draw:
    """Draw from the frame in force and keep the units; a wave has one draw.

    Raises Conflict when it has been run or the wave has closed, NotFound without a frame, Refusal as draw_sample does.
    """
    if wave.state is WaveState.CLOSED:
        raise Conflict("wave.closed", wave=wave.code)
    frame = frame_in_force(registrar, wave.id)
    if frame is None:
        raise NotFound("frame.none", wave=wave.code)
    # Two draws at once: the first keeps the frame until it is done, and the second finds the draw.
    registrar.scalar(select(Frame.id).where(Frame.id == frame.id).with_for_update())
    if drawn(registrar, wave.id) is not None:
        raise Conflict("draw.done", wave=wave.code)
    draw = draw_sample(frame_file(registrar, frame), allocation, seed, take, reserve)
    kept = _draw_record(wave.id, frame.id, draw, now, by)
    registrar.add(kept)
    registrar.flush()
    registrar.execute(insert(Unit), [_unit(kept, unit) for unit in draw.units])
    return draw


def drawn(registrar: Session, wave_id: int) -> DrawRecord | None:
    """The record of a wave's draw."""
    return registrar.scalars(select(DrawRecord).where(DrawRecord.wave_id == wave_id)).one_or_none()


def draw_again(registrar: Session, wave_id: int) -> Draw:
    """The wave's draw, run again from its record.

    Raises NotFound without a draw, Conflict when what comes out is not what was kept.
    """
    kept = drawn(registrar, wave_id)
    if kept is None:
        raise NotFound("draw.none")
    frame = frame_file(registrar, registrar.get_one(Frame, kept.frame_id))
    draw = draw_sample(frame, kept.allocation, kept.seed, kept.settings["take"], kept.settings["reserve"])
    if draw.sha256 != kept.sha256:
        raise Conflict("draw.not_repeated", kept=kept.sha256, again=draw.sha256)
    return draw


def publish_design(box: Session, wave: Wave, draw: Draw, order: Random = RANDOM) -> None:
    """Let the box know all PSUs drawn, shuffled; the same draw again changes nothing, another raises Conflict."""
    rows = [_design_row(wave.id, psu) for psu in draw.psus]
    columns = [getattr(DesignPsu, name) for name in PUBLISHED]
    known = {tuple(row) for row in box.execute(select(*columns).where(DesignPsu.wave_id == wave.id))}
    if known:
        if known != {tuple(row[name] for name in PUBLISHED) for row in rows}:
            raise Conflict("design.published", wave=wave.code)
        return
    order.shuffle(rows)
    box.execute(insert(DesignPsu), rows)


def keep_margins(box: Session, wave: Wave, name: str, cells: Iterable[MarginCell]) -> None:
    """Keep one population margin, in place of an earlier one of that name.

    Raises Refusal for a key that stands twice, a total below 1 or no cell at all.
    """
    rows = [_margin(wave.id, name, cell) for cell in cells]
    keys = [row["key"] for row in rows]
    if not rows:
        raise Refusal("margin.empty", name=name)
    if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
        raise Refusal("margin.key_twice", name=name, keys=", ".join(twice))
    if low := [row["key"] for row in rows if not isinstance(row["total"], int) or row["total"] < 1]:
        raise Refusal("margin.total_too_low", name=name, keys=", ".join(map(str, low)))
    box.execute(delete(Margin).where(Margin.wave_id == wave.id, Margin.name == name))
    box.execute(insert(Margin), rows)


def margins_of(box: Session, wave_id: int) -> dict[str, Sequence[Margin]]:
    """The margins of a wave by name, their cells by key."""
    found: dict[str, list[Margin]] = {}
    for cell in box.scalars(select(Margin).where(Margin.wave_id == wave_id).order_by(Margin.name, Margin.key)):
        found.setdefault(cell.name, []).append(cell)
    return dict(found)


def _frame_row(frame_id: int, row: FramePsu, position: int) -> dict[str, object]:
    said = asdict(row)
    del said["order"]
    return {"frame_id": frame_id, "position": position, **said}


def _frame_psu(row: FramePsuRow) -> FramePsu:
    named = (row.town, row.community, row.psu, row.name, row.kind)
    return FramePsu(*named, dwellings=row.dwellings, residents_15=row.residents_15, order=row.position)


def _draw_record(wave_id: int, frame_id: int, draw: Draw, now: datetime, by: int | None) -> DrawRecord:
    return DrawRecord(
        wave_id=wave_id,
        frame_id=frame_id,
        seed=draw.seed,
        algorithm=draw.algorithm,
        software=_software(),
        allocation=draw.allocation,
        settings={"take": draw.take, "reserve": draw.reserve},
        sha256=draw.sha256,
        drawn_at=now,
        drawn_by=by,
    )


def _unit(draw: DrawRecord, unit: SampledUnit) -> dict[str, object]:
    said = asdict(unit)
    return {"draw_id": draw.id, "wave_id": draw.wave_id, "position": said.pop("order"), **said}


def _design_row(wave_id: int, psu: DrawnPsu) -> dict[str, object]:
    return {"wave_id": wave_id} | {name: getattr(psu, name) for name in PUBLISHED}


def _margin(wave_id: int, name: str, cell: MarginCell) -> dict[str, object]:
    said = {
        "key": cell.key,
        "total": cell.total,
        "source": cell.source,
        "dated": cell.dated,
        "synthetic": cell.synthetic,
    }
    return {"wave_id": wave_id, "name": name, **said}


def _software() -> str:
    try:
        return f"minping {version('minping')}"
    except PackageNotFoundError:  # run from the tree, not installed
        return "minping"
