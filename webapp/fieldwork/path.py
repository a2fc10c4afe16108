"""The steps of a survey, from design to release, with what stands of each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from surveys.analysis.waves.plan_kept import SHA256
from surveys.collection.progress import shown_by_town
from surveys.collection.publish import instrument_of
from surveys.collection.sealing import CUT_OFFS
from surveys.records.kinds import Channel, WaveState
from surveys.records.waves import Wave
from surveys.reporting.release import releases_of
from surveys.sampling.store import drawn, frame_in_force, margins_of
from webapp.fieldwork.instruments import is_for_residents
from webapp.fieldwork.letters import by_town
from webapp.fieldwork.sample import design_of
from webapp.i18n import text_in

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True)
class Facts:
    """What the two stores know of a wave's way; counts of answers are those that may be shown."""

    frame_psus: int
    frame_dwellings: int
    drawn_psus: int
    is_drawn: bool
    wanted: int
    issued: int
    answered: int
    prepared: int
    released: int
    has_margins: bool


@dataclass(frozen=True)
class Step:
    """One step: "done", "now" or "later", what stands of it, and where to go."""

    title: str
    state: str
    said: str
    address: str
    action: str


def facts_of(box: Session, registrar: Session, wave: Wave) -> Facts:
    """Read both stores once."""
    frame, towns = frame_in_force(registrar, wave.id), by_town(registrar, wave.id)
    releases = releases_of(box, wave)
    channels = (Channel.INVITED, Channel.PANEL, Channel.PARTY)
    return Facts(
        frame_psus=frame.psus if frame else 0,
        frame_dwellings=frame.dwellings if frame else 0,
        drawn_psus=len(design_of(box, wave.id)),
        is_drawn=drawn(registrar, wave.id) is not None,
        wanted=sum(town.wanted for town in towns.values()),
        issued=sum(town.issued for town in towns.values()),
        answered=sum(sum(shown_by_town(box, wave, channel).values()) for channel in channels),
        prepared=len(releases),
        released=sum(release.released_at is not None for release in releases),
        has_margins=bool(margins_of(box, wave.id)),
    )


def path(wave: Wave, facts: Facts) -> list[Step]:
    """All steps in order; the first that is not done is now."""
    wanted = [_design(wave, facts)]
    wanted += _sampling(wave, facts) if is_for_residents(wave) else [_cases(wave)]
    wanted += _collecting(wave, facts) + _publishing(wave, facts)
    steps: list[Step] = []
    for title, is_done, said, endpoint, action in wanted:
        waits = any(step.state == NOW for step in steps)
        under_way = wave.state is WaveState.OPEN and endpoint == "fieldwork.progress"
        state = DONE if is_done else LATER if waits and not under_way else NOW
        address = endpoint if endpoint.startswith("/") else url_for(endpoint, code=wave.code)
        look = gettext("查看") if is_done and steps else action
        steps.append(Step(title, state, said, address, look))
    return steps


Wanted = tuple[str, bool, str, str, str]


def _design(wave: Wave, facts: Facts) -> Wanted:
    instrument = instrument_of(wave)
    said = f"{text_in(instrument.title)} · {instrument.code} {instrument.version}"
    if not is_for_residents(wave):
        return gettext("设计"), True, said, "fieldwork.overview", ""
    if not facts.has_margins:
        said += gettext("。还没有总体边际，分析之前要有。")
    if wave.state is WaveState.PLANNED and SHA256 not in wave.plan:
        said += gettext("。还没有登记分析方案，开放之后就不能登记了。")
    return gettext("设计"), True, said, "fieldwork.margins", gettext("总体边际")


def _cases(wave: Wave) -> Wanted:
    said = gettext("导入案件登记册，抽取案件，邀请评议员和当事人。")
    begun = wave.state is not WaveState.PLANNED
    return gettext("案件与邀请"), begun, said, f"/waves/{wave.code}/cases", gettext("案件评议")


def _sampling(wave: Wave, facts: Facts) -> list[Wanted]:
    listed = gettext("%(psus)s 个网格，%(units)s 户", psus=f"{facts.frame_psus:,}", units=f"{facts.frame_dwellings:,}")
    sample = gettext("%(psus)s 个网格，%(units)s 户", psus=f"{facts.drawn_psus:,}", units=f"{facts.wanted:,}")
    letters = gettext("已打印 %(issued)s / %(wanted)s 封", issued=f"{facts.issued:,}", wanted=f"{facts.wanted:,}")
    is_drawn, all_out = facts.is_drawn and facts.drawn_psus > 0, 0 < facts.wanted <= facts.issued
    return [
        (
            gettext("抽样框"),
            facts.frame_psus > 0,
            listed if facts.frame_psus else gettext("还没有"),
            "fieldwork.frame",
            gettext("导入抽样框"),
        ),
        (
            gettext("抽样"),
            is_drawn,
            sample if facts.is_drawn else gettext("还没有"),
            "fieldwork.draw",
            gettext("抽取样本"),
        ),
        (
            gettext("邀请"),
            all_out or wave.state is WaveState.CLOSED,
            letters if facts.is_drawn else gettext("抽样之后打印"),
            "fieldwork.invitations",
            gettext("打印邀请信"),
        ),
    ]


def _collecting(wave: Wave, facts: Facts) -> list[Wanted]:
    closed = wave.state is WaveState.CLOSED
    said = {
        WaveState.PLANNED: gettext("还没有开放"),
        WaveState.OPEN: gettext("已答 %(count)s 份（满 10 份起显示）", count=f"{facts.answered:,}"),
        WaveState.CLOSED: gettext("共 %(count)s 份", count=f"{facts.answered:,}"),
    }[wave.state]
    planned = wave.state is WaveState.PLANNED
    sealed = gettext("已封存 %(done)s 次，最多 %(most)s 次", done=wave.phase, most=CUT_OFFS)
    collecting = ("fieldwork.phases", gettext("开放答题")) if planned else ("fieldwork.progress", gettext("查看进度"))
    return [
        (gettext("收集"), closed, said, *collecting),
        (
            gettext("封存"),
            closed,
            gettext("全部封存") if closed else sealed,
            "fieldwork.phases",
            gettext("封存与结束"),
        ),
    ]


def _publishing(wave: Wave, facts: Facts) -> list[Wanted]:
    prepared = gettext("已生成 %(count)s 版", count=facts.prepared) if facts.prepared else gettext("收集结束后进行")
    released = gettext("已发布 %(count)s 版", count=facts.released) if facts.released else gettext("核对后发布")
    return [
        (gettext("分析"), facts.prepared > 0, prepared, "fieldwork.analysis", gettext("分析")),
        (gettext("发布"), facts.released > 0, released, "fieldwork.analysis", gettext("核对与发布")),
    ]
