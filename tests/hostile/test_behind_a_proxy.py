"""Over HTTPS, which our own proxy ends: the browser's Origin is https, the request that reaches us is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.collection.samples import answers
from tests.respond.samples import Field, field
from tests.webapp.conftest import settings_for
from webapp import create_app
from webapp.db import Stores

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SITE = "https://survey.example.org"
FORWARDED = {"Host": "survey.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.77"}


@pytest.fixture
def phone(stores: Stores, tmp_path: Path) -> FlaskClient:
    """A phone that reaches an installation behind one proxy."""
    return create_app(settings_for(tmp_path, public_url=SITE, proxies=1), stores, immediate=True).test_client()


@pytest.fixture
def printed(stores: Stores) -> Field:
    """Letters of an open wave."""
    return field(stores)


@pytest.mark.parametrize(
    "said", [{}, {"Origin": SITE}, {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, {"Referer": f"{SITE}/s/x"}]
)
def test_our_own_form_passes_over_https(phone: FlaskClient, printed: Field, said: dict[str, str]) -> None:
    answer = phone.post(f"/s/{printed.codes[0]}", data=answers(), headers=FORWARDED | said)
    assert answer.status_code == 200
    assert "receipt" in answer.get_data(as_text=True)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_another_site_is_refused_over_https_with_the_filled_form(phone: FlaskClient, printed: Field) -> None:
    foreign = {"Origin": "https://survey.example.org.evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = phone.post(f"/s/{printed.codes[0]}", data=answers(comment=["别丢了"]), headers=FORWARDED | foreign)
    assert answer.status_code == 403
    assert "别丢了" in answer.get_data(as_text=True)


def test_a_host_name_that_is_not_ours_is_not_served(phone: FlaskClient, printed: Field) -> None:
    answer = phone.get(f"/s/{printed.codes[0]}", headers=FORWARDED | {"Host": "evil.example"})
    assert answer.status_code == 400
