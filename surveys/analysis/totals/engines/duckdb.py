"""DuckDB over the wave's snapshot, on all cores of this machine."""

from __future__ import annotations

from surveys.analysis.totals.engines import ENGINES, Counted, room, versions_of
from surveys.analysis.totals.partial import added
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted


class DuckDb:
    """The snapshot is made when there is none."""

    needs: tuple[str, ...] = ("duckdb",)

    def sums(self, source: Source, wanted: Wanted) -> Counted:
        snapshot = room("writing").ready(source)
        snapshot.check_parts()
        snapshot.check_columns(wanted)
        sums = added([room("snapshot").sums_of(snapshot.files, wanted)])
        return Counted(sums, versions_of(self.needs), snapshot.manifest.sha256)


ENGINES.add("duckdb", DuckDb())
