"""Preparing and releasing a closed wave of the demonstration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from surveys.analysis.evaluations.figures import is_case_wave
from surveys.analysis.waves.fieldwork import Fieldwork
from surveys.collection.progress import fieldwork_counts
from surveys.collection.publish import instrument_of
from surveys.records.waves import Wave
from surveys.reporting.prepare import prepare
from surveys.reporting.release import release
from webapp.db import Stores
from webapp.demonstration.cast import SIGN_INS
from webapp.demonstration.survey import Progress


def release_wave(stores: Stores, wave: Wave, now: datetime, progress: Progress) -> None:
    """Compute, render and let out, as the assessor would."""
    with stores.registrar_reading() as registrar, stores.box_transaction() as box:
        kept = box.get_one(Wave, wave.id)
        counts = _fieldwork(box, registrar, kept)
        prepared = prepare(box, kept, counts, now, lambda done, _step: progress("release", round(100 * done), 100))
        release(box, prepared, SIGN_INS[0].name, now)


def _fieldwork(box: Session, registrar: Session, wave: Wave) -> Fieldwork | None:
    return None if is_case_wave(instrument_of(wave)) else fieldwork_counts(box, registrar, wave)
