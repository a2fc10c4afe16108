"""The demonstration with what it lacks for a tour: planned waves, an open case evaluation, jobs that ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from surveys.collection.codes import new_nonce
from surveys.collection.waves import close_wave, new_wave
from surveys.records.jobs import Job
from surveys.records.kinds import JobState
from surveys.records.waves import Wave
from surveys.sampling.store import keep_frame
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.hard_cases import small_frame
from tests.browser.tour_stops import FRAMED, OPEN_CASES, PLANNED
from tests.collection.samples import passes, running_wave
from tests.respond.samples import EVALUATION, evaluator_of, today
from webapp.db import Stores
from webapp.demonstration.cast import ASSESSOR, COMMISSIONER
from webapp.demonstration.load import SEED
from webapp.demonstration.plans import live_plan
from webapp.demonstration.standing import fresh_code, live_poster

PARTIES = {
    "commissioner": COMMISSIONER[0],
    "commissioner_name": {"zh": COMMISSIONER[1], "en": COMMISSIONER[2]},
    "assessor": ASSESSOR[0],
    "assessor_name": {"zh": ASSESSOR[1], "en": ASSESSOR[2]},
}
VERSION = "2021.1"


def prepared(stores: Stores) -> dict[str, str]:
    """Add what the tour needs to a copy of the demonstration; gives what stands in the braces of its addresses."""
    now = datetime.now(UTC)
    with stores.box_transaction() as box:
        planned, framed = (
            new_wave(box, replace(live_plan(VERSION, b"", now), code=code, opens_at=now), now)
            for code in (PLANNED, FRAMED)
        )
        cases = running_wave(box, **today(**EVALUATION | PARTIES | {"code": OPEN_CASES, "area_scheme": "stats"}))
        over = running_wave(box, **today(code="tour-over", **PARTIES))
        codes = {
            "evaluator": evaluator_of(box, cases, ["C-001", "C-002"]).printed,
            "closed": passes(box, over, 1)[0][0].printed,
        }
        close_wave(box, over)
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, framed, ASSESSOR[0], small_frame(synthetic_frame(SEED)), "模拟抽样框.csv", now)
    code = fresh_code(stores)
    assert code is not None
    open_link = {"poster": live_poster(stores), "nonce": new_nonce()}
    return codes | open_link | {"code": code.printed} | _jobs(stores, planned, now)


def _jobs(stores: Stores, wave: Wave, now: datetime) -> dict[str, str]:
    with stores.registrar_transaction() as registrar:
        jobs = {
            "done": Job(kind="analyse", wave_id=wave.id, created_at=now, finished_at=now, state=JobState.DONE),
            "failed": Job(kind="analyse", wave_id=wave.id, created_at=now, finished_at=now, state=JobState.FAILED),
        }
        jobs["failed"].fault = "job.interrupted"
        registrar.add_all(jobs.values())
    return {name: str(job.id) for name, job in jobs.items()}
