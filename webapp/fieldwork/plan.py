"""The analysis plan: lodged before the wave opens, and from then on only read."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.analysis.waves.plan_kept import Standing, lodge, standing, template
from surveys.collection.publish import instrument_of
from surveys.errors import FileRefused, Refusal
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.uploads import Fault, in_words, uploaded
from webapp.stores import box_transaction, clock, registrar_transaction
from webapp.tables import attached
from webapp.words import words_for

TOML = "application/toml; charset=utf-8"


@bp.get("/<code>/plan")
@auth.role(Role.ASSESSOR)
def plan(code: str) -> ResponseReturnValue:
    """The plan that holds, and before the opening the way to another."""
    return _page(my_wave(code))


@bp.post("/<code>/plan")
@auth.role(Role.ASSESSOR)
def lodge_plan(code: str) -> ResponseReturnValue:
    """Keep a plan's file; once the wave has opened none is taken."""
    wave = my_wave(code)
    try:
        content = uploaded()[1]
        with box_transaction() as box:
            lodged = lodge(box, my_wave(code, box), instrument_of(wave), content, clock())
    except FileRefused as refusal:
        return _page(wave, refused=in_words(refusal)), status_of(refusal)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    with registrar_transaction() as registrar:
        noted(registrar, "plan.lodge", wave, sha256=lodged.sha256)
    flash(gettext("分析方案已登记。开放之前可以换，开放之后不能改。"), "success")
    return redirect(url_for("fieldwork.plan", code=code), 303)


@bp.get("/<code>/plan/template.toml")
@auth.role(Role.ASSESSOR)
def plan_template(code: str) -> ResponseReturnValue:
    """The default plan with its explanations, for this wave's stopping date."""
    return _file(f"{code}-plan-template.toml", template(my_wave(code)))


@bp.get("/<code>/plan.toml")
@auth.role(Role.ASSESSOR)
def plan_file(code: str) -> ResponseReturnValue:
    """The plan that holds, byte for byte what its SHA-256 is of."""
    wave = my_wave(code)
    return _file(f"{code}-plan.toml", standing(wave, instrument_of(wave)).plan.text)


def _file(name: str, text: str) -> Response:
    return attached(name, text.encode(), TOML)


def _page(wave: Wave, fault: str = "", refused: list[Fault] | None = None) -> str:
    held, fault = _standing(wave, fault)
    return render_template(
        "fieldwork/plan.html",
        wave=wave,
        held=held,
        may_lodge=wave.state.value == "planned",
        fault=fault,
        refused=refused,
    )


def _standing(wave: Wave, fault: str) -> tuple[Standing | None, str]:
    """The plan that holds, or why it cannot be read; an evaluation of cases has none."""
    try:
        return standing(wave, instrument_of(wave)), fault
    except Refusal as refusal:
        return None, fault or words_for(refusal)
