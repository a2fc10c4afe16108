"""Sending a questionnaire: taken once, or shown again with nothing lost."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from surveys.records.responses import Arrival
from tests.collection.samples import answers
from tests.respond.samples import Field, routed_code
from webapp.db import Stores

RECEIPT = re.compile(r'class="receipt">([^<]+)<')


def arrivals(stores: Stores) -> int:
    with stores.box_reading() as box:
        return box.scalar(select(func.count()).select_from(Arrival)) or 0


def receipt_in(page: str) -> str:
    found = RECEIPT.search(page)
    assert found, page
    return found[1]


def test_an_answer_is_thanked_for_with_a_receipt(client: FlaskClient, printed: Field, stores: Stores) -> None:
    page = client.post(f"/s/{printed.codes[0]}", data=answers())
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert re.fullmatch(r"\w{4}-\w{4}-\w{5}", receipt_in(page.text))
    assert f"/answers/{printed.wave}" in page.text
    assert printed.codes[0] not in page.text
    assert "模拟数据" in page.text
    assert arrivals(stores) == 1


def test_sending_again_brings_the_same_receipt_whatever_is_in_it(
    client: FlaskClient, printed: Field, stores: Stores
) -> None:
    first = client.post(f"/s/{printed.codes[0]}", data=answers())
    again = client.post(f"/s/{printed.codes[0]}", data={"age": "nonsense"})
    assert (again.status_code, receipt_in(again.text)) == (200, receipt_in(first.text))
    assert arrivals(stores) == 1


@pytest.mark.parametrize("opened", [False, True], ids=["invited", "open link"])
def test_five_taps_at_once_keep_one_answer_and_thank_five_times(
    app: Flask, printed: Field, stores: Stores, opened: bool
) -> None:
    address = f"/s/{printed.codes[0]}"
    if opened:
        address = app.test_client().get(f"/o/{printed.poster}").headers["Location"]
    with ThreadPoolExecutor(5) as taps:
        pages = list(taps.map(lambda _tap: app.test_client().post(address, data=answers()), range(5)))
    assert [page.status_code for page in pages] == [200] * 5
    assert len({receipt_in(page.text) for page in pages}) == 1
    assert arrivals(stores) == 1


def test_every_fault_is_named_at_once_and_nothing_is_lost(client: FlaskClient, printed: Field, stores: Stores) -> None:
    said = answers(age=[], k=["many"], needs=["labour"], comment=["  希望多办讲座 <b>&</b>"])
    page = client.post(f"/s/{printed.codes[0]}", data=said)
    assert page.status_code == 422
    assert page.headers["Cache-Control"] == "no-store"
    assert "<title>有 2 处需要改：第 1 题、第 29 题" in page.text
    assert re.findall(r'class="way" href="#(q-\w+-1)"', page.text) == ["q-age-1", "q-k-1"]
    assert page.text.count("autofocus") == 1
    assert 'id="q-age-1" autofocus' in page.text
    assert 'aria-describedby="q-age-fault"' in page.text
    assert 'value="many"' in page.text
    assert "  希望多办讲座 &lt;b&gt;&amp;&lt;/b&gt;</textarea>" in page.text
    ticked = re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', page.text)
    assert ("sex", "2") in ticked
    assert len([name for name, value in ticked if name.startswith("k") and value == "a"]) == 20
    assert arrivals(stores) == 0


def test_a_page_with_faults_says_so_in_english_too(client: FlaskClient, printed: Field) -> None:
    page = client.post(f"/s/{printed.codes[0]}?lang=en", data=answers(age=[]))
    assert "This question must be answered." in page.text


def test_changing_the_size_keeps_what_was_chosen(client: FlaskClient, printed: Field, stores: Stores) -> None:
    page = client.post(f"/s/{printed.codes[0]}?size=big", data=answers() | {"redraw": ["1"]})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert 'class="big"' in page.text
    assert re.search(r'name="sex" value="2"[^>]* checked', page.text)
    assert arrivals(stores) == 0


def test_under_fifteen_ends_kindly_and_the_code_still_works(
    client: FlaskClient, printed: Field, stores: Stores
) -> None:
    page = client.post(f"/s/{printed.codes[0]}", data=answers(age=["0"]))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "15 岁和 15 岁以上" in page.text
    assert arrivals(stores) == 0
    assert client.post(f"/s/{printed.codes[0]}", data=answers()).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
    ],
)
def test_a_post_from_another_site_is_refused_with_the_form_kept(
    client: FlaskClient, printed: Field, stores: Stores, headers: dict[str, str]
) -> None:
    page = client.post(f"/s/{printed.codes[0]}", data=answers(comment=["写了很久"]), headers=headers)
    assert page.status_code == 403
    assert page.headers["Cache-Control"] == "no-store"
    assert "来自其他网站" in page.text
    assert "写了很久" in page.text
    assert re.search(r'name="sex" value="2"[^>]* checked', page.text)
    assert arrivals(stores) == 0


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("http://localhost", {}),
        ("https://localhost", {"Origin": "https://localhost"}),
        ("https://localhost", {"Referer": "https://localhost/s/x"}),
        ("http://localhost", {"Sec-Fetch-Site": "same-origin"}),
    ],
)
def test_a_post_of_our_own_is_taken_with_or_without_the_browsers_word(
    client: FlaskClient, printed: Field, address: str, headers: dict[str, str]
) -> None:
    page = client.post(f"/s/{printed.codes[0]}", data=answers(), headers=headers, base_url=address)
    assert page.status_code == 200


def test_when_nothing_can_be_saved_the_page_keeps_the_answers(
    client: FlaskClient, printed: Field, stores: Stores
) -> None:
    @event.listens_for(stores.box, "connect")
    def impatient(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    stores.box.dispose()
    said = answers(comment=["写了很久"])
    with stores.box.begin():  # another writer that does not let go
        page = client.post(f"/s/{printed.codes[0]}", data=said)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "10"
    assert page.headers["Cache-Control"] == "no-store"
    assert "暂时无法保存" in page.text
    assert "写了很久" in page.text
    assert client.post(f"/s/{printed.codes[0]}", data=said).status_code == 200
    assert arrivals(stores) == 1


def test_answers_off_the_path_are_not_asked(client: FlaskClient, stores: Stores) -> None:
    code = routed_code(stores)
    said = {"met_officer": "no", "how_often": "nonsense", "polite": "yes"}
    assert client.post(f"/s/{code}", data=said).status_code == 200
    with stores.box_reading() as box:
        kept = box.scalars(select(Arrival)).one().answers
    assert b"polite" not in kept
    assert b"how_often" not in kept


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "=1+1", "\x00\ud800"]
)
def test_hostile_text_comes_back_as_typed(client: FlaskClient, printed: Field, hostile: str) -> None:
    typed = hostile.encode("utf-8", "replace").decode()
    page = client.post(f"/s/{printed.codes[0]}", data=answers(age=[], comment=[typed], sex=[typed]))
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "49" not in re.sub(r"40–49|45–49", "", page.text)


def test_no_code_and_no_receipt_is_found_in_anything_the_server_wrote(
    client: FlaskClient, printed: Field, tmp_path: Path
) -> None:
    client.get(f"/s/{printed.codes[0]}")
    page = client.post(f"/s/{printed.codes[0]}", data=answers(comment=["标记-4711"]))
    receipt = receipt_in(page.text)
    marks = [printed.codes[0], printed.codes[0].replace("-", ""), receipt, receipt.replace("-", "")]
    written = b"".join(path.read_bytes() for path in (tmp_path / "var").rglob("*") if path.is_file())
    assert b"/s/<code>" in written  # the log is there, and it names templates only
    assert [mark for mark in marks if mark.encode() in written] == []
