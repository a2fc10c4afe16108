"""The register of closed cases: template, upload, what it holds, and taking it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.cases.evaluators import must_take_evaluators
from surveys.cases.register_file import RegisterFile, read_register, template
from surveys.cases.store import keep_register, kept_rows
from surveys.errors import Conflict, FileRefused
from surveys.records.base import NAME_LENGTH
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.cases.assess import FaultRow, bp, case_wave, fault_rows, noted, register_or_none
from webapp.cases.parcel import packed, unpacked
from webapp.stores import clock, registrar_reading, registrar_transaction

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Contents:
    """What a register holds, counted."""

    cases: int
    bodies: list[tuple[str, int]]
    kinds: list[tuple[str, int]]
    first: date
    last: date


def contents_of(register: RegisterFile) -> Contents:
    """Counts by body and by type, each by name; the days of the first and the last closing."""
    days = [row.closed_on for row in register.rows]
    bodies, kinds = Counter(row.body for row in register.rows), Counter(row.kind for row in register.rows)
    return Contents(len(days), sorted(bodies.items()), sorted(kinds.items()), min(days), max(days))


@bp.get("/register")
@auth.role(Role.ASSESSOR)
def register(wave_code: str) -> ResponseReturnValue:
    """The kept register with its counts, and the form for a file."""
    return _page(case_wave(wave_code), [])


def _page(wave: Wave, faults: list[FaultRow]) -> str:
    with registrar_reading() as registrar:
        kept = register_or_none(registrar, wave)
        contents = contents_of(kept_rows(registrar, kept)) if kept else None
    return render_template("cases/register.html", wave=wave, kept=kept, contents=contents, faults=faults)


@bp.get("/register/template.csv")
@auth.role(Role.ASSESSOR)
def register_template(wave_code: str) -> ResponseReturnValue:
    """A file to fill in."""
    case_wave(wave_code)
    response = Response(template(), content_type=CSV)
    response.headers.set("Content-Disposition", "attachment", filename="case-register-template.csv")
    return response


@bp.post("/register")
@auth.role(Role.ASSESSOR)
def look_at_register(wave_code: str) -> ResponseReturnValue:
    """Read the file and show what it holds; nothing is kept before `take_register`."""
    wave = case_wave(wave_code)
    _must_be_replaceable(wave)
    sent = request.files.get("file")
    filename = (sent.filename or "")[:NAME_LENGTH] if sent else ""
    try:
        found = read_register(sent.read() if sent else b"", today_of(wave))
    except FileRefused as refusal:
        with registrar_transaction() as registrar:
            noted(registrar, "cases.register.refused", wave, faults=len(refusal.faults))
        return _page(wave, fault_rows(refusal)), 422
    with registrar_transaction() as registrar:
        noted(registrar, "cases.register.checked", wave, cases=len(found.rows), sha256=found.sha256)
        kept = register_or_none(registrar, wave)
    contents = contents_of(found)
    return render_template(
        "cases/register_check.html", wave=wave, contents=contents, filename=filename, parcel=packed(found), kept=kept
    )


@bp.post("/register/take")
@auth.role(Role.ASSESSOR)
def take_register(wave_code: str) -> ResponseReturnValue:
    """Keep the register that was looked at, in place of one that was not drawn from."""
    wave = case_wave(wave_code)
    _must_be_replaceable(wave)
    try:
        found = unpacked(request.form.get("parcel", ""), today_of(wave))
    except FileRefused as refusal:
        return _page(wave, fault_rows(refusal)), 422
    filename = request.form.get("filename", "")[:NAME_LENGTH]
    with registrar_transaction() as registrar:
        keep_register(registrar, wave.id, found, filename, clock())
        noted(registrar, "cases.register", wave, cases=len(found.rows), sha256=found.sha256)
    flash(gettext("登记册已导入，共 %(count)s 件。接下来抽取案件。", count=len(found.rows)), "success")
    return redirect(url_for("assess.draw", wave_code=wave.code), 303)


def today_of(wave: Wave) -> date:
    """Today where the wave is."""
    return clock().astimezone(ZoneInfo(wave.time_zone)).date()


def _must_be_replaceable(wave: Wave) -> None:
    must_take_evaluators(wave)
    with registrar_reading() as registrar:
        kept = register_or_none(registrar, wave)
    if kept is not None and kept.drawn:
        raise Conflict("cases.already_drawn")
