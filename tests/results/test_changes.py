"""What an erratum changed is told by what is printed."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.records.kinds import Audience
from surveys.reporting.edition import edition
from tests.results import samples
from webapp.results.changes import changes


@pytest.fixture
def database() -> str:
    return "sqlite"


def test_only_what_is_printed_otherwise_is_a_change(box: Session) -> None:
    wave = samples.closed_survey(box)
    first = samples.prepared(box, wave)
    second = samples.prepared(box, wave, first, "加权有误")
    old, new = edition(box, first, Audience.OFFICIAL), edition(box, second, Audience.OFFICIAL)
    rate, score = new.one("headline", "awareness_rate"), new.one("headline", "knowledge_score")
    assert rate is not None
    assert score is not None
    assert score.value is not None
    box.expunge_all()  # kept figures are never changed; these are ours
    rate.value, score.value = 0.5, score.value + 1e-9
    found = changes(old, new, "zh")
    assert [(change.indicator, change.where) for change in found] == [("法治宣传教育普及率", "渝北区")]
    assert found[0].after is not None
    assert found[0].after.value == "50.0%"
