"""What was published: releases, one row a figure, and the files rendered from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.records.base import BoxRecord, Code, Name
from surveys.records.kinds import Audience


class Release(BoxRecord):
    """A wave's figures with their definitions; prepared by a job, released by the assessor, never edited."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("wave_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    number: Mapped[int]
    prepared_at: Mapped[datetime]
    released_at: Mapped[datetime | None]  # empty until the assessor releases; officials see nothing before
    released_by: Mapped[str] = mapped_column(Name, default="")
    erratum_of: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    reason: Mapped[str] = mapped_column(default="")  # why an erratum was needed
    companion_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))  # the case evaluation shown beside it
    synthetic: Mapped[bool]
    definitions: Mapped[dict[str, Any]]  # indicator -> {version, title, definition, unit}
    labels: Mapped[dict[str, Any]]  # domain kind -> {title, codes: {code: text}} in print order; "item" -> texts
    facts: Mapped[dict[str, Any]]  # wave, approval, design, fieldwork counts, weights, software: what the notes print

    figures: Mapped[list["Figure"]] = relationship(order_by="Figure.position", viewonly=True)


class Figure(BoxRecord):
    """One figure for one audience after the disclosure gate: a value with its interval, or why there is none."""

    __tablename__ = "figure"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(Code)  # headline, towns, groups …: docs/releases.md
    indicator: Mapped[str] = mapped_column(Code)
    version: Mapped[str] = mapped_column(Code)
    item: Mapped[str] = mapped_column(Code, default="")
    domain: Mapped[str] = mapped_column(Code)  # district, town, kind, sex, age, edu, body, ...
    domain_code: Mapped[str] = mapped_column(Code, default="")
    unit: Mapped[str] = mapped_column(Code)  # percent, points, count
    n: Mapped[int | None]  # empty when the count itself is withheld
    n_eff: Mapped[float | None]
    df: Mapped[float | None]
    value: Mapped[float | None]  # proportions 0-1, scores 0-100, counts
    se: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    deff: Mapped[float | None]
    method: Mapped[str] = mapped_column(Code, default="")
    flag: Mapped[str] = mapped_column(Code, default="")  # "few_df lonely_collapse": shown, with care
    reason: Mapped[str] = mapped_column(Code, default="")  # why there is no value
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the reason; of a case: its grade, vetoes
    counts: Mapped[dict[str, int]] = mapped_column(default=dict)  # of answers by mark: don't know, refused ...


class Rendition(BoxRecord):
    """A file rendered from a release when it was prepared, so that every reader downloads the same bytes."""

    __tablename__ = "rendition"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(primary_key=True)
    format: Mapped[str] = mapped_column(Code, primary_key=True)  # word, excel, csv, chart-towns-wide ...
    filename: Mapped[str] = mapped_column(Name)
    media_type: Mapped[str] = mapped_column(Name)
    content: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(Code)
