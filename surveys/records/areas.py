"""Areas as published: a scheme and a code, dated, with the area that followed."""

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
