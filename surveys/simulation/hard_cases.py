"""A second, small wave that holds the cases estimation must get right: silence, loneliness, none and all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.draw import Draw, draw_sample
from surveys.sampling.frame import FrameFile
from surveys.simulation.fieldwork import Fieldwork, simulate

PSUS = 4
SILENT = "500112002"  # nobody answers
TWO_PSUS = "500112004"  # two of its four PSUs answer
LONELY = "500112007"  # one PSU drawn
NOBODY_AWARE = "500112008"  # p = 0
EVERYBODY_AWARE = "500112009"  # p = 1
ORDINARY = ("500112010", "500112011")
TOWNS = (SILENT, TWO_PSUS, LONELY, NOBODY_AWARE, EVERYBODY_AWARE, *ORDINARY)
EMPTY_CASE_GROUP = "行政许可"  # a kind of case of which the small register has none


def small_frame(frame: FrameFile) -> FrameFile:
    """The towns of the small wave out of the demonstration's frame."""
    return FrameFile(tuple(row for row in frame.rows if row.town in TOWNS))


def hard_wave(frame: FrameFile, seed: str) -> tuple[Draw, Fieldwork]:
    """The small wave's draw from `small_frame(frame)` and its fieldwork, with every hard case in place."""
    draw = draw_sample(small_frame(frame), {town: 1 if town == LONELY else PSUS for town in TOWNS}, seed)
    work = simulate(draw, seed)
    silent = _silent(draw)
    issued_silent = np.array([unit.psu in silent for unit in draw.issued])
    disposition = np.where(
        issued_silent & np.isin(work.disposition, ["complete", "partial"]), "non_contact", work.disposition
    )
    keep = ~issued_silent[work.people["unit"]]
    people = {name: values[keep] for name, values in work.people.items()}
    _fix(people["marks"], people["passed"], people["town"] == NOBODY_AWARE, aware=False)
    _fix(people["marks"], people["passed"], people["town"] == EVERYBODY_AWARE, aware=True)
    return draw, Fieldwork(disposition, people)


def _silent(draw: Draw) -> set[str]:
    """The PSUs in which nobody answers."""
    two = [psu.psu for psu in draw.psus if psu.town == TWO_PSUS]
    return {psu.psu for psu in draw.psus if psu.town == SILENT} | set(two[2:])


def _fix(marks: NDArray[np.str_], passed: NDArray[np.bool_], rows: NDArray[np.bool_], aware: bool) -> None:
    """Make everybody of these rows aware (all right) or not aware (all wrong)."""
    marks[rows] = "1" if aware else "0"
    passed[rows] = aware
