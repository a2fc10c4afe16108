"""A wave as a path of steps: what is done, what is next."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveys.collection.sealed import new_key_pair
from surveys.errors import Conflict, Refusal
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.instruments import is_for_residents
from webapp.fieldwork.letters import by_town
from webapp.fieldwork.path import facts_of, path
from webapp.fieldwork.waves import key_page
from webapp.stores import box_reading, box_transaction, registrar_reading, registrar_transaction
from webapp.words import words_for


@bp.get("/<code>/")
@auth.role(Role.ASSESSOR)
def overview(code: str) -> ResponseReturnValue:
    """The path of steps, and the plan."""
    return _page(my_wave(code))


@bp.get("/<code>")
@auth.role(Role.ASSESSOR)
def overview_without_slash(code: str) -> ResponseReturnValue:
    """Typed without the last stroke."""
    return redirect(url_for("fieldwork.overview", code=my_wave(code).code), 308)


@bp.post("/<code>/key")
@auth.role(Role.ASSESSOR)
def renew_key(code: str) -> ResponseReturnValue:
    """A new key pair in place of a lost one, as long as no code is sealed to the old one."""
    wave, pair = my_wave(code), new_key_pair()
    try:
        with registrar_transaction() as registrar:
            if any(town.issued for town in by_town(registrar, wave.id).values()):
                raise Conflict("key.in_use", wave=wave.code)
            noted(registrar, "wave.key", wave)
        with box_transaction() as box:
            my_wave(code, box).assessor_key = pair.public
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return key_page(wave, pair.private)


def _page(wave: Wave, fault: str = "") -> str:
    with box_reading() as box, registrar_reading() as registrar:
        facts = facts_of(box, registrar, wave)
    steps = path(wave, facts)
    return render_template(
        "fieldwork/overview.html",
        wave=wave,
        way=steps,
        next_step=next((step for step in steps if step.state == "now"), None),
        may_renew_key=is_for_residents(wave) and facts.issued == 0 and wave.state.value != "closed",
        fault=fault,
    )
