"""The store where the answers lie: nothing to install, nothing to copy."""

from __future__ import annotations

from sqlalchemy.orm import Session

from surveys.analysis.totals.engines import ENGINES, Counted
from surveys.analysis.totals.live import sums_of_wave
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted


class Database:
    """SQLite or PostgreSQL."""

    needs: tuple[str, ...] = ()

    def sums(self, source: Source, wanted: Wanted) -> Counted:
        return Counted(sums_of_wave(source.box, source.wave.id, wanted), version_of_store(source.box))


def version_of_store(box: Session) -> dict[str, str]:
    """The database's own version, as it told when we first connected."""
    dialect = box.connection().dialect
    return {dialect.name: ".".join(str(part) for part in dialect.server_version_info or ())}


ENGINES.add("database", Database())
