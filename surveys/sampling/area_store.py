"""Areas as kept in the box: what a list of areas would change, and taking it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.records import areas as records
from surveys.sampling.areas import Area

UNKNOWN_START = date(1, 1, 1)  # the day a code came into force is part of its key; often nobody published it
SAID = ("parent", "kind", "name", "valid_to", "successor_name", "successor_code", "source")


@dataclass(frozen=True)
class AreaChange:
    """What taking a list of areas would change; an area is the same when scheme, code and first day are."""

    added: tuple[Area, ...]
    changed: tuple[Area, ...]
    same: int


def area_change(box: Session, areas: Sequence[Area]) -> AreaChange:
    """Compare a list with what is kept; areas that the list does not name stay as they are."""
    kept = {(area.scheme, area.code, area.valid_from): area for area in box.scalars(select(records.Area))}
    added = tuple(area for area in areas if _key(area) not in kept)
    changed = tuple(area for area in areas if _key(area) in kept and _differs(kept[_key(area)], area_record(area, 0)))
    return AreaChange(added, changed, len(areas) - len(added) - len(changed))


def keep_areas(box: Session, areas: Sequence[Area]) -> AreaChange:
    """Take a list of areas, in whose order they are reported; gives what changed."""
    change = area_change(box, areas)
    for position, area in enumerate(areas):
        box.merge(area_record(area, position))
    box.flush()
    return change


def area_record(area: Area, position: int) -> records.Area:
    """An area as the box keeps it."""
    return records.Area(
        scheme=area.scheme,
        code=area.code,
        parent=area.parent,
        kind=area.kind,
        name={"zh": area.name_zh, "en": area.name_en},
        valid_from=area.valid_from or UNKNOWN_START,
        valid_to=area.valid_to,
        successor_name={"zh": area.successor_zh, "en": area.successor_en},
        successor_code=area.successor_code,
        position=position,
        source=area.source,
    )


def _key(area: Area) -> tuple[str, str, date]:
    return area.scheme, area.code, area.valid_from or UNKNOWN_START


def _differs(kept: records.Area, new: records.Area) -> bool:
    return any(getattr(kept, name) != getattr(new, name) for name in SAID)
