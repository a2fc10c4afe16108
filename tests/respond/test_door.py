"""Typing the code of the letter."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.respond.samples import Field


def test_the_first_page_asks_for_the_code_and_sets_no_cookie(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert 'name="code"' in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda code: code, id="as printed"),
        pytest.param(lambda code: code.lower(), id="small letters"),
        pytest.param(lambda code: code.replace("-", " "), id="spaces"),
        pytest.param(lambda code: code.replace("-", "").replace("0", "o").replace("1", "l"), id="look-alikes"),
    ],
)
def test_a_code_typed_somehow_leads_to_its_questionnaire(client: FlaskClient, printed: Field, typed: object) -> None:
    assert callable(typed)
    onward = client.post("/", data={"code": typed(printed.codes[0])})
    assert (onward.status_code, onward.headers["Location"]) == (303, f"/s/{printed.codes[0]}")
    assert onward.headers["Cache-Control"] == "no-store"


def test_language_and_size_go_along(client: FlaskClient, printed: Field) -> None:
    onward = client.post("/?lang=en&size=big", data={"code": printed.codes[0]})
    assert onward.headers["Location"] == f"/s/{printed.codes[0]}?lang=en&size=big"


def test_a_wrong_check_character_is_said_and_what_was_typed_stays(client: FlaskClient, printed: Field) -> None:
    code = printed.codes[0]
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    page = client.post("/", data={"code": wrong})
    assert page.status_code == 422
    assert "这串代码有一位不对" in page.text
    assert f'value="{wrong}"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "autofocus" in page.text


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "中文代码中文代码中文代码中文代码中", "<script>alert(1)</script>", "A" * 5000]
)
def test_anything_else_is_told_what_is_wrong_with_it(client: FlaskClient, typed: str) -> None:
    page = client.post("/", data={"code": typed})
    assert page.status_code == 422
    assert 'class="fault"' in page.text
    assert "<script>alert" not in page.text
