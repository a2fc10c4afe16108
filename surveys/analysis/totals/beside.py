"""What a snapshot's answers need to be weighed elsewhere: the PSUs drawn and the population totals, as CSV files.

Minping itself reads both from the box; these are for R and for checking by hand (docs/howto/check-with-r.md).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.totals.manifest import Part, sha256_of
from surveys.records.passes import DesignPsu
from surveys.records.waves import Margin, Wave

DESIGN, MARGINS = "design.csv", "margins.csv"
DESIGN_COLUMNS = (
    "stratum", "psu", "town", "psus_drawn", "inclusion_probability", "dwellings", "take", "base_weight",
)  # fmt: skip


def write_beside(box: Session, wave: Wave, mark: str, folder: Path) -> list[Part]:
    """Write a line for every PSU drawn, silent or not, and one for every category of the margins kept.

    The first column is `mark`: what is synthetic says so in every line.
    """
    psus = select(DesignPsu).where(DesignPsu.wave_id == wave.id).order_by(DesignPsu.stratum, DesignPsu.psu)
    drawn = [[getattr(psu, name) for name in DESIGN_COLUMNS] for psu in box.scalars(psus)]
    kept = select(Margin).where(Margin.wave_id == wave.id).order_by(Margin.name, Margin.key)
    totals = [[margin.name, margin.key, float(margin.total)] for margin in box.scalars(kept)]
    return [
        _written(folder / DESIGN, mark, DESIGN_COLUMNS, drawn),
        _written(folder / MARGINS, mark, ("margin", "category", "total"), totals),
    ]


def _written(path: Path, mark: str, columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> Part:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mark", *columns])
        writer.writerows([mark, *line] for line in lines)
    path.chmod(0o600)
    return Part(path.name, len(lines), sha256_of(path))
