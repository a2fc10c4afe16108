"""The case pages' tables are sorted by their links and come as files; a case evaluation has one progress page."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from surveys.records.waves import Wave
from surveys.simulation.cases import case_register, register_csv
from tests.cases.samples import SEED
from tests.webapp_cases.conftest import post
from tests.webapp_cases.test_pages import at, hidden, text_of, upload


@pytest.fixture
def drawn(client: FlaskClient, wave: Wave) -> Wave:
    """Four cases drawn, two members invited, a letter for each party."""
    checked = upload(client, wave, register_csv(case_register("t", 2021, 60)))
    form = {"parcel": hidden(text_of(checked), "parcel"), "filename": "模拟登记册.csv"}
    post(client, at(wave, "register/take"), **form)
    post(client, at(wave, "draw"), seed=SEED, n="4")
    post(client, at(wave, "panel"), list="张三，律师\n李四，居民代表")
    post(client, at(wave, "parties"), case="", letters="1", made="0")
    return wave


@pytest.mark.parametrize(
    ("page", "name", "rows"), [("progress", "cases", 4), ("progress", "members", 2), ("parties", "letters", 4)]
)
def test_a_table_links_to_its_file(client: FlaskClient, drawn: Wave, page: str, name: str, rows: int) -> None:
    assert f'href="{at(drawn, page)}?csv={name}' in text_of(client.get(at(drawn, page)))
    heads, *lines = csv.reader(io.StringIO(client.get(f"{at(drawn, page)}?csv={name}").data.decode("utf-8-sig")))
    assert len(lines) == rows
    assert (heads[-1], {line[-1] for line in lines}) == ("模拟数据", {"模拟数据"})


def test_the_drawn_cases_are_sorted_by_a_link(client: FlaskClient, drawn: Wave) -> None:
    codes = [text_of(client.get(at(drawn, f"draw?sort={sort}"))).split("SIM")[1] for sort in ("case", "-case")]
    assert codes[0] < codes[1]


def test_the_general_progress_page_leads_to_that_of_the_cases(client: FlaskClient, drawn: Wave) -> None:
    answer = client.get(f"/waves/{drawn.code}/progress")
    assert (answer.status_code, answer.headers["Location"]) == (303, at(drawn, "progress"))
