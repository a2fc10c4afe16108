"""A sample that was drawn, as the assessor looks at it: strata, PSUs, dwellings, and whether it can be drawn again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.errors import Conflict
from surveys.records.areas import Area
from surveys.records.frames import DrawRecord, FramePsuRow, Unit
from surveys.records.passes import DesignPsu
from surveys.sampling.store import draw_again
from webapp.i18n import text_in
from webapp.tables import Column


@dataclass(frozen=True)
class Stratum:
    """One stratum of the design: a town, or a PSU that was certain to be drawn."""

    stratum: str
    town: str
    psus: int
    dwellings: int
    letters: int
    least_weight: float
    most_weight: float


@dataclass(frozen=True)
class Psu:
    """A PSU drawn, with its name from the frame and its town in words."""

    design: DesignPsu
    town: str
    name: str


@dataclass(frozen=True)
class Dwelling:
    """A sampled dwelling with the words a visitor finds it by."""

    unit: Unit
    town: str
    community: str
    name: str


def strata(design: Sequence[DesignPsu], towns: Mapping[str, Area]) -> list[Stratum]:
    """The strata in the order of their codes, their towns in words."""
    found: dict[str, list[DesignPsu]] = {}
    for psu in sorted(design, key=lambda psu: (psu.town, psu.stratum)):
        found.setdefault(psu.stratum, []).append(psu)
    return [
        Stratum(
            stratum,
            town_words(towns, psus[0].town),
            len(psus),
            psus[0].stratum_dwellings,
            sum(psu.take for psu in psus),
            min(psu.base_weight for psu in psus),
            max(psu.base_weight for psu in psus),
        )
        for stratum, psus in found.items()
    ]


def design_of(box: Session, wave_id: int) -> list[DesignPsu]:
    """All PSUs drawn, as the box knows them."""
    return list(box.scalars(select(DesignPsu).where(DesignPsu.wave_id == wave_id).order_by(DesignPsu.psu)))


def psus_drawn(
    registrar: Session, draw: DrawRecord, design: Sequence[DesignPsu], towns: Mapping[str, Area]
) -> list[Psu]:
    """The PSUs with their names, in the order of the frame."""
    rows = frame_rows(registrar, draw)
    found = [Psu(psu, town_words(towns, psu.town), rows[psu.psu].name) for psu in design if psu.psu in rows]
    return sorted(found, key=lambda psu: rows[psu.design.psu].position)


def dwellings(registrar: Session, draw: DrawRecord, towns: Mapping[str, Area]) -> list[Dwelling]:
    """All sampled dwellings, reserve included, in the order of the draw."""
    rows = frame_rows(registrar, draw)
    units = registrar.scalars(select(Unit).where(Unit.draw_id == draw.id).order_by(Unit.id))
    return [
        Dwelling(unit, town_words(towns, unit.town), rows[unit.psu].community, rows[unit.psu].name) for unit in units
    ]


def frame_rows(registrar: Session, draw: DrawRecord) -> dict[str, FramePsuRow]:
    """The PSUs of the frame a sample was drawn from, by code."""
    drawn = select(Unit.psu).where(Unit.draw_id == draw.id).distinct()
    mine = select(FramePsuRow).where(FramePsuRow.frame_id == draw.frame_id, FramePsuRow.psu.in_(drawn))
    return {row.psu: row for row in registrar.scalars(mine)}


def letters_and_reserve(registrar: Session, draw: DrawRecord) -> tuple[int, int]:
    """How many dwellings are to be invited, and how many wait in reserve."""
    counted = select(Unit.reserve, func.count()).where(Unit.draw_id == draw.id).group_by(Unit.reserve)
    by_reserve = {reserve: count for reserve, count in registrar.execute(counted)}
    return by_reserve.get(False, 0), by_reserve.get(True, 0)


def proved(registrar: Session, draw: DrawRecord) -> str:
    """Draw again from the record and compare with every unit that was kept; gives the digest.

    Raises Conflict when digest or units differ.
    """
    again = draw_again(registrar, draw.wave_id)
    kept = select(Unit.stratum, Unit.psu, Unit.dwelling, Unit.position, Unit.reserve, Unit.base_weight)
    units = {tuple(row) for row in registrar.execute(kept.where(Unit.draw_id == draw.id))}
    expected = {(u.stratum, u.psu, u.dwelling, u.order, u.reserve, u.base_weight) for u in again.units}
    if units != expected:
        raise Conflict("draw.units_differ", count=len(units ^ expected))
    return again.sha256


def town_words(towns: Mapping[str, Area], code: str) -> str:
    """A town's name, or its code where no area is known."""
    return text_in(towns[code].name) if code in towns else code


def stratum_columns() -> list[Column[Stratum]]:
    """The columns of the strata's table and file."""
    return [
        Column("stratum", gettext("层"), lambda one: one.stratum, is_code=True),
        Column("town", gettext("镇街"), lambda one: one.town),
        Column("dwellings", gettext("层内户数"), lambda one: one.dwellings, True),
        Column("psus", gettext("抽取网格"), lambda one: one.psus, True),
        Column("letters", gettext("邀请住户"), lambda one: one.letters, True),
        Column("least", gettext("最小基础权重"), lambda one: one.least_weight, True, shown=_least),
        Column("most", gettext("最大基础权重"), lambda one: one.most_weight, True, shown=_most),
    ]


def _least(one: Stratum) -> str:
    return f"{one.least_weight:.2f}"


def _most(one: Stratum) -> str:
    return f"{one.most_weight:.2f}"


def psu_columns() -> list[Column[Psu]]:
    """The columns of the PSUs' table and file."""
    return [
        Column("town", gettext("镇街"), lambda psu: psu.town),
        Column("stratum", gettext("层"), lambda psu: psu.design.stratum),
        Column("psu", gettext("网格编号"), lambda psu: psu.design.psu),
        Column("name", gettext("网格名称"), lambda psu: psu.name),
        Column("dwellings", gettext("户数"), lambda psu: psu.design.dwellings, True),
        Column("take", gettext("抽取户数"), lambda psu: psu.design.take, True),
        Column("inclusion", gettext("入样概率"), lambda psu: psu.design.inclusion_probability, True),
        Column("weight", gettext("基础权重"), lambda psu: psu.design.base_weight, True),
    ]


def dwelling_columns() -> list[Column[Dwelling]]:
    """The columns of the dwellings' file, for those who visit."""
    return [
        Column("town", gettext("镇街"), lambda one: one.town),
        Column("community", gettext("社区"), lambda one: one.community),
        Column("psu", gettext("网格编号"), lambda one: one.unit.psu),
        Column("name", gettext("网格名称"), lambda one: one.name),
        Column("dwelling", gettext("户序号"), lambda one: one.unit.dwelling, True),
        Column("reserve", gettext("备用"), lambda one: gettext("备用") if one.unit.reserve else ""),
        Column("position", gettext("次序"), lambda one: one.unit.position, True),
        Column("weight", gettext("基础权重"), lambda one: one.unit.base_weight, True),
    ]
