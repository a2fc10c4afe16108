"""Long work: from a closed wave's sealed answers to a prepared release with all its files."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.evaluations.figures import is_case_wave
from surveys.collection.progress import FieldworkCounts, fieldwork_counts
from surveys.collection.publish import instrument_of
from surveys.errors import NotFound
from surveys.records.jobs import Job
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.prepare import prepare
from webapp.action_log import record_action
from webapp.db import Stores
from webapp.stores import clock
from webapp.work import JOB_KINDS, Progress

FILES_FROM = 0.7  # of the way: what comes before are figures


@JOB_KINDS.register("analyse")
def analyse(job: Job, stores: Stores, progress: Progress) -> dict[str, object]:
    """Prepare a release of the job's wave; `erratum_of` (a number) and `reason` make it a correction.

    Started again after a break it prepares one more release with a number of its own; none is let out by itself.
    Raises Conflict for a wave that is not closed, NotFound for an unknown release, AnalysisRefused.
    """
    counts = _counts(stores, job)

    def report(done: float, _step: str) -> None:
        progress(round(100 * done), 100, "analyse.figures" if done < FILES_FROM else "analyse.files")

    erratum_of, reason = job.parameters.get("erratum_of"), str(job.parameters.get("reason", ""))
    with stores.box_transaction() as box:
        wave = box.get_one(Wave, job.wave_id)
        corrects = _release(box, wave, erratum_of) if erratum_of is not None else None
        number = prepare(box, wave, counts, clock(), report, corrects, reason).number
        code = wave.code
    with stores.registrar_transaction() as registrar:
        record_action(registrar, job.account_id, "release.prepare", job.wave_id, clock(), number=number)
    return {"next": f"/waves/{code}/analysis/{number}", "number": number}


def _counts(stores: Stores, job: Job) -> FieldworkCounts | None:
    """What became of the letters; a case evaluation sends none."""
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        wave = box.get_one(Wave, job.wave_id)
        return None if is_case_wave(instrument_of(wave)) else fieldwork_counts(box, registrar, wave)


def _release(box: Session, wave: Wave, number: int) -> Release:
    found = box.scalar(select(Release).where(Release.wave_id == wave.id, Release.number == number))
    if found is None:
        raise NotFound("release.unknown", wave=wave.code, number=number)
    return found
