"""How the registrar learns who has answered: at cut-offs only, in the steps of `docs/collection.md#who-has-answered`.

Box: `leaving`. Registrar: `note_answered`, commit. Box: `forget`. Each may be done again after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveys.records.frames import Invitation
from surveys.records.passes import Answered

CHUNK = 500


def leaving(box: Session, wave_id: int) -> list[bytes]:
    """The registrar's fingerprints that a cut-off let go, in the order of their hash."""
    let_go = select(Answered.registrar_fingerprint).where(Answered.wave_id == wave_id, Answered.leaving)
    return sorted(bytes(fingerprint) for fingerprint in box.scalars(let_go))


def note_answered(registrar: Session, wave_id: int, fingerprints: Sequence[bytes]) -> int:
    """Mark the invitations; gives how many were found."""
    found = 0
    for start in range(0, len(fingerprints), CHUNK):
        some = Invitation.registrar_fingerprint.in_(fingerprints[start : start + CHUNK])
        marked = update(Invitation).where(Invitation.wave_id == wave_id, some).values(answered=True)
        found += len(registrar.scalars(marked.returning(Invitation.unit_id)).all())
    return found


def forget(box: Session, wave_id: int, fingerprints: Sequence[bytes]) -> None:
    """Erase from the box what the registrar has noted."""
    for start in range(0, len(fingerprints), CHUNK):
        some = Answered.registrar_fingerprint.in_(fingerprints[start : start + CHUNK])
        box.execute(delete(Answered).where(Answered.wave_id == wave_id, some))
