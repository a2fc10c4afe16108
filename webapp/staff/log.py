"""The action log, page by page, and the check of its chain."""

from __future__ import annotations

import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from surveys.records.kinds import Role
from surveys.records.staff import Action, Organisation
from surveys.records.waves import Wave
from webapp import auth
from webapp.i18n import local_time
from webapp.staff.blueprint import bp
from webapp.staff.scope import accounts_in_reach, administered
from webapp.stores import box_reading, registrar_reading
from webapp.tables import Column, csv_download, file_asked
from webapp.words import is_worded, word

A_PAGE = 50


@bp.get("/log")
@auth.role(Role.ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """The latest lines before `?before=`; `?verify=1` walks the whole chain first, `?csv=log` gives all as a file."""
    before = request.args.get("before", type=int)
    if file_asked() == "log":
        return _file()
    with registrar_reading() as registrar:
        names = {account.id: account.name for account in accounts_in_reach(registrar)}
        reach = _reach(registrar, list(names))
        asked = [reach] if before is None else [reach, Action.sequence < before]
        lines = registrar.scalars(select(Action).where(*asked).order_by(Action.sequence.desc()).limit(A_PAGE + 1)).all()
        total = registrar.scalar(select(func.count()).select_from(Action).where(reach)) or 0
        broken = auth.verify_chain(registrar) if request.args.get("verify") else None
    return render_template(
        "staff/log.html",
        lines=lines[:A_PAGE],
        older=lines[A_PAGE - 1].sequence if len(lines) > A_PAGE else None,
        first_page=before is None,
        total=total,
        names=names,
        verified=bool(request.args.get("verify")),
        broken=broken,
        action_words=_action_words,
    )


def _file() -> Response:
    with registrar_reading() as registrar:
        names = {account.id: account.name for account in accounts_in_reach(registrar)}
        lines = registrar.scalars(select(Action).where(_reach(registrar, list(names))).order_by(Action.sequence)).all()
    columns: list[Column[Action]] = [
        Column("sequence", gettext("序号"), lambda line: line.sequence, True),
        Column("at", gettext("时间"), lambda line: local_time(line.at)),
        Column("who", gettext("谁"), lambda line: names.get(line.account_id or 0, gettext("命令行"))),
        Column("action", gettext("操作"), lambda line: _action_words(line.action)),
        Column("details", gettext("内容"), lambda line: json.dumps(line.details, ensure_ascii=False, sort_keys=True)),
    ]
    return csv_download("action-log.csv", columns, lines)


def _action_words(action: str) -> str:
    return word(f"action.{action}") if is_worded(f"action.{action}") else action


def _reach(registrar: Session, account_ids: list[int]) -> ColumnElement[bool]:
    """Lines of the accounts in reach, about waves of administered organisations or about none.

    Those of the command line are for who administers every organisation.
    """
    mine = Action.account_id.in_(account_ids)
    if set(registrar.scalars(select(Organisation.code))) <= administered():
        return or_(mine, Action.account_id.is_(None))
    return and_(mine, or_(Action.wave_id.is_(None), Action.wave_id.in_(_waves_in_reach())))


def _waves_in_reach() -> list[int]:
    mine = administered()
    with box_reading() as box:
        return list(box.scalars(select(Wave.id).where(or_(Wave.assessor.in_(mine), Wave.commissioner.in_(mine)))))
