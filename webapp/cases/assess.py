"""The assessor's pages of a case evaluation: the overview by steps, and what every page of them does alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.cases.declared import asks_parties, evaluates_cases
from surveys.cases.evaluators import letters_made
from surveys.cases.members import members_of
from surveys.cases.progress import case_progress
from surveys.cases.store import drawn_cases, register_of
from surveys.cases.vetoes import is_released, vetoes_raised
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, FileRefused, NotFound, Refusal
from surveys.records.kinds import Role, WaveState
from surveys.records.registers import CaseRegister
from surveys.records.waves import Wave
from webapp import auth
from webapp.errors import status_of
from webapp.stores import box_reading, clock, registrar_reading
from webapp.words import words_for_fault

bp = Blueprint("assess", __name__, url_prefix="/waves/<wave_code>/cases")

FaultRow = tuple[int | None, str, str, str]


@dataclass(frozen=True)
class Standing:
    """How far a case evaluation is: what each step has brought so far."""

    register: CaseRegister | None
    drawn: int
    members: int
    letters: int
    invited: int
    done: int
    vetoes: int
    undecided: int
    released: bool


def case_wave(code: str, box: Session | None = None) -> Wave:
    """The wave, held as assessor, when its instrument evaluates cases; raises NotFound otherwise."""
    wave = auth.wave_for(code, Role.ASSESSOR, box=box)
    if not evaluates_cases(instrument_of(wave)):
        raise NotFound("cases.not_case_wave")
    return wave


def noted(registrar: Session, action: str, wave: Wave, **details: object) -> None:
    """A line in the action log, in the transaction of what it tells."""
    auth.record_action(registrar, auth.current_account().id, action, wave.id, clock(), **details)


def register_or_none(registrar: Session, wave: Wave) -> CaseRegister | None:
    """The wave's register, if one was imported."""
    try:
        return register_of(registrar, wave.id)
    except NotFound:
        return None


def fault_rows(refusal: FileRefused) -> list[FaultRow]:
    """Row, column, value and mend of every fault, in the reader's language."""
    return [(fault.row, fault.column, fault.value, words_for_fault(fault)) for fault in refusal.faults]


def status_beside_form(refusal: Refusal) -> int:
    """The status of a form shown again: what was typed cannot be taken (422), or the state has changed (409)."""
    return status_of(refusal) if isinstance(refusal, Conflict) else 422


@bp.app_context_processor
def _case_page() -> dict[str, object]:
    return {"asks_parties": lambda wave: asks_parties(instrument_of(wave)), "is_closed": is_closed}


def is_closed(wave: Wave) -> bool:
    """Whether nothing more comes in."""
    return wave.state is WaveState.CLOSED


@bp.get("")
@auth.role(Role.ASSESSOR)
def overview_without_slash(wave_code: str) -> ResponseReturnValue:
    """Typed without the last stroke."""
    return redirect(url_for("assess.overview", wave_code=wave_code), 308)


@bp.get("/")
@auth.role(Role.ASSESSOR)
def overview(wave_code: str) -> ResponseReturnValue:
    """What is done, what comes next."""
    wave = case_wave(wave_code)
    return render_template("cases/overview.html", wave=wave, standing=standing_of(wave))


def standing_of(wave: Wave) -> Standing:
    """Counts only; vetoes once the wave is closed."""
    with registrar_reading() as registrar:
        register = register_or_none(registrar, wave)
        members, letters = len(members_of(registrar, wave.id)), letters_made(registrar, wave.id)
    with box_reading() as box:
        cases = case_progress(box, wave.id)
        vetoes = vetoes_raised(box, wave.id, instrument_of(wave)) if is_closed(wave) else []
        return Standing(
            register=register,
            drawn=len(drawn_cases(box, wave.id)),
            members=members,
            letters=letters,
            invited=sum(case.invited for case in cases),
            done=sum(case.done for case in cases),
            vetoes=len(vetoes),
            undecided=sum(not veto.confirmed_by for veto in vetoes),
            released=is_released(box, wave.id),
        )
