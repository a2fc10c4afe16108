"""The demonstration's waves as planned: one dated 2021, a small one with the hard cases, cases, and one open now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from surveys.collection.plan import WavePlan
from webapp.demonstration.cast import ASSESSOR, COMMISSIONER

AWARENESS, EVALUATION = "legal-awareness", "enforcement-evaluation"
EXPECTED: dict[str, object] = {"expected_response": 0.5}


def survey_plan(version: str, key: bytes) -> WavePlan:
    """The wave of 2021, with the design that measurement asks for."""
    return _plan(
        "yubei-2021",
        {"zh": "渝北区2021年法治宣传教育测评", "en": "Yubei legal-awareness assessment 2021"},
        (AWARENESS, version),
        datetime(2021, 9, 1, tzinfo=UTC),
        datetime(2021, 11, 30, 15, 59, tzinfo=UTC),
        key,
    )


def hard_plan(version: str, key: bytes) -> WavePlan:
    """The small wave in which estimation meets silence, loneliness, none and all."""
    return _plan(
        "yubei-2021-small",
        {"zh": "渝北区2021年小样本测评", "en": "Yubei small assessment 2021"},
        (AWARENESS, version),
        datetime(2021, 9, 1, tzinfo=UTC),
        datetime(2021, 11, 30, 15, 59, tzinfo=UTC),
        key,
        plan={"lonely": "collapse"},
    )


def case_plan(version: str) -> WavePlan:
    """The evaluation of 33 cases of 2021."""
    return _plan(
        "yubei-2021-cases",
        {"zh": "渝北区2021年行政执法社会评议", "en": "Yubei social evaluation of enforcement 2021"},
        (EVALUATION, version),
        datetime(2021, 10, 1, tzinfo=UTC),
        datetime(2021, 12, 15, 15, 59, tzinfo=UTC),
        b"",
        approval_expires=date(2021, 12, 31),
    )


def live_plan(version: str, key: bytes, now: datetime) -> WavePlan:
    """A wave that is open now, so that anybody may answer."""
    closes = now + timedelta(days=365)
    return _plan(
        "demo-live",
        {"zh": "渝北区法治宣传教育测评（试答）", "en": "Yubei legal-awareness assessment (try it)"},
        (AWARENESS, version),
        now - timedelta(days=1),
        closes,
        key,
        approval_expires=(closes + timedelta(days=31)).date(),
    )


def _plan(
    code: str,
    title: dict[str, str],
    instrument: tuple[str, str],
    opens_at: datetime,
    closes_at: datetime,
    key: bytes,
    approval_expires: date = date(2021, 12, 31),
    plan: dict[str, object] | None = None,
) -> WavePlan:
    return WavePlan(
        code=code,
        title=title,
        instrument_code=instrument[0],
        instrument_version=instrument[1],
        area_scheme="stats",
        area_code="500112",
        area_name={"zh": "渝北区", "en": "Yubei District"},
        commissioner=COMMISSIONER[0],
        commissioner_name={"zh": COMMISSIONER[1], "en": COMMISSIONER[2]},
        assessor=ASSESSOR[0],
        assessor_name={"zh": ASSESSOR[1], "en": ASSESSOR[2]},
        opens_at=opens_at,
        closes_at=closes_at,
        approval_body="渝北区统计局（模拟）",
        approval_number="渝统审〔2021〕00号（模拟）",
        approval_expires=approval_expires,
        contact="023-0000 0000（模拟）",
        synthetic=True,
        assessor_key=key,
        plan=EXPECTED | (plan or {}),
    )
