"""How the evaluations stand: counts by case and by member, and after the closing who withdrew."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from surveys.cases.declared import panel_groups
from surveys.cases.progress import case_progress, member_progress, party_progress, recusals
from surveys.collection.publish import instrument_of
from surveys.records.kinds import Role
from webapp import auth
from webapp.cases.assess import bp, case_wave, is_closed
from webapp.stores import box_reading, registrar_reading


@bp.get("/progress")
@auth.role(Role.ASSESSOR)
def progress(wave_code: str) -> ResponseReturnValue:
    """No mark, no score: scores reach anybody through the release only."""
    wave = case_wave(wave_code)
    instrument = instrument_of(wave)
    groups = panel_groups(instrument)
    with registrar_reading() as registrar, box_reading() as box:
        members = member_progress(box, registrar, wave.id, groups)
        return render_template(
            "cases/progress.html",
            wave=wave,
            groups=groups,
            cases=case_progress(box, wave.id),
            members=members,
            names={member.rater: member.name for member in members},
            parties=party_progress(box, registrar, wave),
            recusals=recusals(box, wave, instrument) if is_closed(wave) else [],
        )
