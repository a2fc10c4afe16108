"""Keeping a register with the registrar, and publishing its drawn cases to the box."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from surveys.cases.draw import draw_cases
from surveys.cases.register_file import RegisterFile, RegisterRow
from surveys.errors import Conflict, NotFound
from surveys.records.base import NAME_LENGTH
from surveys.records.evaluations import DrawnCase
from surveys.records.registers import CaseRegister, RegisterCase


def keep_register(
    registrar: Session, wave_id: int, register: RegisterFile, filename: str, now: datetime
) -> CaseRegister:
    """Keep a register for a wave, in place of an earlier one that was not drawn from; raises Conflict afterwards."""
    earlier = _locked(registrar, wave_id)
    if earlier is not None:
        if earlier.drawn:
            raise Conflict("cases.already_drawn")
        registrar.execute(delete(RegisterCase).where(RegisterCase.register_id == earlier.id))
        registrar.delete(earlier)
        registrar.flush()
    kept = CaseRegister(
        wave_id=wave_id,
        filename=filename[:NAME_LENGTH],
        sha256=register.sha256,
        cases=len(register.rows),
        imported_at=now,
    )
    registrar.add(kept)
    registrar.flush()
    rows = [
        {"code": row.code, "body": row.body, "kind": row.kind, "closed_on": row.closed_on, "position": place}
        for place, row in enumerate(register.rows)
    ]
    registrar.execute(insert(RegisterCase), [{"register_id": kept.id, **row} for row in rows])
    return kept


def register_of(registrar: Session, wave_id: int) -> CaseRegister:
    """The wave's register; raises NotFound when none was imported."""
    return _must_be_there(registrar.scalar(select(CaseRegister).where(CaseRegister.wave_id == wave_id)))


def held_register(registrar: Session, wave_id: int) -> CaseRegister:
    """The same, with every other act on the wave's cases waiting until this transaction ends."""
    return _must_be_there(_locked(registrar, wave_id))


def kept_rows(registrar: Session, register: CaseRegister) -> RegisterFile:
    """The register as it was handed in; its digest is that of the kept rows, made anew."""
    rows = registrar.scalars(
        select(RegisterCase).where(RegisterCase.register_id == register.id).order_by(RegisterCase.position)
    )
    return RegisterFile(tuple(RegisterRow(row.code, row.body, row.kind, row.closed_on) for row in rows))


def run_case_draw(registrar: Session, wave_id: int, seed: str, n: int) -> tuple[RegisterRow, ...]:
    """Draw `n` cases from the wave's register and record seed and size; drawing again with the same seed repeats it.

    Raises Conflict when another seed or size was used before, and Refusal as `draw_cases` does.
    """
    seed = seed.strip()
    kept = held_register(registrar, wave_id)
    if kept.drawn and (kept.seed, kept.drawn) != (seed, n):
        raise Conflict("cases.already_drawn")
    drawn = draw_cases(kept_rows(registrar, kept), seed, n)
    kept.seed, kept.drawn = seed, n
    return drawn


def publish_cases(box: Session, wave_id: int, drawn: tuple[RegisterRow, ...], register_size: int) -> int:
    """Write the drawn cases to the box, once; returns how many stand there."""
    standing = box.scalar(select(func.count()).select_from(DrawnCase).where(DrawnCase.wave_id == wave_id)) or 0
    if standing:
        return standing
    box.add_all(
        DrawnCase(
            wave_id=wave_id,
            code=row.code,
            body=row.body,
            kind=row.kind,
            closed_on=row.closed_on,
            position=place,
            register_size=register_size,
        )
        for place, row in enumerate(drawn)
    )
    box.flush()
    return len(drawn)


def drawn_cases(box: Session, wave_id: int) -> list[DrawnCase]:
    """The wave's drawn cases in register order."""
    return list(box.scalars(select(DrawnCase).where(DrawnCase.wave_id == wave_id).order_by(DrawnCase.position)))


def _locked(registrar: Session, wave_id: int) -> CaseRegister | None:
    return registrar.scalar(select(CaseRegister).where(CaseRegister.wave_id == wave_id).with_for_update())


def _must_be_there(register: CaseRegister | None) -> CaseRegister:
    if register is None:
        raise NotFound("cases.no_register")
    return register
