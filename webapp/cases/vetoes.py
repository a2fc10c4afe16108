"""Veto items that the panel raised: two different assessors confirm them, until the release."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.cases.store import drawn_cases
from surveys.cases.vetoes import confirm_veto, is_released, vetoes_raised, withdraw_veto
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotYetOpen
from surveys.records.kinds import Role
from surveys.records.staff import Account
from webapp import auth
from webapp.cases.assess import bp, case_wave, is_closed, noted
from webapp.stores import box_reading, box_transaction, registrar_reading, registrar_transaction
from webapp.words import words_for

Act = Callable[[Session, int, str, str, str], None]


@bp.get("/vetoes")
@auth.role(Role.ASSESSOR)
def vetoes(wave_code: str) -> ResponseReturnValue:
    """After the closing: every raised item, how many raised it, who confirmed it."""
    wave = case_wave(wave_code)
    instrument = instrument_of(wave)
    with box_reading() as box:
        raised = vetoes_raised(box, wave.id, instrument) if is_closed(wave) else []
        cases = {case.code: case for case in drawn_cases(box, wave.id)}
        released = is_released(box, wave.id)
    return render_template(
        "cases/vetoes.html",
        wave=wave,
        raised=raised,
        cases=cases,
        questions=instrument.questions,
        released=released,
        names=_names({account for veto in raised for account in veto.confirmed_by}),
        mine=str(auth.current_account().id),
    )


def _names(accounts: Iterable[str]) -> dict[str, str]:
    ids = [int(account) for account in accounts if account.isdigit()]
    with registrar_reading() as registrar:
        found = registrar.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
        return {str(account_id): name for account_id, name in found}


@bp.post("/vetoes/confirm")
@auth.role(Role.ASSESSOR)
def confirm(wave_code: str) -> ResponseReturnValue:
    """One's own confirmation; another assessor's makes it count."""
    return _decided(wave_code, confirm_veto, "cases.veto.confirm", gettext("您的确认已记下。"))


@bp.post("/vetoes/withdraw")
@auth.role(Role.ASSESSOR)
def withdraw(wave_code: str) -> ResponseReturnValue:
    """Take one's own confirmation back."""
    return _decided(wave_code, withdraw_veto, "cases.veto.withdraw", gettext("您的确认已撤回。"))


def _decided(wave_code: str, act: Act, action: str, done: str) -> ResponseReturnValue:
    wave = case_wave(wave_code)
    case, item = (request.form.get(name, "")[:64] for name in ("case", "item"))
    try:
        with box_transaction() as box:
            act(box, wave.id, case, item, str(auth.current_account().id))
    except (Conflict, NotYetOpen) as refusal:
        flash(words_for(refusal), "notice")
    else:
        with registrar_transaction() as registrar:
            noted(registrar, action, wave, case=case, item=item)
        flash(done, "success")
    return redirect(url_for("assess.vetoes", wave_code=wave.code), 303)
