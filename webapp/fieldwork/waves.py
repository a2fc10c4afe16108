"""The assessor's waves, and a new one."""

from __future__ import annotations

from base64 import b64encode

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.collection.plan import PlanInvalid
from surveys.collection.sealed import new_key_pair
from surveys.collection.waves import new_wave
from surveys.errors import Conflict, NotFound, Refusal
from surveys.records.kinds import Role, WaveState
from surveys.records.staff import Organisation
from surveys.records.waves import Wave
from webapp import auth, grants
from webapp.errors import status_of
from webapp.fieldwork import instruments, keyfile
from webapp.fieldwork.blueprint import bp, noted
from webapp.fieldwork.places import areas_with_towns
from webapp.fieldwork.wave_form import parties, plan_typed
from webapp.i18n import local_time, text_in
from webapp.results.shelf import newest_released
from webapp.stores import box_reading, box_transaction, clock, registrar_reading, registrar_transaction
from webapp.tables import Column, csv_download, file_asked, small_table
from webapp.words import words_for

FIRST = {"booklets": "4", "expected_response": "50"}
OF_FIELD = {"wave.code_taken": "code", "wave.closing_passed": "closes_at", "instrument.unknown": "instrument"}


@bp.get("/")
@auth.role(Role.ASSESSOR)
def waves() -> ResponseReturnValue:
    """All waves of one's grants, the latest to open first; `?csv=waves` gives them as a file."""
    mine = auth.waves_of(auth.current_account(), Role.ASSESSOR)
    if file_asked() == "waves":
        return csv_download("waves.csv", _columns(), mine)
    with box_reading() as box:
        released = newest_released(box, mine)
    listed = small_table("waves", mine, _columns(), "fieldwork.waves")
    return render_template("fieldwork/waves.html", waves=listed, released=released)


@bp.get("/new")
@auth.role(Role.ASSESSOR)
def new() -> ResponseReturnValue:
    """The form."""
    return _form(FIRST, {})


@bp.post("/new")
@auth.role(Role.ASSESSOR)
def add() -> ResponseReturnValue:
    """Keep the wave; its private key is on this answer and nowhere else."""
    typed, pair = request.form.to_dict(), new_key_pair()
    try:
        wave = _kept(typed, pair.public)
    except PlanInvalid as refusal:
        return _form(typed, refusal.faults), 422
    except (Conflict, NotFound) as refusal:
        return _form(typed, {OF_FIELD.get(refusal.code, "code"): refusal}), status_of(refusal)
    with registrar_transaction() as registrar:
        noted(registrar, "wave.new", wave, code=wave.code, synthetic=wave.synthetic)
    return key_page(wave, pair.private)


def key_page(wave: Wave, private: bytes) -> str:
    """The only page that ever shows a private key."""
    name, text = keyfile.file_name(wave.code), keyfile.written(wave.code, private)
    encoded = b64encode(text.encode()).decode()
    return render_template("fieldwork/key_once.html", wave=wave, file_name=name, key_text=text, key_file=encoded)


def _kept(typed: dict[str, str], key: bytes) -> Wave:
    with registrar_reading() as registrar:
        found = parties(registrar, typed, _own(registrar))
    now = clock()
    with box_transaction() as box:
        plan = plan_typed(box, typed, found, key)
        instruments.chosen(box, f"{plan.instrument_code} {plan.instrument_version}", now)
        return new_wave(box, plan, now)


def _form(typed: dict[str, str], faults: dict[str, Refusal]) -> str:
    with registrar_reading() as registrar:
        own = _own(registrar)
    with box_reading() as box:
        offered, areas = instruments.offers(box), areas_with_towns(box)
    known = {wave.commissioner: wave.commissioner_name for wave in auth.waves_of(auth.current_account(), Role.ASSESSOR)}
    return render_template(
        "fieldwork/wave_new.html",
        typed=typed,
        faults={name: words_for(fault) for name, fault in faults.items()},
        offers=offered,
        areas=areas,
        assessors=own,
        known=known,
    )


def _own(registrar: Session) -> list[Organisation]:
    """The organisations for which one may plan waves: a grant for a single wave or area does not reach so far."""
    live = grants.live_grants(auth.current_account())
    codes = {
        grant.organisation for grant in live if grant.role is Role.ASSESSOR and grant.wave_id is None and not grant.area
    }
    return list(registrar.scalars(select(Organisation).where(Organisation.code.in_(codes)).order_by(Organisation.code)))


def _columns() -> list[Column[Wave]]:
    states = {
        WaveState.PLANNED: gettext("筹备中"),
        WaveState.OPEN: gettext("收集中"),
        WaveState.CLOSED: gettext("已结束收集"),
    }
    return [
        Column("title", gettext("批次"), lambda wave: text_in(wave.title)),
        Column("code", gettext("批次编号"), lambda wave: wave.code, is_code=True),
        Column("state", gettext("状态"), lambda wave: states[wave.state]),
        Column("commissioner", gettext("委托单位"), lambda wave: text_in(wave.commissioner_name)),
        Column("opens", gettext("开始"), lambda wave: local_time(wave.opens_at, wave.time_zone), True),
        Column("closes", gettext("结束"), lambda wave: local_time(wave.closes_at, wave.time_zone), True),
    ]
