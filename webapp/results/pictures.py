"""Charts of a release as pictures: a wide and a narrow drawing, and what they say in words."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, value_text
from webapp.results.lines import Table

PREFIX = "chart"
SVG = "image/svg+xml"
WIDTHS = ("wide", "narrow")


@dataclass(frozen=True)
class Picture:
    """Addresses of one chart's drawings."""

    wide: str
    narrow: str


def pictures(edition: Edition, forms: Iterable[str], language: str) -> dict[str, Picture]:
    """By chart name the addresses of its drawings in a language, Chinese where there is no other."""
    kept = set(forms)
    names = dict.fromkeys(form.split("-")[1] for form in kept if form.startswith(f"{PREFIX}-"))
    drawn = {name: [_drawn(kept, f"{PREFIX}-{name}-{width}", language) for width in WIDTHS] for name in names}
    return {
        name: Picture(_address(edition, wide), _address(edition, narrow))
        for name, (wide, narrow) in drawn.items()
        if wide and narrow
    }


def _drawn(kept: Container[str], form: str, language: str) -> str:
    return next((known for known in (f"{form}-{language}", form) if known in kept), "")


def _address(edition: Edition, form: str) -> str:
    return url_for("results.chart", wave_code=edition.wave.code, number=edition.release.number, form=form)


def towns_in_words(edition: Edition, table: Table, language: str) -> str:
    """The towns' chart for who does not see it: the district, and how many towns have an estimate."""
    district = edition.headline
    shown = sum(bool(line.value) for line in table.lines)
    words = gettext(
        "图：各镇街%(title)s%(mark)s及 95%% 置信区间，按登记顺序，不分名次；全区 %(value)s（%(interval)s）；"
        "%(shown)s 个镇街有估计值，%(hidden)s 个没有，原因和全部数字见下表。",
        title=table.title,
        mark=edition.mark(language),
        value=value_text(district) if district else "",
        interval=interval_text(district) if district else "",
        shown=shown,
        hidden=len(table.lines) - shown,
    )
    return str(words)


def items_in_words(edition: Edition, table: Table, language: str) -> str:
    """The items' chart: between which items the shares right lie."""
    known = [line for line in table.lines if line.figure.value is not None]
    named = {"title": table.title, "mark": edition.mark(language)}
    if not known:
        return str(gettext("图：%(title)s%(mark)s；没有可估计的题目。", **named))
    low = min(known, key=lambda line: line.figure.value or 0.0)
    high = max(known, key=lambda line: line.figure.value or 0.0)
    words = gettext(
        "图：%(title)s%(mark)s及 95%% 置信区间，按主题排列；%(count)s 题，最低 %(low)s（%(lowest)s），"
        "最高 %(high)s（%(highest)s）；全部数字见下表。",
        count=len(known),
        low=low.value,
        lowest=low.name,
        high=high.value,
        highest=high.name,
        **named,
    )
    return str(words)
