"""Waves that are open today, with people to answer them, for tests of the residents' pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.entry import new_poster
from surveys.collection.publish import publish
from surveys.collection.waves import new_wave, open_wave
from surveys.records.evaluations import DrawnCase
from surveys.records.kinds import Channel, PassKind
from surveys.records.passes import Slot
from surveys.records.waves import Wave
from tests.collection.samples import pass_of, passes, running_wave, wave_plan
from webapp.db import Stores

ROUTED = """
code = "routed"
version = "2026.1"
title = { zh = "有跳题的问卷", en = "A routed questionnaire" }
booklets = 1

[words]
dont_know = { zh = "不知道", en = "Don't know" }
refused = { zh = "不想回答", en = "I prefer not to answer" }
cannot_judge = { zh = "无法评判", en = "I cannot judge" }

[[form]]
code = "resident"
title = { zh = "居民", en = "Residents" }

[[section]]
code = "all"
title = { zh = "全部", en = "All" }

[[section]]
code = "met"
title = { zh = "见过的人", en = "Those who met one" }
show_if = { question = "met_officer", any = ["yes"] }

[[question]]
code = "met_officer"
section = "all"
kind = "single"
required = true
text = { zh = "您见过执法人员吗？", en = "Have you met an officer?" }
choices = [ { code = "yes", zh = "见过", en = "Yes" }, { code = "no", zh = "没有", en = "No" } ]

[[question]]
code = "how_often"
section = "all"
kind = "number"
minimum = 1
maximum = 99
dont_know = true
text = { zh = "见过几次？", en = "How often?" }
show_if = { question = "met_officer", any = ["yes"] }

[[question]]
code = "polite"
section = "met"
kind = "single"
text = { zh = "他们客气吗？", en = "Were they polite?" }
choices = [ { code = "yes", zh = "客气", en = "Yes" }, { code = "no", zh = "不客气", en = "No" } ]

[[question]]
code = "wish"
section = "met"
kind = "text"
max_length = 20
text = { zh = "您有什么希望？", en = "What do you wish?" }

[[indicator]]
code = "polite_share"
version = 1
kind = "choice_share"
question = "polite"
title = { zh = "客气", en = "Polite" }
definition = { zh = "分子：答客气的人。分母：答了的人。", en = "Numerator: polite. Denominator: answered." }
"""


@dataclass(frozen=True)
class Field:
    """An open wave and what was printed for it."""

    wave: str
    codes: list[str]
    poster: str
    evaluation: str
    evaluator: str
    cases: list[str]


def today(**changes: Any) -> dict[str, Any]:
    """A plan's days around today."""
    now = datetime.now(UTC)
    days = {"opens_at": now - timedelta(days=2), "closes_at": now + timedelta(days=20)}
    return days | {"approval_expires": date.today() + timedelta(days=60)} | changes


def field(stores: Stores, **changes: Any) -> Field:
    """An awareness wave with three letters and a poster, and an evaluation wave with one panel member and two cases."""
    with stores.box_transaction() as box:
        wave = running_wave(box, **today(**(NAMES | changes)))
        letters = [codes[0] for codes in passes(box, wave, 3)]
        poster = new_poster(box, wave, "社区服务站")
        evaluated = running_wave(box, **today(**(NAMES | EVALUATION | changes)))
        evaluator = evaluator_of(box, evaluated, ["C-001", "C-002"])
        return Field(
            wave.code,
            [code.printed for code in letters],
            poster.code,
            evaluated.code,
            evaluator.printed,
            ["C-001", "C-002"],
        )


NAMES: dict[str, Any] = {
    "title": {"zh": "渝北区居民法治知识与普法满意度调查", "en": "Yubei District survey of residents' legal awareness"},
    "commissioner_name": {"zh": "渝北区司法局", "en": "Justice Bureau of Yubei District"},
    "assessor_name": {"zh": "民评调查中心", "en": "Minping Survey Centre"},
    "approval_body": "渝北区统计局",
    "approval_number": "模拟〔2021〕1号",
    "contact": "民评调查中心 023-0000-0000（模拟）",
}
EVALUATION: dict[str, Any] = {
    "code": "yubei-cases-2021",
    "title": {"zh": "渝北区行政执法社会评议", "en": "Yubei District social evaluation of enforcement"},
    "instrument_code": "enforcement-evaluation",
}


def evaluator_of(box: Session, wave: Wave, cases: list[str], channel: Channel = Channel.PANEL) -> AccessCode:
    """One evaluator's code for some cases of a synthetic register of 400."""
    code = AccessCode.random()
    for place, case in enumerate(cases):
        if box.get(DrawnCase, (wave.id, case)) is None:
            about = {
                "body": "渝北区城市管理局（模拟）",
                "kind": "占道经营行政处罚",
                "closed_on": date(2021, 5, 3 + place),
            }
            box.add(DrawnCase(wave_id=wave.id, code=case, position=place, register_size=400, **about))
        form = channel.value
        slot = Slot(id=uuid4(), wave_id=wave.id, channel=channel, form=form, subject=case, rater="r1")
        box.add(slot)
        box.flush()
        box.add(pass_of(code, slot, PassKind.INVITATION))
    box.flush()
    return code


def routed_code(stores: Stores) -> str:
    """The code of a letter for the questionnaire with routing."""
    now = datetime.now(UTC)
    plan = wave_plan(code="routed-2026", instrument_code="routed", instrument_version="2026.1", **today())
    with stores.box_transaction() as box:
        publish(box, ROUTED, now)
        wave = new_wave(box, plan, now)
        open_wave(box, wave, now)
        return passes(box, wave, 1)[0][0].printed
