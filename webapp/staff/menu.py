"""The staff's menu, by step of the survey; a line shows when its address exists and the account's role may use it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException

from surveys.collection.publish import instrument_of
from surveys.errors import Refusal
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp.auth import account_or_none
from webapp.grants import roles_of


@dataclass(frozen=True)
class Line:
    """One page in the menu; a "{wave}" in the address needs a wave in context, one whose instrument has `form`."""

    title: LazyString
    address: str
    roles: frozenset[Role]
    form: str = ""


ASSESSOR = frozenset({Role.ASSESSOR})
READERS = frozenset({Role.ASSESSOR, Role.OFFICIAL})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

MENU: tuple[tuple[LazyString, tuple[Line, ...]], ...] = (
    (
        lazy_gettext("设计"),
        (
            Line(lazy_gettext("调查批次"), "/waves/", ASSESSOR),
            Line(lazy_gettext("新建批次"), "/waves/new", ASSESSOR),
            Line(lazy_gettext("本批次概况"), "/waves/{wave}/", ASSESSOR),
            Line(lazy_gettext("分析方案"), "/waves/{wave}/plan", ASSESSOR, form="resident"),
        ),
    ),
    (
        lazy_gettext("抽样"),
        (
            Line(lazy_gettext("抽样框"), "/waves/{wave}/frame", ASSESSOR, form="resident"),
            Line(lazy_gettext("总体边际"), "/waves/{wave}/margins", ASSESSOR, form="resident"),
            Line(lazy_gettext("抽取样本"), "/waves/{wave}/draw", ASSESSOR, form="resident"),
        ),
    ),
    (
        lazy_gettext("收集"),
        (
            Line(lazy_gettext("邀请信"), "/waves/{wave}/invitations", ASSESSOR, form="resident"),
            Line(lazy_gettext("进度"), "/waves/{wave}/progress", ASSESSOR, form="resident"),
            Line(lazy_gettext("开放与结束"), "/waves/{wave}/close", ASSESSOR),
        ),
    ),
    (lazy_gettext("案件"), (Line(lazy_gettext("案件评议"), "/waves/{wave}/cases/", ASSESSOR, form="panel"),)),
    (lazy_gettext("分析"), (Line(lazy_gettext("分析"), "/waves/{wave}/analysis", ASSESSOR),)),
    (lazy_gettext("发布"), (Line(lazy_gettext("结果报告"), "/results/", READERS),)),
    (
        lazy_gettext("管理"),
        (
            Line(lazy_gettext("账号与授权"), "/staff/accounts", ADMINISTRATOR),
            Line(lazy_gettext("机构"), "/staff/organisations", ADMINISTRATOR),
            Line(lazy_gettext("行政区划"), "/staff/areas", ADMINISTRATOR | ASSESSOR),
            Line(lazy_gettext("操作记录"), "/staff/log", ADMINISTRATOR),
        ),
    ),
)


def visible_menu() -> list[tuple[LazyString, list[tuple[LazyString, str, bool]]]]:
    """For who is signed in and the wave in context: (step, [(words, address, whether it is this page)])."""
    account, wave = account_or_none(), g.get("wave")
    roles = roles_of(account) if account else frozenset()
    shown = []
    for title, lines in MENU:
        mine = [line for line in lines if line.roles & roles and fits(line, wave)]
        placed = [(line.title, line.address.replace("{wave}", wave.code if wave else "")) for line in mine]
        if here := [(words, address, address == request.path) for words, address in placed if exists(address)]:
            shown.append((title, here))
    return shown


def fits(line: Line, wave: Wave | None) -> bool:
    """Whether a line makes sense with this wave, or with none; a wave that cannot be read has no forms."""
    if wave is None:
        return "{wave}" not in line.address
    try:
        return not line.form or line.form in instrument_of(wave).forms
    except Refusal:
        return False


def exists(address: str) -> bool:
    """Whether some view answers a GET of this address."""
    try:
        current_app.url_map.bind("").match(address, method="GET")
    except HTTPException:
        return False
    return True
