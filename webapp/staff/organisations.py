"""Commissioners and assessors."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.errors import Refusal
from surveys.records.kinds import Role
from surveys.records.staff import Account, Organisation
from webapp import auth, people
from webapp.errors import status_of
from webapp.i18n import text_in
from webapp.people import Actor
from webapp.staff.blueprint import bp
from webapp.staff.login import renew_login
from webapp.staff.scope import organisations_administered
from webapp.stores import clock, registrar_reading, registrar_transaction
from webapp.tables import Column, csv_download, file_asked, small_table
from webapp.words import words_for


@bp.get("/organisations")
@auth.role(Role.ADMINISTRATOR)
def organisations() -> ResponseReturnValue:
    """The administered organisations, and a form for one more; `?csv=organisations` gives them as a file."""
    if file_asked() == "organisations":
        with registrar_reading() as registrar:
            return csv_download("organisations.csv", _columns(), organisations_administered(registrar))
    return _page({}, "")


def _page(typed: dict[str, str], fault: str) -> str:
    with registrar_reading() as registrar:
        mine = organisations_administered(registrar)
        listed = small_table("organisations", mine, _columns(), "staff.organisations")
        return render_template(
            "staff/organisations.html", organisations=listed, kinds=people.KINDS, typed=typed, fault=fault
        )


@bp.post("/organisations")
@auth.role(Role.ADMINISTRATOR)
def add_organisation() -> ResponseReturnValue:
    """Add an organisation; who adds it administers it, and so signs in anew."""
    actor = Actor(auth.current_account().id, clock())
    given = [request.form.get(name, "") for name in ("code", "kind", "zh", "en")]
    try:
        with registrar_transaction() as registrar:
            added = people.new_organisation(registrar, actor, *given)
            account = registrar.get_one(Account, actor.account_id)
            people.grant(registrar, actor, account, Role.ADMINISTRATOR, added.code)
    except Refusal as refusal:
        return _page(request.form.to_dict(), words_for(refusal)), status_of(refusal)
    response = redirect(url_for("staff.organisations"), 303)
    renew_login(response, actor)
    flash(gettext("机构已添加，由您管理。"), "success")
    return response


def _columns() -> list[Column[Organisation]]:
    kinds = {"commissioner": gettext("委托单位"), "assessor": gettext("测评机构")}
    return [
        Column("name", gettext("名称"), lambda one: text_in(one.name)),
        Column("kind", gettext("种类"), lambda one: kinds.get(one.kind, one.kind)),
        Column("code", gettext("代码"), lambda one: one.code, is_code=True),
    ]
