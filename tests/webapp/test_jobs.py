"""Long work: our table is the truth, the queue only carries ids, and a failed job looks failed."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine

from migrations import drift
from surveys.errors import Conflict
from surveys.records.jobs import Job
from surveys.records.kinds import JobState
from tests.webapp.conftest import LONG_AGO, Person, SignedIn, settings_for, wave
from webapp.db import Stores
from webapp.jobs import Reporter, bind, enqueue, queue_of, recover, run
from webapp.work import JOB_KINDS, Progress


@JOB_KINDS.register("test-counts")
def counts(job: Job, stores: Stores, progress: Progress) -> dict[str, object]:
    for number in range(job.parameters["upto"] + 1):
        progress(number, job.parameters["upto"], "counting")
    return {"counted": job.parameters["upto"], "next": "/staff/"}


@JOB_KINDS.register("test-refuses")
def refuses(job: Job, stores: Stores, progress: Progress) -> dict[str, object]:
    raise Conflict("grant.role_unknown", role="<b>none</b>")


@JOB_KINDS.register("test-breaks")
def breaks(job: Job, stores: Stores, progress: Progress) -> dict[str, object]:
    raise ZeroDivisionError(job.parameters["secret"])


def waiting(stores: Stores, kind: str, state: JobState = JobState.WAITING, **more: object) -> UUID:
    with stores.registrar_transaction() as registrar:
        job = Job(
            kind=kind, parameters={"upto": 3, "secret": "may hold an answer"}, created_at=LONG_AGO, state=state, **more
        )
        registrar.add(job)
    return job.id


def kept(stores: Stores, job_id: UUID) -> Job:
    with stores.registrar_reading() as registrar:
        return registrar.get_one(Job, job_id)


def test_a_job_is_done_once_and_keeps_its_result(stores: Stores) -> None:
    job_id = waiting(stores, "test-counts")
    run(stores, job_id)
    job = kept(stores, job_id)
    assert (job.state, job.result["counted"], job.done, job.total) == (JobState.DONE, 3, 3, 3)
    assert job.step == "counting"
    assert job.started_at is not None
    finished = job.finished_at
    run(stores, job_id)
    assert kept(stores, job_id).finished_at == finished


def test_a_refusal_keeps_its_code_and_a_break_says_nothing_of_its_message(
    stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    refused, broken, unknown = (waiting(stores, kind) for kind in ("test-refuses", "test-breaks", "test-none"))
    for job_id in (refused, broken, unknown):
        run(stores, job_id)
    assert kept(stores, refused).fault == "grant.role_unknown"
    assert kept(stores, refused).result == {"values": {"role": "<b>none</b>"}}
    assert kept(stores, broken).fault == "job.failed"
    assert kept(stores, unknown).fault == "job.kind_unknown"
    assert "ZeroDivisionError" in caplog.text
    assert "may hold an answer" not in caplog.text


def test_progress_is_seen_while_the_job_runs(stores: Stores) -> None:
    job_id = waiting(stores, "test-counts", JobState.RUNNING)
    report = Reporter(stores, job_id)
    report(1, 10, "reading")
    assert (kept(stores, job_id).done, kept(stores, job_id).step) == (1, "reading")
    report(10, 10)
    assert (kept(stores, job_id).done, kept(stores, job_id).step) == (10, "reading")


def test_at_its_start_the_worker_fails_orphans_and_queues_what_waits(stores: Stores) -> None:
    orphan, first = waiting(stores, "test-counts", JobState.RUNNING), waiting(stores, "test-counts")
    queued: list[str] = []
    assert recover(stores, queued.append) == (1, 1)
    assert queued == [str(first)]
    assert (kept(stores, orphan).state, kept(stores, orphan).fault) == (JobState.FAILED, "job.interrupted")


def test_the_queue_carries_a_job_to_the_worker_and_stays_out_of_the_stores_tables(
    stores: Stores, registrar_engine: Engine, tmp_path: Path
) -> None:
    address = registrar_engine.url.render_as_string(hide_password=False)
    queue = queue_of(settings_for(tmp_path, registrar_url=address))
    job_id = waiting(stores, "test-counts")
    bind(queue, stores)(str(job_id))
    queue.execute(queue.dequeue())
    assert kept(stores, job_id).state is JobState.DONE
    assert drift(registrar_engine, "registrar") == []
    queue.storage.close()


def test_the_sqlite_queue_survives_a_power_cut(tmp_path: Path) -> None:
    queue = queue_of(settings_for(tmp_path))
    connection = queue.storage.conn
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    queue.storage.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_follows_a_job_and_shows_its_end(app: Flask, staffed: dict[str, Person], signed_in: SignedIn) -> None:
    with app.app_context():
        job_id = enqueue("test-refuses", None, {}, staffed["assessor"].id, LONG_AGO)
    browser = signed_in("assessor")
    page = browser.get(f"/jobs/{job_id}").get_data(as_text=True)
    assert "没有完成" in page
    assert "没有“&lt;b&gt;none&lt;/b&gt;”这个角色" in page
    assert "http-equiv" not in page
    assert "hx-get" not in page


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_running_job_refreshes_itself_without_script_and_by_htmx(stores: Stores, signed_in: SignedIn) -> None:
    wave_id = wave(stores, "demo-a", "yubei", "firm")
    job_id = waiting(
        stores, "test-counts", JobState.RUNNING, wave_id=wave_id, done=1800, total=7280, started_at=LONG_AGO
    )
    browser = signed_in("assessor")
    page = browser.get(f"/jobs/{job_id}").get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert '<progress aria-labelledby="job-step" value="1800" max="7280">' in page
    assert "「模拟数据」" in page
    part = browser.get(f"/jobs/{job_id}", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.startswith('<div class="panel" id="job" hx-get=')


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_job_of_anothers_wave_does_not_exist(stores: Stores, staffed: dict[str, Person], signed_in: SignedIn) -> None:
    wave_id = wave(stores, "a", "yubei", "firm")
    of_wave = waiting(stores, "test-counts", wave_id=wave_id)
    of_person = waiting(stores, "test-counts", account_id=staffed["assessor"].id)
    assert signed_in("assessor").get(f"/jobs/{of_wave}").status_code == 200
    for job_id in (of_wave, of_person, uuid4()):
        for other in ("rival", "official"):  # an official learns of no analysis before its release
            assert signed_in(other).get(f"/jobs/{job_id}").status_code == 404
