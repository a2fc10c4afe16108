"""Planned comparisons on the report page, and towns sorted by band and name, never by value."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.records.waves import Wave
from surveys.reporting.release import release
from tests.reporting.test_comparisons import PLAN, release_of
from tests.results.conftest import Keeping, SignedIn
from tests.results.reading import FiguresOn

TOWN = re.compile(r'data-part="towns" data-indicator="awareness_rate" data-item="" data-domain="town" data-code="(\w)"')


def compared(box: Session) -> Wave:
    """A released survey of towns a and d, b (low) and c (high)."""
    read = release_of(box, PLAN)
    release(box, read.release, "评估人员", datetime(2021, 12, 21, tzinfo=UTC))
    return read.wave


@pytest.fixture
def official(signed_in: SignedIn, keep: Keeping) -> FlaskClient:
    keep(compared)
    return signed_in("official")


def page(client: FlaskClient, asked: str = "") -> str:
    return client.get(f"/results/made/1/{asked}").get_data(as_text=True)


def test_the_section_says_and_prints_what_was_compared(official: FlaskClient) -> None:
    shown = page(official)
    assert "各镇街与全区其余地方相比：c较高，b较低，其余 2 项看不出差别" in shown
    town = FiguresOn(shown).figures["comparisons", "awareness_rate", "", "town", "b"]
    assert (town["p_adjusted"], town["verdict"], town["places"]) == (["<0.001"], ["较低"], ["4–4"])
    assert "男 − 女" in shown


def test_towns_stand_in_register_order_until_they_are_asked_for_by_band(official: FlaskClient) -> None:
    assert TOWN.findall(page(official)) == ["a", "b", "c", "d"]
    by_band = page(official, "?sort=band")
    assert TOWN.findall(by_band) == ["c", "a", "d", "b"]
    heads = re.findall(r'<th scope="rowgroup"[^>]*>([^<]+)</th>', by_band)
    assert heads[:3] == ["高于全区其余地方", "与全区其余地方看不出差别", "低于全区其余地方"]
    assert "档内按名称排列，不分先后（模拟数据）" in by_band


def test_no_other_order_can_be_asked_for(official: FlaskClient) -> None:
    plain = page(official)
    assert set(re.findall(r"sort=(\w+)", plain)) == {"band"}
    assert TOWN.findall(page(official, "?sort=value")) == TOWN.findall(plain)


def test_the_page_prints_the_plan_with_its_hash(official: FlaskClient) -> None:
    shown = page(official)
    assert re.search(r"SHA-256 <span class=\"code\">[0-9a-f]{64}</span>", shown)
    assert "[[comparison]]" in shown
    assert "开放之前（2021-09-30）登记" in shown
