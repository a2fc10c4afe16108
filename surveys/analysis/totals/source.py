"""A closed wave whose answers are to be added up, and where what is made of them may be kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from surveys.instrument import Instrument
from surveys.records.waves import Wave

SNAPSHOTS, TOTALS = "snapshots", "totals"  # folders of the data folder; neither is in a backup

Progress = Callable[[int, int, str], None]  # done, of how many, step


def no_progress(_done: int, _total: int, _step: str) -> None:
    """For callers who do not watch."""


@dataclass(frozen=True)
class Source:
    """`folder` is the data folder; without one nothing is cached, and there are no snapshots.

    scheduler: the address of Dask's, "" for workers on this machine.
    """

    box: Session
    wave: Wave
    instrument: Instrument
    folder: Path | None = None
    scheduler: str = ""
    progress: Progress = no_progress

    @property
    def snapshot_folder(self) -> Path:
        """Of this wave. Raises ValueError without a data folder."""
        if self.folder is None:
            raise ValueError("a snapshot needs a data folder")
        return snapshot_folder(self.folder, self.wave.code)


def snapshot_folder(folder: Path, wave: str) -> Path:
    """Where a wave's snapshot stands in the data folder."""
    return folder / SNAPSHOTS / wave


def forget(folder: Path, waves: Collection[str]) -> None:
    """Delete snapshots and cached totals of waves that are not among `waves`: where the answers went, these go too."""
    for path in (folder / SNAPSHOTS).glob("[a-z0-9]*"):
        if path.name not in waves:
            shutil.rmtree(path)
    for path in (folder / TOTALS).glob("[a-z0-9]*"):
        if path.name.partition(".")[0] not in waves:
            path.unlink()
