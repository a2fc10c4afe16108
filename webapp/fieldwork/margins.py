"""Population margins that the answers will be weighted to, each with source and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.errors import FileRefused
from surveys.records.areas import Area
from surveys.records.kinds import Role
from surveys.records.waves import Margin, Wave
from surveys.sampling.store import keep_margins, margins_of
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.margin_file import AGE_SEX, COLUMNS, EXAMPLES, TOWN, read_margins
from webapp.fieldwork.places import towns_of
from webapp.fieldwork.sample import town_words
from webapp.fieldwork.uploads import Fault, in_words, uploaded
from webapp.stores import box_reading, box_transaction, registrar_transaction
from webapp.tables import Column, Listing, csv_response, small_table

AGES = dict(zip("1234567", ("15–19", "20–29", "30–39", "40–49", "50–59", "60–69", "70+"), strict=True))


@dataclass(frozen=True)
class Shown:
    """One margin as the page shows it."""

    anchor: str
    title: str
    total: int
    synthetic: bool
    sources: list[tuple[str, date]]
    table: Listing[Margin]


@bp.get("/<code>/margins")
@auth.role(Role.ASSESSOR)
def margins(code: str) -> ResponseReturnValue:
    """The margins of a wave, and the way to better ones."""
    return _page(my_wave(code))


@bp.post("/<code>/margins")
@auth.role(Role.ASSESSOR)
def keep(code: str) -> ResponseReturnValue:
    """Take a file of margins; those it names replace the ones that stand."""
    try:
        wave, names = _kept(code, uploaded()[1])
    except FileRefused as refusal:
        return _page(my_wave(code), in_words(refusal)), status_of(refusal)
    with registrar_transaction() as registrar:
        noted(registrar, "margins.take", wave, names=names)
    flash(gettext("总体边际已采用。"), "success")
    return redirect(url_for("fieldwork.margins", code=code), 303)


@bp.get("/<code>/margins/template.csv")
@auth.role(Role.ASSESSOR)
def margins_template(code: str) -> ResponseReturnValue:
    """The headings with two example rows."""
    my_wave(code)
    return csv_response("margins-template.csv", [column.headings[0] for column in COLUMNS], EXAMPLES)


@bp.get("/<code>/margins.csv")
@auth.role(Role.ASSESSOR)
def margins_file(code: str) -> ResponseReturnValue:
    """The margins as a file that could be handed in again."""
    with box_reading() as box:
        kept = margins_of(box, my_wave(code, box).id)
    lines = [[cell.name, cell.key, cell.total, cell.source, cell.dated] for cells in kept.values() for cell in cells]
    return csv_response(f"{code}-margins.csv", [column.headings[0] for column in COLUMNS], lines)


def _kept(code: str, content: bytes) -> tuple[Wave, list[str]]:
    with box_transaction() as box:
        wave = my_wave(code, box)
        standing = {name: sum(cell.total for cell in cells) for name, cells in margins_of(box, wave.id).items()}
        found = read_margins(content, towns_of(box, wave), standing, wave.synthetic)
        for name, cells in found.items():
            keep_margins(box, wave, name, cells)
    return wave, sorted(found)


def _page(wave: Wave, refused: list[Fault] | None = None) -> str:
    with box_reading() as box:
        kept, towns = margins_of(box, wave.id), towns_of(box, wave)
    shown = [_shown(wave, name, cells, towns) for name, cells in kept.items()]
    return render_template("fieldwork/margins.html", wave=wave, margins=shown, refused=refused)


def _shown(wave: Wave, name: str, cells: Sequence[Margin], towns: dict[str, Area]) -> Shown:
    register = list(towns)
    ordered = sorted(cells, key=lambda cell: _register(cell, register))
    anchor = name.replace("*", "-")
    table = small_table(anchor, ordered, _columns(towns), "fieldwork.margins", code=wave.code)
    return Shown(
        anchor=anchor,
        title={TOWN: gettext("镇街"), AGE_SEX: gettext("年龄×性别")}.get(name, name),
        total=sum(cell.total for cell in cells),
        synthetic=any(cell.synthetic for cell in cells),
        sources=sorted({(cell.source, cell.dated) for cell in cells}),
        table=replace(table, download=""),
    )


def _columns(towns: dict[str, Area]) -> list[Column[Margin]]:
    return [
        Column("cell", gettext("类别"), lambda cell: _words(cell, towns)),
        Column("code", gettext("代码"), lambda cell: cell.key, is_code=True),
        Column("total", gettext("人数"), lambda cell: cell.total, True),
    ]


def _words(cell: Margin, towns: dict[str, Area]) -> str:
    if cell.name != AGE_SEX:
        return town_words(towns, cell.key)
    age, _, sex = cell.key.partition("*")
    return f"{AGES.get(age, age)} {gettext('男') if sex == '1' else gettext('女')}"


def _register(cell: Margin, towns: list[str]) -> tuple[int, str]:
    return (towns.index(cell.key) if cell.key in towns else len(towns), cell.key)
