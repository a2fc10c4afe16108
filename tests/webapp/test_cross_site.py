"""Which posts of an anonymous form come from another site."""

from __future__ import annotations

import pytest
from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from webapp.cross_site import refuse_cross_site

OURS = "https://survey.example.org"


def refused(**headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refuse_cross_site(
        Request(EnvironBuilder(method="POST", base_url=OURS, headers=Headers(named)).get_environ())
    )


def test_an_old_phone_that_says_nothing_is_taken() -> None:
    assert not refused()


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_the_browser_calls_our_own_is_taken(site: str) -> None:
    assert not refused(Sec_Fetch_Site=site, Origin=OURS)


def test_what_the_browser_calls_cross_site_is_refused_whatever_else_it_says() -> None:
    assert refused(Sec_Fetch_Site="cross-site", Origin=OURS, Referer=OURS + "/s/x")


def test_another_host_of_our_domain_is_compared_by_origin() -> None:
    assert refused(Sec_Fetch_Site="same-site", Origin="https://other.example.org")
    assert not refused(Sec_Fetch_Site="same-site", Origin=OURS)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://survey.example.org.evil.example", "http://["]
)
def test_a_foreign_or_nameless_origin_is_refused(origin: str) -> None:
    assert refused(Origin=origin)


@pytest.mark.parametrize("origin", [OURS, "HTTPS://Survey.Example.org", OURS + ":443", "http://survey.example.org"])
def test_our_own_origin_is_taken(origin: str) -> None:
    assert not refused(Origin=origin)


def test_without_an_origin_the_referrer_speaks() -> None:
    assert refused(Referer="https://evil.example/survey.example.org")
    assert not refused(Referer=OURS + "/s/ABCD")


def test_the_origin_speaks_before_the_referrer() -> None:
    assert refused(Origin="https://evil.example", Referer=OURS)
