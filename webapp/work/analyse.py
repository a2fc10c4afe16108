"""Long work: from a closed wave's sealed answers to a prepared release with all its files."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.evaluations.figures import is_case_wave
from surveys.analysis.totals.adding import AddedUp, add_up
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted
from surveys.collection.progress import FieldworkCounts, fieldwork_counts
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotFound
from surveys.records.jobs import Job
from surveys.records.kinds import WaveState
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.prepare import prepare
from webapp.action_log import record_action
from webapp.db import Stores
from webapp.stores import clock
from webapp.watch import Watch
from webapp.work import JOB_KINDS, Progress

FILES_FROM = 0.7  # of the way: what comes before are figures


@JOB_KINDS.register("analyse")
def analyse(job: Job, stores: Stores, progress: Progress) -> dict[str, object]:
    """Prepare a release of the job's wave; `erratum_of` (a number) and `reason` make it a correction.

    Gives its `number`, the `seconds` of each step, and for residents' answers how they were added up: `engine`,
    `versions`, `snapshot` (its SHA-256, or "") and whether the `cache` was used. Started again after a break it
    prepares one more release with a number of its own; none is let out by itself. Raises Conflict for a wave that is
    not closed, NotFound for an unknown release or engine, AnalysisRefused.
    """
    report = Watch(progress)
    counts = _counts(stores, job)
    added = _added_up(stores, job, report) if counts else None
    erratum_of, reason = job.parameters.get("erratum_of"), str(job.parameters.get("reason", ""))

    def far(done: float, step: str) -> None:
        if done >= FILES_FROM:
            report(round(100 * done), 100, "files")
        elif step != "gate":
            report(round(100 * done), 100, step)

    with stores.box_transaction() as box:
        wave = box.get_one(Wave, job.wave_id)
        corrects = _release(box, wave, erratum_of) if erratum_of is not None else None
        number = prepare(box, wave, counts, clock(), far, corrects, reason, added).number
        code = wave.code
    made = _how(added) if added else {}
    with stores.registrar_transaction() as registrar:
        if "snapshot" in report.seconds:
            said = {"engine": made["engine"], "sha256": made["snapshot"]}
            record_action(registrar, job.account_id, "snapshot.write", job.wave_id, clock(), **said)
        record_action(registrar, job.account_id, "release.prepare", job.wave_id, clock(), number=number)
    return {"next": f"/waves/{code}/analysis/{number}", "number": number, "seconds": report.seconds, **made}


def _how(added: AddedUp) -> dict[str, object]:
    versions = dict(added.versions)
    return {"engine": added.engine, "versions": versions, "snapshot": added.snapshot, "cache": added.cache}


def _counts(stores: Stores, job: Job) -> FieldworkCounts | None:
    """What became of the letters; a case evaluation sends none."""
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        wave = box.get_one(Wave, job.wave_id)
        return None if is_case_wave(instrument_of(wave)) else fieldwork_counts(box, registrar, wave)


def _added_up(stores: Stores, job: Job, report: Watch) -> AddedUp:
    """The wave's totals, before the transaction that writes: collection of other waves goes on meanwhile."""
    chosen = stores.analytics
    with stores.box_reading() as box:
        wave = box.get_one(Wave, job.wave_id)
        if wave.state is not WaveState.CLOSED:
            raise Conflict("release.wave_not_closed", wave=wave.code)
        instrument = instrument_of(wave)
        report(0, 100, "totals")
        source = Source(box, wave, instrument, chosen.folder, chosen.scheduler, report)
        return add_up(source, Wanted.by(instrument), chosen.engine)


def _release(box: Session, wave: Wave, number: int) -> Release:
    found = box.scalar(select(Release).where(Release.wave_id == wave.id, Release.number == number))
    if found is None:
        raise NotFound("release.unknown", wave=wave.code, number=number)
    return found
