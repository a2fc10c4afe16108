"""A job's page: how far it is, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from surveys.errors import NotFound
from surveys.records.jobs import Job
from surveys.records.kinds import JobState, Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.staff.blueprint import jobs_bp
from webapp.staff.menu import exists
from webapp.stores import box_reading, registrar_reading
from webapp.words import is_worded, word

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@jobs_bp.get("/<uuid:job_id>")
@auth.role(*Role)
def job(job_id: UUID) -> ResponseReturnValue:
    """For the assessor of the job's wave, or who asked for one without a wave; htmx asks for the middle part alone."""
    found = _job(job_id)
    part = "staff/job_state.html" if request.headers.get("HX-Request") else "staff/job.html"
    return render_template(
        part,
        job=found,
        under_way=found.state in UNDER_WAY,
        kind=_words("job.kind.", found.kind),
        step=_words("step.", found.step),
        fault=word(found.fault, found.result.get("values", {})) if found.fault else "",
        onward=_onward(found),
    )


def _job(job_id: UUID) -> Job:
    with registrar_reading() as registrar:
        found = registrar.get(Job, job_id)
    if found is None:
        raise NotFound("job.unknown")
    if found.wave_id is None:
        if found.account_id != auth.current_account().id:
            raise NotFound("job.unknown")
        return found
    with box_reading() as box:
        wave = box.get(Wave, found.wave_id)
    if wave is None:
        raise NotFound("job.unknown")
    auth.wave_for(wave.code, Role.ASSESSOR)
    return found


def _words(prefix: str, code: str) -> str:
    return word(prefix + code) if is_worded(prefix + code) else code


def _onward(found: Job) -> str:
    """Where the result, or the page the job was asked from, stands; only addresses of ours."""
    asked = str(found.result.get("next") or found.parameters.get("next") or "")
    return asked if asked.startswith("/") and exists(asked) else ""
