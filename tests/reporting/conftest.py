"""A release to render: a survey by hand with a case evaluation beside it, whose bodies have hostile names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from surveys.records.kinds import Audience
from surveys.reporting.edition import Edition, edition
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.release import release
from tests.reporting.made import FIELDWORK, HOSTILE, PSUS, answers, cases, evaluated, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def read(box: Session) -> Edition:
    """A survey's release with a case evaluation beside it, whose bodies have hostile names."""
    of_cases = cases(box, HOSTILE)
    for number in range(1, len(HOSTILE) + 1):
        for rater in ("deputies-01", "lawyers-01", "residents-01"):
            evaluated(box, of_cases, f"c{number}", rater, 60.0 + 5 * number)
    release(box, prepare_figures(box, of_cases, None, NOW), "Li", NOW)
    wave = survey(box, PSUS, answers())
    return edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)
