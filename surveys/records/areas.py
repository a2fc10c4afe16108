"""Areas as published: a scheme and a code, dated, with the area that followed."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import BoxRecord, Code


class Area(BoxRecord):
    """One administrative division over one span of time; texts are {zh, en}, codes never depend on language."""

    __tablename__ = "area"

    scheme: Mapped[str] = mapped_column(Code, primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    parent: Mapped[str] = mapped_column(Code, default="")
    kind: Mapped[str] = mapped_column(Code)  # district, subdistrict, town
    name: Mapped[dict[str, str]]
    successor_name: Mapped[dict[str, str]] = mapped_column(default=dict)
    successor_code: Mapped[str] = mapped_column(Code, default="")  # empty while nobody has published it
    position: Mapped[int] = mapped_column(default=0)  # register order
    source: Mapped[str]

    def holds(self, day: date) -> bool:
        """Whether the code was in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def as_of(areas: Iterable[Area], day: date) -> list[Area]:
    """One area a code in register order: as it stood on that day, else as it stood last.

    Codes that were abolished since still name the towns of a frame that was made under them.
    """
    found: dict[str, Area] = {}
    for area in sorted(areas, key=lambda area: (area.code, area.valid_from)):
        if area.code not in found or not found[area.code].holds(day):
            found[area.code] = area
    return sorted(found.values(), key=lambda area: (area.position, area.code))
