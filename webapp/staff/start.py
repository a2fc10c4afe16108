"""The start page: what to do next, by role."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveys.records.kinds import Role
from webapp import auth, grants
from webapp.results.shelf import newest_released
from webapp.staff.blueprint import bp
from webapp.staff.menu import exists
from webapp.stores import box_reading

SHOWN = 8


@bp.get("/")
@auth.signed_in
def start() -> ResponseReturnValue:
    """Waves and reports that wait for this account, and the pages its roles open."""
    account = auth.current_account()
    roles = grants.roles_of(account)
    assessed = auth.waves_of(account, Role.ASSESSOR)[:SHOWN]
    commissioned = auth.waves_of(account, Role.OFFICIAL)[:SHOWN]
    with box_reading() as box:
        released = newest_released(box, [*assessed, *commissioned])
    return render_template(
        "staff/start.html",
        roles=roles,
        Role=Role,
        assessed=assessed,
        commissioned=commissioned,
        released=released,
        exists=exists,
    )


@bp.get("")
@auth.signed_in
def start_without_slash() -> ResponseReturnValue:
    """Typed without the last stroke."""
    return redirect(url_for("staff.start"), 308)
