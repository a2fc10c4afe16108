"""Acts that touch both stores, in the one order that survives a crash anywhere (docs/collection.md#issuing)."""

from __future__ import annotations

from uuid import uuid4

from surveys.collection import answered, issue
from surveys.collection.issue import UnitCodes
from surveys.records.waves import Wave
from webapp.db import Stores


def issue_codes(stores: Stores, wave: Wave, town: str = "", most: int | None = None) -> list[UnitCodes]:
    """Codes for drawn units that have none (of one town, at most so many); box and registrar hold them on return.

    Only then may they be printed. Another run of the same wave waits until this one ends. Raises NotFound for a
    wave without a draw, Conflict for a closed wave.
    """
    batch = uuid4()
    with stores.registrar_transaction() as registrar:
        known = issue.begin_issuing(registrar, wave.id)
        waiting = [unit for unit in issue.units_to_issue(registrar, wave.id) if town in ("", unit.town)][:most]
        issued = issue.make_codes(wave, waiting)
        with stores.box_transaction() as box:
            issue.sweep_orphans(box, wave, known)
            issue.settle(box, wave, known)
            issue.write_passes(box, wave, batch, issued)
        issue.write_invitations(registrar, wave, batch, issued)
    with stores.box_transaction() as box:
        issue.settle(box, wave, {batch})
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
