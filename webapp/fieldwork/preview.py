"""A prepared release as the assessor checks it before letting it out: headline figures, and what was withheld why."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.errors import NotFound
from surveys.records.kinds import Audience
from surveys.records.releases import Figure, Release
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition, edition
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.sentences import headline
from surveys.reporting.uncalibrated import uncalibrated_sentence
from surveys.reporting.words import flag_text, reason_text
from webapp.i18n import language

FIRST_PARTS = ("headline", "cases", "satisfaction", "fieldwork", "volunteers")
DISTRICT = "district"


@dataclass(frozen=True)
class Line:
    """One figure in words: a value with its interval, or the reason why there is none."""

    title: str
    where: str
    value: str
    interval: str
    n: str
    n_eff: str
    note: str


@dataclass(frozen=True)
class Preview:
    """A release for one audience: its sentence, its first figures, and every withheld one.

    `caution`: that and why the weights do not meet the population totals; "" where they do.
    """

    release: Release
    sentence: str
    caution: str
    first: list[Line]
    withheld: list[Line]
    shown: int


def release_numbered(box: Session, wave: Wave, number: int) -> Release:
    """One release of a wave, prepared or out; raises NotFound."""
    found = box.scalar(select(Release).where(Release.wave_id == wave.id, Release.number == number))
    if found is None:
        raise NotFound("release.unknown", wave=wave.code, number=number)
    return found


def preview(box: Session, release: Release, audience: Audience) -> Preview:
    """The release as `audience` would read it."""
    read = edition(box, release, audience)
    first = [figure for figure in read.figures if figure.part in FIRST_PARTS and figure.domain == DISTRICT]
    withheld = [figure for figure in read.figures if figure.value is None]
    return Preview(
        release,
        headline(read, language()),
        uncalibrated_sentence(read, language()),
        [_line(read, figure) for figure in first if not figure.item or figure.part == "satisfaction"],
        [_line(read, figure) for figure in withheld],
        sum(figure.value is not None for figure in read.figures),
    )


def _line(read: Edition, figure: Figure) -> Line:
    lang, numbers = language(), rounded(figure)
    volunteers = gettext("公开链接") if figure.part == "volunteers" else ""
    reason = reason_text(figure.reason, figure.reason_values, lang) if figure.reason else ""
    return Line(
        read.title_of(figure.indicator, lang),
        " · ".join(dict.fromkeys(filter(None, (volunteers, read.where(figure, lang), read.item(figure, lang))))),
        value_text(figure),
        interval_text(figure),
        number_text(numbers.n),
        number_text(numbers.n_eff),
        reason or (flag_text(figure.flag, lang) if figure.flag else ""),
    )
