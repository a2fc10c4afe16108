"""The contact log: what came of each attempt to reach a unit. It only grows; the latest entry counts."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.errors import NotFound, Refusal
from surveys.records.base import NAME_LENGTH
from surveys.records.frames import Contact, Unit
from surveys.records.kinds import Disposition


def log_contact(registrar: Session, wave_id: int, unit_id: int, disposition: Disposition, note: str = "") -> Contact:
    """Add an entry; raises NotFound for a unit of another wave, Refusal for a note that is too long."""
    if registrar.scalar(select(Unit.id).where(Unit.id == unit_id, Unit.wave_id == wave_id)) is None:
        raise NotFound("unit.unknown", unit=unit_id)
    if len(note) > NAME_LENGTH:
        raise Refusal("contact.note_too_long", most=NAME_LENGTH)
    contact = Contact(unit_id=unit_id, wave_id=wave_id, disposition=disposition, note=note)
    registrar.add(contact)
    registrar.flush()
    return contact


def latest_dispositions(registrar: Session, wave_id: int) -> dict[int, Disposition]:
    """The last entry of every unit that has one."""
    latest = select(func.max(Contact.id)).where(Contact.wave_id == wave_id).group_by(Contact.unit_id)
    found = registrar.execute(select(Contact.unit_id, Contact.disposition).where(Contact.id.in_(latest)))
    return {unit_id: disposition for unit_id, disposition in found}
