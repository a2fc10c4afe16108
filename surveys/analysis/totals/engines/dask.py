"""Dask tasks, one for each part of the wave's snapshot, on this machine or many."""

from __future__ import annotations

from functools import partial

from surveys.analysis.totals.engines import ENGINES, Counted, room, versions_of
from surveys.analysis.totals.partial import added
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted

MOST_ROWS = 250_000  # that a task may return; a part of a snapshot holds no more answers


class Dask:
    """The snapshot is made when there is none; every task checks its own part."""

    needs: tuple[str, ...] = ("duckdb", "dask", "distributed")

    def sums(self, source: Source, wanted: Wanted) -> Counted:
        snapshot = room("writing").ready(source)
        snapshot.check_columns(wanted)
        parts = sorted(snapshot.manifest.parts, key=lambda part: part.name)
        task = partial(
            room("snapshot").sums_of_part,
            folder=snapshot.folder,
            wave=source.wave.code,
            wanted=wanted,
            most_rows=MOST_ROWS,
        )
        with room("distributed").client_of(source.scheduler) as client:
            found = room("distributed").each(
                client, task, parts, lambda done, total: source.progress(done, total, "totals")
            )
        return Counted(added(found), versions_of(self.needs), snapshot.manifest.sha256)


ENGINES.add("dask", Dask())
