"""Analysis and release: a job computes, the assessor looks, and only then lets it out. Nothing released is edited."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from surveys.errors import Conflict, Refusal
from surveys.records.jobs import Job
from surveys.records.kinds import Audience, JobState, Role, WaveState
from surveys.records.waves import Wave
from surveys.reporting.release import release, releases_of
from surveys.sampling.store import margins_of
from webapp import auth, jobs
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.instruments import is_for_residents
from webapp.fieldwork.preview import preview, release_numbered
from webapp.stores import box_reading, box_transaction, clock, registrar_reading, registrar_transaction
from webapp.words import words_for

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@bp.get("/<code>/analysis")
@auth.role(Role.ASSESSOR)
def analysis(code: str) -> ResponseReturnValue:
    """Prepared and released editions, and the button that computes one."""
    return _page(my_wave(code))


@bp.post("/<code>/analysis")
@auth.role(Role.ASSESSOR)
def analyse(code: str) -> ResponseReturnValue:
    """Ask for a release to be prepared; its job has a page of its own."""
    return _asked(my_wave(code), {})


@bp.get("/<code>/analysis/<int:number>")
@auth.role(Role.ASSESSOR)
def prepared(code: str, number: int) -> ResponseReturnValue:
    """One release before, or after, it is let out."""
    return _release_page(code, number)


@bp.post("/<code>/analysis/<int:number>/release")
@auth.role(Role.ASSESSOR)
def let_out(code: str, number: int) -> ResponseReturnValue:
    """Let officials see it; it must have been confirmed."""
    account = auth.current_account()
    try:
        if not request.form.get("confirm"):
            raise Refusal("release.confirm")
        with box_transaction() as box:
            wave = my_wave(code, box)
            found = release_numbered(box, wave, number)
            box.refresh(found, with_for_update=True)  # of two presses at once the second is told that it is out
            release(box, found, account.name, clock())
    except Refusal as refusal:
        return _release_page(code, number, words_for(refusal)), status_of(refusal)
    with registrar_transaction() as registrar:
        noted(registrar, "release.release", wave, number=number)
    flash(gettext("第 %(number)s 号报告已发布，委托单位现在可以查看和下载。", number=number), "success")
    return redirect(url_for("fieldwork.prepared", code=code, number=number), 303)


@bp.post("/<code>/analysis/<int:number>/erratum")
@auth.role(Role.ASSESSOR)
def correct(code: str, number: int) -> ResponseReturnValue:
    """Ask for a correction of a released edition; both will be shown."""
    reason = request.form.get("reason", "").strip()
    with box_reading() as box:
        wave = my_wave(code, box)
        found = release_numbered(box, wave, number)
    try:
        if found.released_at is None:
            raise Conflict("release.not_out", number=number)
        if not 5 <= len(reason) <= 500:
            raise Refusal("release.reason", least=5, most=500)
    except Refusal as refusal:
        return _release_page(code, number, words_for(refusal)), status_of(refusal)
    return _asked(wave, {"erratum_of": number, "reason": reason})


def _asked(wave: Wave, parameters: dict[str, object]) -> ResponseReturnValue:
    try:
        if wave.state is not WaveState.CLOSED:
            raise Conflict("release.wave_not_closed", wave=wave.code)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    account, onward = auth.current_account().id, url_for("fieldwork.analysis", code=wave.code)
    job_id = jobs.enqueue("analyse", wave.id, {**parameters, "next": onward}, account, clock())
    with registrar_transaction() as registrar:
        noted(registrar, "analysis.ask", wave, job=str(job_id), **parameters)
    return redirect(url_for("jobs.job", job_id=job_id), 303)


def _release_page(code: str, number: int, fault: str = "") -> str:
    with box_reading() as box:
        wave = my_wave(code, box)
        found = release_numbered(box, wave, number)
        views = {audience: preview(box, found, audience) for audience in (Audience.OFFICIAL, Audience.PUBLIC)}
    return render_template(
        "fieldwork/release.html",
        wave=wave,
        release=found,
        official=views[Audience.OFFICIAL],
        public=views[Audience.PUBLIC],
        reason=request.form.get("reason", ""),
        fault=fault,
    )


def _page(wave: Wave, fault: str = "") -> str:
    with box_reading() as box:
        found, margins = releases_of(box, wave), margins_of(box, wave.id)
    with registrar_reading() as registrar:
        asked = select(Job).where(Job.wave_id == wave.id, Job.kind == "analyse", Job.state.in_(UNDER_WAY))
        job = registrar.scalars(asked.order_by(Job.created_at.desc())).first()
    return render_template(
        "fieldwork/analysis.html",
        wave=wave,
        releases=found,
        numbers={one.id: one.number for one in found},
        needs_margins=is_for_residents(wave) and len(margins) < 2,
        job=job,
        fault=fault,
    )
