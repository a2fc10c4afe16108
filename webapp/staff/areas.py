"""Areas as published, with their dates and what followed them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from surveys.records.areas import Area
from surveys.records.kinds import Role
from webapp import auth
from webapp.staff.blueprint import bp
from webapp.stores import box_reading


@bp.get("/areas")
@auth.role(Role.ADMINISTRATOR, Role.ASSESSOR)
def areas() -> ResponseReturnValue:
    """All areas in register order; they are public facts and the same for everybody."""
    with box_reading() as box:
        found = box.scalars(select(Area).order_by(Area.scheme, Area.parent, Area.position, Area.code)).all()
    return render_template("staff/areas.html", areas=found)
