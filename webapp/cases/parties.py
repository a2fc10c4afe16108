"""Letters to the parties of the drawn cases: made by number, no name is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from surveys.cases import evaluators
from surveys.cases.declared import asks_parties
from surveys.cases.evaluators import MOST_LETTERS_A_CASE, Invited, letters_made
from surveys.cases.progress import letters_by_case
from surveys.cases.store import drawn_cases
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.evaluations import DrawnCase
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.cases.assess import bp, case_wave, status_beside_form
from webapp.cases.drawing import case_columns
from webapp.cases.issuing import let_in, letters_response
from webapp.stores import box_reading, registrar_reading
from webapp.tables import Column, csv_download, file_asked, mark_of, small_table
from webapp.words import words_for

ALL = ""


@bp.get("/parties")
@auth.role(Role.ASSESSOR)
def parties(wave_code: str) -> ResponseReturnValue:
    """Letters made so far by case, and the form for more; `?csv=letters` gives the counts as a file."""
    wave = _party_wave(wave_code)
    if file_asked() == "letters":
        with box_reading() as box:
            columns = _columns(letters_by_case(box, wave.id))
            return csv_download(f"{wave.code}-parties.csv", columns, drawn_cases(box, wave.id), mark_of(wave))
    return _page(wave, {"letters": "1"}, "")


def _page(wave: Wave, typed: dict[str, str], fault: str) -> str:
    with registrar_reading() as registrar, box_reading() as box:
        made = letters_made(registrar, wave.id)
        cases, by_case = drawn_cases(box, wave.id), letters_by_case(box, wave.id)
    return render_template(
        "cases/parties.html",
        wave=wave,
        cases=cases,
        made=made,
        letters=small_table("letters", cases, _columns(by_case), "assess.parties", wave_code=wave.code),
        most=MOST_LETTERS_A_CASE,
        typed=typed,
        fault=fault,
    )


@bp.post("/parties")
@auth.role(Role.ASSESSOR)
def make_letters(wave_code: str) -> ResponseReturnValue:
    """So many letters for one drawn case or for all; the answer is the letters."""
    wave = _party_wave(wave_code)
    try:
        invited = let_in(wave, lambda registrar: _chosen(registrar, wave), "cases.parties")
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(wave, request.form.to_dict(), words_for(refusal)), status_beside_form(refusal)
    return letters_response(wave, invited, f"{wave.code}-parties.pdf")


def _chosen(registrar: Session, wave: Wave) -> Sequence[Invited]:
    """What the form asks for; a form older than the last letters is refused, so that two taps make one set."""
    if request.form.get("made", "") != str(letters_made(registrar, wave.id)):
        raise Conflict("cases.letters_made_meanwhile")
    asked, letters = request.form.get("case", ALL), request.form.get("letters", "")
    with box_reading() as box:
        cases = [case.code for case in drawn_cases(box, wave.id) if asked in (ALL, case.code)]
    if not cases:
        raise Refusal("cases.not_drawn", case=asked)
    whole = int(letters) if letters.isascii() and letters.isdigit() and len(letters) < 4 else 0
    return evaluators.parties(cases, whole)


def _party_wave(code: str) -> Wave:
    wave = case_wave(code)
    if not asks_parties(instrument_of(wave)):
        raise NotFound("cases.no_party_form")
    return wave


def _columns(by_case: Mapping[str, int]) -> list[Column[DrawnCase]]:
    made = Column[DrawnCase]("made", gettext("已印（封）"), lambda case: by_case.get(case.code, 0), True)
    return [*case_columns(), made]
