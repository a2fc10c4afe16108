"""Areas as published, with their dates and what followed them."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from surveys.records.areas import Area
from surveys.records.kinds import Role
from surveys.sampling.area_store import UNKNOWN_START
from webapp import auth
from webapp.i18n import text_in
from webapp.staff.blueprint import bp
from webapp.stores import box_reading
from webapp.tables import Column, csv_download, file_asked, small_table


@bp.get("/areas")
@auth.role(Role.ADMINISTRATOR, Role.ASSESSOR)
def areas() -> ResponseReturnValue:
    """All areas in register order; they are public facts and the same for everybody. `?csv=areas` is a file."""
    with box_reading() as box:
        found = box.scalars(select(Area).order_by(Area.scheme, Area.parent, Area.position, Area.code)).all()
    if file_asked() == "areas":
        return csv_download("areas.csv", _columns(), found)
    return render_template("staff/areas.html", areas=small_table("areas", found, _columns(), "staff.areas"))


def _columns() -> list[Column[Area]]:
    kinds = {"district": gettext("区"), "subdistrict": gettext("街道"), "town": gettext("镇")}
    return [
        Column("name", gettext("名称"), lambda area: text_in(area.name)),
        Column("code", gettext("代码"), lambda area: area.code, is_code=True),
        Column("kind", gettext("种类"), lambda area: kinds.get(area.kind, area.kind)),
        Column("from", gettext("生效"), lambda area: _from(area.valid_from), True),
        Column("to", gettext("失效"), lambda area: _to(area.valid_to), True),
        Column("successor", gettext("后继"), _successor),
        Column("source", gettext("来源"), lambda area: area.source, is_long=True),
    ]


def _from(day: date) -> str:
    return gettext("不详") if day == UNKNOWN_START else day.isoformat()


def _to(day: date | None) -> str:
    return day.isoformat() if day else gettext("至今")


def _successor(area: Area) -> str:
    return " ".join(filter(None, (text_in(area.successor_name), area.successor_code)))
