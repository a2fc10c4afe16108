"""A small wave to take snapshots of: every kind of row that the group-by tells apart, in a box of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from surveys.analysis.totals.snapshot import Snapshot
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.sums import Totals
from surveys.analysis.totals.wanted import Wanted
from surveys.analysis.totals.writing import write_snapshot
from surveys.records.kinds import Channel
from surveys.records.leaves import Checkpoint
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave
from tests.reporting.made import AWARENESS, PSUS, Said, answers, survey

WANTED = Wanted.by(AWARENESS)
CERTAIN = "c"  # a stratum whose PSUs were certain to be drawn


def waves_answers() -> list[Said]:
    """Invited and open, complete and not, scored and not, two weights; thirds that floats cannot hold."""
    some = answers()
    opened = [Said("b", {"knowledge_score": 200 / 3}, channel=Channel.OPEN, complete=False) for _ in range(3)]
    odd = [Said("a/1", {"knowledge_score": 100 / 3}, weight=1 / 3), Said("a/1", cell="age=d;sex=r")]
    return [*some, *opened, *odd]


def wave_of(box: Session, said: list[Said] | None = None) -> Wave:
    """The wave, closed and sealed, with a stratum of certainty PSUs."""
    wave = survey(box, PSUS, waves_answers() if said is None else said)
    for psu in box.query(DesignPsu).filter_by(wave_id=wave.id, stratum=CERTAIN):
        psu.inclusion_probability = 1.0
    box.add(Checkpoint(wave_id=wave.id, batch=1, size=1, root=bytes(range(32))))
    box.flush()
    return wave


def source_of(box: Session, wave: Wave, folder: Path | None) -> Source:
    return Source(box, wave, AWARENESS, folder)


def taken(box: Session, wave: Wave, folder: Path, parts: int = 1) -> Snapshot:
    """A snapshot in `folder`."""
    return write_snapshot(box, wave, AWARENESS, folder, lambda _done, _of: None, parts)


def assert_same(one: Totals, other: Totals) -> None:
    """Keys and counts exactly, sums to 1e-12 relative."""
    for texts in ("channel", "stratum", "psu", "town", "cell"):
        assert getattr(one, texts) == getattr(other, texts)
    np.testing.assert_array_equal(one.base_weight, other.base_weight)
    np.testing.assert_array_equal(one.count, other.count)
    assert list(one.bases) == list(other.bases)
    for name, column in one.bases.items():
        np.testing.assert_array_equal(column, other.bases[name])
    assert list(one.scores) == list(other.scores)
    for name, sums in one.scores.items():
        np.testing.assert_array_equal(sums.n, other.scores[name].n)
        for part in ("x", "xx"):
            np.testing.assert_allclose(getattr(sums, part), getattr(other.scores[name], part), rtol=1e-12)
    assert list(one.marks) == list(other.marks)
    for item, columns in one.marks.items():
        assert list(columns) == list(other.marks[item])
        for character, count in columns.items():
            np.testing.assert_array_equal(count, other.marks[item][character])
