"""Acts that touch both stores, in the one order that survives a crash anywhere (docs/collection.md#issuing)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from surveys.collection import answered, issue
from surveys.collection.issue import UnitCodes
from surveys.errors import Refusal
from surveys.records.frames import Unit
from surveys.records.waves import Wave
from webapp.db import Stores


def issue_codes(stores: Stores, wave: Wave, units: Sequence[Unit]) -> list[UnitCodes]:
    """Codes for units that have none, known to box and registrar when this returns: only now may they be printed.

    Raises Conflict when somebody else issued them meanwhile; nothing stays behind then.
    """
    with stores.registrar_reading() as registrar:
        known = issue.issued_batches(registrar, wave.id)
    issued, batch = issue.make_codes(wave, units), uuid4()
    with stores.box_transaction() as box:
        issue.sweep_orphans(box, wave, known)
        issue.write_passes(box, wave, batch, issued)
    with stores.registrar_transaction() as registrar:
        issue.write_invitations(registrar, wave, batch, issued)
    try:
        with stores.box_reading() as box:
            issue.must_stand(box, batch, issued)
    except Refusal:
        with stores.registrar_transaction() as registrar:
            issue.withdraw(registrar, batch)
        raise
    return issued


def deliver_answered(stores: Stores, wave_id: int) -> int:
    """Tell the registrar who has answered, as far as a cut-off let it go; gives how many letters were marked."""
    with stores.box_reading() as box:
        fingerprints = answered.leaving(box, wave_id)
    with stores.registrar_transaction() as registrar:
        found = answered.note_answered(registrar, wave_id, fingerprints)
    with stores.box_transaction() as box:
        answered.forget(box, wave_id, fingerprints)
    return found
