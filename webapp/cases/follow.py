"""How the evaluations stand: counts by case and by member, and after the closing who withdrew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from surveys.cases.declared import panel_groups
from surveys.cases.progress import (
    CaseProgress,
    MemberProgress,
    Recusal,
    case_progress,
    member_progress,
    party_progress,
    recusals,
)
from surveys.collection.publish import instrument_of
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.cases.assess import bp, case_wave, is_closed
from webapp.i18n import text_in
from webapp.stores import box_reading, registrar_reading
from webapp.tables import Column, Listing, csv_download, file_asked, mark_of, small_table


@dataclass(frozen=True)
class Followed:
    """One table of the page: its rows and columns, and the name by which its file is asked for."""

    name: str
    rows: Sequence[Any]
    columns: Sequence[Column[Any]]

    def on_page(self, wave: Wave) -> Listing[Any]:
        return small_table(self.name, self.rows, self.columns, "assess.progress", wave_code=wave.code)


@bp.get("/progress")
@auth.role(Role.ASSESSOR)
def progress(wave_code: str) -> ResponseReturnValue:
    """No mark, no score: scores reach anybody through the release only. `?csv=` and a table's name give its file."""
    wave = case_wave(wave_code)
    with registrar_reading() as registrar, box_reading() as box:
        tables = _tables(wave, box, registrar)
        parties = party_progress(box, registrar, wave)
    if asked := tables.get(file_asked()):
        return csv_download(f"{wave.code}-{asked.name}.csv", asked.columns, asked.rows, mark_of(wave))
    return render_template(
        "cases/progress.html",
        wave=wave,
        cases=tables["cases"].rows,
        members=tables["members"].rows,
        recusals=tables["recusals"].rows,
        parties=parties,
        case_table=tables["cases"].on_page(wave),
        member_table=tables["members"].on_page(wave),
        recusal_table=tables["recusals"].on_page(wave),
    )


def _tables(wave: Wave, box: Session, registrar: Session) -> dict[str, Followed]:
    instrument = instrument_of(wave)
    groups = panel_groups(instrument)
    members = member_progress(box, registrar, wave.id, groups)
    withdrew = recusals(box, wave, instrument) if is_closed(wave) else []
    titles = {code: text_in(group.title) for code, group in groups.items()}
    tables = (
        Followed("cases", case_progress(box, wave.id), _case_columns()),
        Followed("members", members, _member_columns(titles)),
        Followed("recusals", withdrew, _recusal_columns({member.rater: member.name for member in members})),
    )
    return {table.name: table for table in tables}


def _case_columns() -> list[Column[CaseProgress]]:
    return [
        Column("case", gettext("案件编号"), lambda one: one.case.code, is_code=True),
        Column("body", gettext("执法单位"), lambda one: one.case.body),
        Column("kind", gettext("案件类别"), lambda one: one.case.kind),
        Column("done", gettext("已评（份）"), lambda one: one.done, True),
        Column("invited", gettext("应评（份）"), lambda one: one.invited, True),
    ]


def _member_columns(titles: Mapping[str, str]) -> list[Column[MemberProgress]]:
    return [
        Column("rater", gettext("编号"), lambda one: one.rater, is_code=True),
        Column("name", gettext("姓名"), lambda one: one.name),
        Column("group", gettext("组别"), lambda one: titles.get(one.group, one.group)),
        Column("done", gettext("已评（件）"), lambda one: one.done, True),
        Column("invited", gettext("应评（件）"), lambda one: one.invited, True),
    ]


def _recusal_columns(names: Mapping[str, str]) -> list[Column[Recusal]]:
    return [
        Column("case", gettext("案件编号"), lambda one: one.case_code, is_code=True),
        Column("rater", gettext("编号"), lambda one: one.rater, is_code=True),
        Column("name", gettext("姓名"), lambda one: names.get(one.rater, "")),
    ]
