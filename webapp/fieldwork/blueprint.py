"""The assessor's pages of a wave, and what each of their views does alike."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.stores import clock

bp = Blueprint("fieldwork", __name__, url_prefix="/waves")


def my_wave(code: str, box: Session | None = None) -> Wave:
    """The wave, held as assessor, in the Session `box` when given; raises NotFound for another's."""
    return auth.wave_for(code, Role.ASSESSOR, box=box)


def noted(registrar: Session, action: str, wave: Wave, **details: object) -> None:
    """A line in the action log, in the transaction of what it tells."""
    auth.record_action(registrar, auth.current_account().id, action, wave.id, clock(), **details)
