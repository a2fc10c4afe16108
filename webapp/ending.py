"""Ending a phase and a wave: acts on both stores, each step of which may be done again after a crash."""

from __future__ import annotations

from surveys.collection.reminders import destroy_all
from surveys.collection.sealing import Sealed, seal_phase
from surveys.collection.traces import erase_traces
from surveys.collection.waves import close_wave
from surveys.errors import Conflict
from surveys.records.kinds import WaveState
from surveys.records.waves import Wave
from webapp.db import Stores
from webapp.issuing import deliver_answered


def end_phase(stores: Stores, wave: Wave) -> Sealed:
    """Seal a phase at a reminder cut-off, tell the registrar what may leave, and erase what lies behind.

    Raises Conflict as `seal_phase` does.
    """
    deliver_answered(stores, wave.id)  # of an earlier cut-off that was broken off
    with stores.box_transaction() as box:
        sealed = seal_phase(box, wave)
    deliver_answered(stores, wave.id)
    erase_traces(stores.box)
    return sealed


def end_wave(stores: Stores, wave: Wave) -> Sealed:
    """Close a wave: all sealed, no unsent code left. Raises Conflict as `close_wave` does.

    On a wave whose closing was broken off it finishes what is left before it says that the wave is closed.
    """
    deliver_answered(stores, wave.id)
    try:
        with stores.box_transaction() as box:
            sealed = close_wave(box, wave)
    except Conflict:
        if _is_closed(stores, wave.id):
            _leave_nothing(stores, wave.id)
        raise
    _leave_nothing(stores, wave.id)
    return sealed


def _is_closed(stores: Stores, wave_id: int) -> bool:
    with stores.box_reading() as box:
        return box.get_one(Wave, wave_id).state is WaveState.CLOSED


def _leave_nothing(stores: Stores, wave_id: int) -> None:
    with stores.registrar_transaction() as registrar:
        destroy_all(registrar, wave_id)
    erase_traces(stores.box)
