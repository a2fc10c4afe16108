"""Opening a wave, sealing a phase, closing: what each does is said before it is done."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.collection.sealing import CUT_OFFS
from surveys.collection.waves import open_wave
from surveys.errors import Refusal
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth, ending
from webapp.errors import status_of
from webapp.fieldwork import letters
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.stores import box_transaction, clock, current_stores, registrar_reading, registrar_transaction
from webapp.words import words_for


@bp.get("/<code>/close")
@auth.role(Role.ASSESSOR)
def phases(code: str) -> ResponseReturnValue:
    """Where the wave stands, and what can be done about it."""
    return _page(my_wave(code))


@bp.post("/<code>/open")
@auth.role(Role.ASSESSOR)
def open_(code: str) -> ResponseReturnValue:
    """Let answers in from the planned opening on."""
    wave = my_wave(code)
    try:
        with box_transaction() as box:
            open_wave(box, my_wave(code, box), clock())
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _done(wave, "wave.open", gettext("已开放。到开始时间起接收答卷。"))


@bp.post("/<code>/seal")
@auth.role(Role.ASSESSOR)
def seal(code: str) -> ResponseReturnValue:
    """End a phase; the registrar learns who needs no reminder."""
    wave = my_wave(code)
    try:
        sealed = ending.end_phase(current_stores(), wave)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _done(wave, "wave.seal", gettext("本阶段已封存。"), phase=sealed.phase)


@bp.post("/<code>/close")
@auth.role(Role.ASSESSOR)
def close(code: str) -> ResponseReturnValue:
    """End the asking for good; the wave's code must be typed."""
    wave = my_wave(code)
    try:
        if request.form.get("confirm", "").strip() != wave.code:
            raise Refusal("close.confirm", wave=wave.code)
        sealed = ending.end_wave(current_stores(), wave)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _done(wave, "wave.close", gettext("收集已结束，全部答卷已封存。"), size=sealed.size)


def _done(wave: Wave, action: str, words: str, **details: object) -> ResponseReturnValue:
    with registrar_transaction() as registrar:
        noted(registrar, action, wave, **details)
    flash(words, "success")
    return redirect(url_for("fieldwork.phases", code=wave.code), 303)


def _page(wave: Wave, fault: str = "") -> str:
    with registrar_reading() as registrar:
        towns = letters.by_town(registrar, wave.id)
    return render_template(
        "fieldwork/close.html",
        wave=wave,
        issued=sum(town.issued for town in towns.values()),
        left=sum(town.left for town in towns.values()),
        cut_offs=CUT_OFFS,
        now=clock(),
        fault=fault,
    )
