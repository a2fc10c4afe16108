"""The panel: adding members, whose letters come at once, and a new code for a lost one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.cases.declared import panel_groups
from surveys.cases.evaluators import Invited, panel_member
from surveys.cases.members import known_members, read_members
from surveys.cases.progress import member_progress
from surveys.cases.store import drawn_cases
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, FileRefused
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.cases.assess import FaultRow, bp, case_wave, fault_rows, status_beside_form
from webapp.cases.issuing import let_in, letters_response, renew
from webapp.stores import box_reading, registrar_reading
from webapp.words import words_for

LONGEST_LIST = 20_000  # characters


@bp.get("/panel")
@auth.role(Role.ASSESSOR)
def panel(wave_code: str) -> ResponseReturnValue:
    """The members by group, and two forms: one member, or a list."""
    return _page(case_wave(wave_code), {}, [], "")


def _page(wave: Wave, typed: dict[str, str], faults: list[FaultRow], fault: str) -> str:
    groups = panel_groups(instrument_of(wave))
    with registrar_reading() as registrar, box_reading() as box:
        members = member_progress(box, registrar, wave.id, groups)
        cases = len(drawn_cases(box, wave.id))
    return render_template(
        "cases/panel.html",
        wave=wave,
        groups=groups,
        members=members,
        cases=cases,
        typed=typed,
        faults=faults,
        fault=fault,
    )


@bp.post("/panel")
@auth.role(Role.ASSESSOR)
def add_members(wave_code: str) -> ResponseReturnValue:
    """Invite the listed people to every drawn case; the answer is their letters."""
    wave = case_wave(wave_code)
    listed = request.form.get("list", "")[:LONGEST_LIST]
    try:
        invited = let_in(wave, lambda registrar: _members(registrar, wave, listed or _one_line()), "cases.panel")
    except FileRefused as refusal:
        return _page(wave, request.form.to_dict(), fault_rows(refusal), ""), status_beside_form(refusal)
    except Conflict as refusal:
        return _page(wave, request.form.to_dict(), [], words_for(refusal)), status_beside_form(refusal)
    return letters_response(wave, invited, f"{wave.code}-panel.pdf")


def _one_line() -> str:
    name = " ".join(request.form.get("name", "").split())
    return f"{name},{request.form.get('group', '')}" if name else ""


def _members(registrar: Session, wave: Wave, listed: str) -> Sequence[Invited]:
    groups = panel_groups(instrument_of(wave))
    members = read_members(listed, groups, known_members(registrar, wave.id))
    with box_reading() as box:
        cases = [case.code for case in drawn_cases(box, wave.id)]
    ahead: Counter[str] = Counter()
    invited = []
    for member in members:
        invited.append(panel_member(registrar, wave.id, member.group, member.name, cases, ahead[member.group]))
        ahead[member.group] += 1
    return invited


@bp.post("/panel/<rater>/reissue")
@auth.role(Role.ASSESSOR)
def reissue(wave_code: str, rater: str) -> ResponseReturnValue:
    """A new letter for a lost one; what was evaluated stays."""
    wave = case_wave(wave_code)
    try:
        invited = renew(wave, rater)
    except Conflict as refusal:
        flash(words_for(refusal), "notice")
        return redirect(url_for("assess.panel", wave_code=wave.code), 303)
    return letters_response(wave, [invited], f"{wave.code}-{rater}.pdf")
