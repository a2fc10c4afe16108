"""The sampling frame: a file is read, shown with what it would change, and only then taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.errors import FileRefused, Refusal
from surveys.records.areas import Area
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from surveys.sampling.frame import FrameChange, FrameFile, TownCount
from surveys.sampling.frame_file import read_frame, template
from surveys.sampling.store import drawn, frame_change, frame_file, frame_in_force, keep_frame
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.frame_parcel import packed, unpacked
from webapp.fieldwork.places import towns_of
from webapp.fieldwork.uploads import Fault, in_words, uploaded
from webapp.i18n import text_in
from webapp.stores import box_reading, clock, registrar_reading, registrar_transaction
from webapp.tables import Column, attached, csv_download, csv_response, file_asked, mark_of, small_table, still_table
from webapp.words import words_for

NONE = TownCount(0, 0)


@dataclass(frozen=True)
class TownRow:
    """One town in the frame in force and in a new one."""

    area: Area
    before: TownCount
    after: TownCount


@dataclass(frozen=True)
class Offered:
    """A frame that was read and can be taken."""

    filename: str
    frame: FrameFile
    change: FrameChange
    parcel: str


@bp.get("/<code>/frame")
@auth.role(Role.ASSESSOR)
def frame(code: str) -> ResponseReturnValue:
    """The frame in force, and the way to a new one; `?csv=towns` gives its counts as a file."""
    wave = my_wave(code)
    if file_asked() == "towns":
        with registrar_reading() as registrar:
            kept = frame_in_force(registrar, wave.id)
            counts = frame_file(registrar, kept).counts if kept else {}
        return csv_download(f"{code}-frame.csv", _columns(True, False), _rows(wave, counts, {}), mark_of(wave))
    return _page(wave)


@bp.post("/<code>/frame")
@auth.role(Role.ASSESSOR)
def read(code: str) -> ResponseReturnValue:
    """Read a file: refused with every fault, or shown with what it would change. Nothing is taken."""
    wave, towns = my_wave(code), _towns(code)
    try:
        filename, content = uploaded()
        found = read_frame(content, towns)
    except FileRefused as refusal:
        _note(wave, "frame.refused", faults=len(refusal.faults))
        return _page(wave, refused=in_words(refusal)), status_of(refusal)
    with registrar_transaction() as registrar:
        change = frame_change(registrar, wave.id, found)
        noted(registrar, "frame.read", wave, sha256=found.sha256, psus=len(found.rows))
    return _page(wave, offered=Offered(filename, found, change, packed(found)))


@bp.post("/<code>/frame/take")
@auth.role(Role.ASSESSOR)
def take(code: str) -> ResponseReturnValue:
    """Take the frame that was shown, and no other: its sha256 must be the same."""
    wave, towns = my_wave(code), _towns(code)
    try:
        parcel = request.form.get("parcel", "")
        filename, content = (request.form.get("filename", ""), unpacked(parcel)) if parcel else uploaded()
        found = read_frame(content, towns)
        if found.sha256 != request.form.get("sha256"):
            raise Refusal("frame.another")
        _take(wave, found, filename)
    except FileRefused as refusal:
        return _page(wave, refused=in_words(refusal)), status_of(refusal)
    except Refusal as refusal:
        return _page(wave, fault=words_for(refusal)), status_of(refusal)
    flash(gettext("抽样框已采用：%(psus)s 个网格。", psus=f"{len(found.rows):,}"), "success")
    return redirect(url_for("fieldwork.frame", code=code), 303)


@bp.get("/<code>/frame/template.csv")
@auth.role(Role.ASSESSOR)
def frame_template(code: str) -> ResponseReturnValue:
    """The headings with two example rows."""
    my_wave(code)
    return attached("frame-template.csv", template(), "text/csv; charset=utf-8")


@bp.get("/<code>/frame/towns.csv")
@auth.role(Role.ASSESSOR)
def frame_towns(code: str) -> ResponseReturnValue:
    """The town codes a frame of this wave may use."""
    lines = [[area.code, area.name["zh"], area.kind] for area in _towns(code).values()]
    return csv_response(f"{code}-towns.csv", ["镇街代码", "名称", "类别"], lines)


def _take(wave: Wave, found: FrameFile, filename: str) -> None:
    now, account = clock(), auth.current_account().id
    with registrar_transaction() as registrar:
        kept = keep_frame(registrar, wave, wave.assessor, found, filename, now, account)
        noted(registrar, "frame.take", wave, frame=kept.id, sha256=found.sha256, psus=kept.psus)


def _note(wave: Wave, action: str, **details: object) -> None:
    with registrar_transaction() as registrar:
        noted(registrar, action, wave, **details)


def _towns(code: str) -> dict[str, Area]:
    with box_reading() as box:
        return towns_of(box, my_wave(code, box))


def _page(wave: Wave, fault: str = "", refused: list[Fault] | None = None, offered: Offered | None = None) -> str:
    with registrar_reading() as registrar:
        kept, draw = frame_in_force(registrar, wave.id), drawn(registrar, wave.id)
        before = frame_file(registrar, kept).counts if kept else {}
    after = offered.frame.counts if offered else {}
    rows, columns = _rows(wave, before, after), _columns(bool(kept), bool(offered))
    return render_template(
        "fieldwork/frame.html",
        wave=wave,
        kept=kept,
        draw=draw,
        towns=still_table(rows, columns)
        if offered
        else small_table("towns", rows, columns, "fieldwork.frame", code=wave.code),
        offered=offered,
        refused=refused,
        fault=fault,
    )


def _rows(wave: Wave, before: Mapping[str, TownCount], after: Mapping[str, TownCount]) -> list[TownRow]:
    return [TownRow(area, before.get(code, NONE), after.get(code, NONE)) for code, area in _towns(wave.code).items()]


def _columns(is_kept: bool, is_offered: bool) -> list[Column[TownRow]]:
    columns: list[Column[TownRow]] = [
        Column("town", gettext("镇街"), lambda row: text_in(row.area.name)),
        Column("code", gettext("代码"), lambda row: row.area.code, is_code=True),
    ]
    if is_kept:
        columns.append(Column("psus", gettext("现用：网格"), lambda row: row.before.psus, True))
        columns.append(Column("dwellings", gettext("现用：户"), lambda row: row.before.dwellings, True))
    if is_offered:
        columns.append(Column("new-psus", gettext("新文件：网格"), lambda row: row.after.psus, True, shown=_new_psus))
        columns.append(Column("new-dwellings", gettext("新文件：户"), lambda row: row.after.dwellings, True))
    return columns


def _new_psus(row: TownRow) -> str:
    return f"{row.after.psus:,}" if row.after.psus else gettext("没有")
