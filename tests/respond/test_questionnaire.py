"""The page with all the questions."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys.records.passes import Slot
from tests.respond.samples import Field, routed_code
from webapp.db import Stores

STATIC = Path(__file__).parents[2] / "webapp/static"


def test_two_people_get_the_same_bytes_and_no_code_in_them(client: FlaskClient, printed: Field) -> None:
    one, other = (client.get(f"/s/{code}") for code in printed.codes[:2])
    assert one.data == other.data
    assert one.headers["ETag"] == other.headers["ETag"]
    assert not any(code in one.text for code in printed.codes)
    assert one.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in one.headers


def test_booklets_differ_in_the_order_of_items_only(client: FlaskClient, printed: Field, stores: Stores) -> None:
    with stores.box_transaction() as box:
        first = box.scalars(select(Slot.id).where(Slot.form == "resident")).all()[0]
        box.execute(update(Slot).where(Slot.id == first).values(booklet=3))
    pages = {client.get(f"/s/{code}").text for code in printed.codes}
    orders = [re.findall(r'<fieldset id="q-(\w+)"', page) for page in pages]
    assert len(orders) == 2
    assert sorted(orders[0]) == sorted(orders[1])


def test_a_phone_that_has_the_page_is_not_sent_it_again(client: FlaskClient, printed: Field) -> None:
    tag = client.get(f"/s/{printed.codes[0]}").headers["ETag"]
    again = client.get(f"/s/{printed.codes[1]}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_first_screen_says_who_asks_why_and_with_whose_approval(client: FlaskClient, printed: Field) -> None:
    page = client.get(f"/s/{printed.codes[0]}").text
    said = [
        "民评调查中心",
        "渝北区司法局",
        "渝北区统计局",
        "模拟〔2021〕1号",
        "下一个过生日",
        "4 分钟",
        "023-0000-0000",
    ]
    assert [words for words in said if words not in page] == []
    assert "模拟数据" in page
    assert f'href="/about/{printed.wave}"' in page
    assert "第 1 题／共 32 题" in page


@pytest.mark.parametrize("look", ["", "?size=big", "?lang=en", "?lang=en&size=big"])
def test_the_first_page_is_light(client: FlaskClient, printed: Field, look: str) -> None:
    page = client.get(f"/s/{printed.codes[0]}{look}").text
    parts = [page.encode(), *(path.read_bytes() for path in (STATIC / "resident.css", STATIC / "resident.js"))]
    assert sum(len(gzip.compress(part)) for part in parts) < 30_000
    assert len(re.findall(r'(?:src|href)="(?:/static|http)', page)) == 2  # one style sheet, one script


def test_style_and_script_are_small_and_old_enough() -> None:
    style, script = (STATIC / "resident.css").read_text(), (STATIC / "resident.js").read_text()
    assert len(style) < 10_000
    assert len(script) < 5_000
    assert [modern for modern in ("=>", "let ", "const ", "`", "class ", "fetch(", "async ") if modern in script] == []
    assert [modern for modern in ("grid", "var(", ":has", "@import", "url(", "flex") if modern in style] == []


def test_language_and_size_stand_in_the_page(client: FlaskClient, printed: Field) -> None:
    page = client.get(f"/s/{printed.codes[0]}?lang=en&size=big").text
    assert '<html lang="en" class="big">' in page
    assert "How old are you?" in page
    assert 'href="?lang=en"' in page
    assert 'href="?size=big"' in page


def test_without_script_a_question_says_whom_it_is_for(client: FlaskClient, stores: Stores) -> None:
    page = client.get(f"/s/{routed_code(stores)}").text
    assert (
        page.count("如果第 1 题选了“见过”，请回答。否则请跳过。") == 2
    )  # at one question, and once for a whole section
    assert 'data-route="met_officer" data-any="yes"' in page


def test_every_question_is_a_fieldset_with_a_legend(client: FlaskClient, printed: Field) -> None:
    page = client.get(f"/s/{printed.codes[0]}").text
    assert page.count("<fieldset") == page.count("<legend") == 32
