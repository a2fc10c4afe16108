"""Long work beside the web: our `job` table is the truth, the queue carries ids and nothing else."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey
from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from surveys.errors import Refusal
from surveys.records.jobs import Job
from surveys.records.kinds import JobState
from webapp.config import Settings
from webapp.db import Stores
from webapp.stores import current_stores, registrar_transaction
from webapp.work import JOB_KINDS

log = logging.getLogger("minping.jobs")
QUEUE = "minping.queue"
SCHEMA = "minping_queue"  # huey makes its own tables; they stay out of the registrar's
REPORT_EVERY = 0.3  # seconds between two notes of progress
Enqueued = Callable[[str], Any]


def queue_of(settings: Settings, immediate: bool = False) -> Huey:
    """The queue: its own SQLite file, safe in a power cut, or a schema of its own in the registrar's PostgreSQL."""
    if immediate:
        return MemoryHuey("minping", immediate=True, results=False)
    address = make_url(settings.registrar_url)
    if address.get_backend_name() == "postgresql":
        dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey("minping", connection=lambda: _connected(dsn), results=False)
    return SqliteHuey("minping", filename=str(settings.jobs), journal_mode="delete", fsync=True, results=False)


def _connected(dsn: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(dsn, autocommit=True)
    known = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone()
    if known is None:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.execute(f"SET search_path TO {SCHEMA}")
    return connection


def bind(queue: Huey, stores: Stores) -> Enqueued:
    """Teach the queue its one task; gives the function that puts a job's id into it."""

    def run_job(job_id: str) -> None:
        run(stores, UUID(job_id))

    return cast(Enqueued, queue.task(name="run_job")(run_job))


def install(app: Flask, settings: Settings, immediate: bool) -> None:
    """Open the queue when the first job is asked for."""
    app.extensions[QUEUE] = None

    def enqueued(job_id: str) -> None:
        if app.extensions[QUEUE] is None:
            app.extensions[QUEUE] = bind(queue_of(settings, immediate), current_stores())
        app.extensions[QUEUE](job_id)

    app.extensions["minping.enqueued"] = enqueued


def enqueue(kind: str, wave_id: int | None, parameters: dict[str, Any], account_id: int | None, now: datetime) -> UUID:
    """Ask for long work and give the job's id, whose page is /jobs/<id>; the row is committed before it is queued."""
    with registrar_transaction() as registrar:
        job = Job(kind=kind, wave_id=wave_id, parameters=parameters, account_id=account_id, created_at=now)
        registrar.add(job)
    current_app.extensions["minping.enqueued"](str(job.id))
    return job.id


def run(stores: Stores, job_id: UUID) -> None:
    """Do a waiting job and keep what came of it; one that somebody else took is left alone."""
    job = _taken(stores, job_id)
    if job is None:
        return
    try:
        if job.kind not in JOB_KINDS:
            raise Refusal("job.kind_unknown", kind=job.kind)
        result = JOB_KINDS[job.kind](job, stores, Reporter(stores, job_id))
    except Refusal as refusal:
        _ended(stores, job_id, JobState.FAILED, {"values": _plain(refusal.values)}, refusal.code)
    except Exception as fault:
        log.error("job %s: %s\n%s", job_id, type(fault).__qualname__, "".join(traceback.format_tb(fault.__traceback__)))
        _ended(stores, job_id, JobState.FAILED, {}, "job.failed")
    else:
        _ended(stores, job_id, JobState.DONE, result, "")


class Reporter:
    """Notes how far a job is, at once on a new step and else a few times a second at most."""

    def __init__(self, stores: Stores, job_id: UUID) -> None:
        self._stores, self._job_id = stores, job_id
        self._step, self._noted = "", 0.0

    def __call__(self, done: int, total: int, step: str = "") -> None:
        """Note `done` of `total` (0 while unknown); an empty `step` keeps the last one."""
        step = step or self._step
        if step == self._step and done < total and time.monotonic() - self._noted < REPORT_EVERY:
            return
        self._step, self._noted = step, time.monotonic()
        with self._stores.registrar_transaction() as registrar:
            mine = update(Job).where(Job.id == self._job_id)
            registrar.execute(mine.values(done=done, total=total, step=step))


def _taken(stores: Stores, job_id: UUID) -> Job | None:
    with stores.registrar_transaction() as registrar:
        waiting = update(Job).where(Job.id == job_id, Job.state == JobState.WAITING)
        return registrar.scalar(waiting.values(state=JobState.RUNNING, started_at=_now()).returning(Job))


def _ended(stores: Stores, job_id: UUID, state: JobState, result: dict[str, Any], fault: str) -> None:
    with stores.registrar_transaction() as registrar:
        mine = update(Job).where(Job.id == job_id)
        registrar.execute(mine.values(state=state, result=result, fault=fault, finished_at=_now()))


def _now() -> datetime:
    return datetime.now(UTC)


def _plain(values: dict[str, object]) -> dict[str, object]:
    """As JSON keeps them: lists stay lists, so that the web can word them in any language."""
    plain: dict[str, object] = json.loads(json.dumps(values, default=str, skipkeys=True))
    return plain


def recover(stores: Stores, enqueued: Enqueued) -> tuple[int, int]:
    """At the worker's start: jobs it was killed in have failed, waiting ones are queued again; gives both counts."""
    with stores.registrar_transaction() as registrar:
        orphans = update(Job).where(Job.state == JobState.RUNNING).returning(Job.id)
        ended = {"state": JobState.FAILED, "fault": "job.interrupted", "finished_at": _now()}
        interrupted = registrar.scalars(orphans.values(ended)).all()
        waiting = registrar.scalars(select(Job.id).where(Job.state == JobState.WAITING).order_by(Job.created_at)).all()
    for job_id in waiting:
        enqueued(str(job_id))
    return len(interrupted), len(waiting)


def work(settings: Settings) -> None:
    """The worker: runs jobs one after the other until SIGTERM or SIGINT; one worker an installation."""
    stores = Stores.at(settings.box_url, settings.registrar_url, analytics=settings.analytics)
    queue = queue_of(settings)
    enqueued = bind(queue, stores)
    queue.storage.flush_queue()
    recover(stores, enqueued)
    stopping = {"graceful_signal": "TERM", "shutdown_timeout": 20}
    queue.create_consumer(workers=1, max_delay=1.0, periodic=False, **stopping).run()
    stores.dispose()
