"""A released survey with its case evaluation, made by hand, for the pages that show it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from benchmarks.invented import keep_towns
from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.records.kinds import Audience, Channel
from surveys.records.releases import Release, Rendition
from surveys.records.waves import Wave
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.release import release
from tests.reporting.made import Said, cases, confirmed, evaluated, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
TOWNS = ("500112002", "500112004", "500112129")
HERE, THERE = TOWNS[0], TOWNS[1]
SPARSE = "500112131"  # a town with three answers
HOSTILE = '<script>alert(1)</script>"城管" & =1+1'
BODY = "模拟·城市管理执法1队"
FILES = {
    "word": ("渝北区报告.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "excel": ("渝北区报告.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("渝北区报告.csv", "text/csv"),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="40"><text x="4" y="20">78</text></svg>'


def answers() -> list[Said]:
    """Three towns of eight PSUs with ten people each, three people in a fourth town, some volunteers."""
    psus = [f"{town}/{number}" for town in TOWNS for number in range(1, 9)]
    people = [_said(psu, place, person) for place, psu in enumerate(psus) for person in range(10)]
    people += [_said(f"{SPARSE}/{number}", number, number) for number in range(1, 4)]
    return people + [_said(f"{HERE}/0", 0, person, Channel.OPEN) for person in range(12)]


def _said(psu: str, place: int, person: int, channel: Channel = Channel.INVITED) -> Said:
    aware = float((place + person) % 4 > 0)
    scores = {"awareness_rate": aware, "awareness_rate_refused_out": aware, "knowledge_score": 55.0 + 4 * person}
    marks = {"k01": "1d0r"[person % 4], "k02": "11d0"[(person + place) % 4]}
    marks |= {"sat_publicity": "12345dr2"[(person + place) % 8], "sat_enforcement": "1223"[person % 4]}
    marks |= {"channels.tv": "10"[person % 2], "channels.phone": "01"[person % 2]}
    cell = f"age={1 + person % 7};edu={1 + person % 4};k={1 + person % 3};sex={1 + person % 2}"
    return Said(psu, scores | {"reach": 1.0, "induced": float(person == 9)}, marks, cell, 1.0, channel)


def closed_survey(box: Session) -> Wave:
    """The closed wave; its four towns are Yubei's own."""
    keep_towns(box)
    psus = [f"{town}/{number}" for town in TOWNS for number in range(1, 9)]
    return survey(box, [*psus, *(f"{SPARSE}/{number}" for number in range(1, 4))], answers())


def prepared(box: Session, wave: Wave, corrects: Release | None = None, reason: str = "") -> Release:
    """A release of the wave with small stand-ins for its files."""
    made = prepare_figures(box, wave, FieldworkCounts(500, 40), NOW, corrects=corrects, reason=reason)
    for form, (filename, media_type) in FILES.items():
        box.add(_file(made, form, filename, media_type, f"{form} {made.number}".encode()))
    for form in ("chart-towns-wide", "chart-towns-narrow", "chart-items-wide", "chart-items-narrow"):
        box.add(_file(made, form, f"{form}.svg", "image/svg+xml", SVG))
    box.flush()
    return made


def _file(made: Release, form: str, filename: str, media_type: str, content: bytes) -> Rendition:
    sha256 = hashlib.sha256(content).hexdigest()
    return Rendition(
        release_id=made.id,
        audience=Audience.OFFICIAL,
        format=form,
        filename=filename,
        media_type=media_type,
        content=content,
        sha256=sha256,
    )


def released_cases(box: Session) -> Wave:
    """A released evaluation of 36 cases: most of one body, two of a body with a hostile name, one veto, 12 parties."""
    wave = cases(box, [BODY] * 34 + [HOSTILE] * 2)
    for place in range(1, 37):
        for group in ("deputies", "supervisors", "lawyers", "residents"):
            evaluated(box, wave, f"c{place}", f"{group}-01", 65.0 + place % 30)
        if place % 3 == 0:
            evaluated(box, wave, f"c{place}", "", 70.0 + place)
    confirmed(box, wave, "c1", "veto_procedure", "1", "2")
    release(box, prepare_figures(box, wave, None, NOW), "评估人员", NOW)
    return wave


def whole(box: Session) -> Wave:
    """The survey, released once, with the case evaluation beside it."""
    released_cases(box)
    wave = closed_survey(box)
    release(box, prepared(box, wave), "评估人员", NOW)
    return wave
