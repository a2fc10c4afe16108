"""Every small table of the assessor's pages is sorted by its own links and comes as a file that says what it is."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.records.waves import Wave
from tests.fieldwork.samples import CODE, TOWN, frame_csv, send
from tests.fieldwork.test_way import drawn_wave
from webapp.db import Stores
from webapp.tables import Column, small_table, still_table

Row = dict[str, int]
N: list[Column[Row]] = [Column("n", "数", lambda row: row["n"], True)]
ROWS: list[Row] = [{"n": 2000}, {"n": 1}]
TABLES = [("", "waves"), (f"{CODE}/frame", "towns"), (f"{CODE}/draw", "strata"), (f"{CODE}/invitations", "letters")]


@pytest.fixture
def drawn(app: Flask, stores: Stores) -> Wave:
    """A wave with a frame, a sample and no letters."""
    return drawn_wave(stores)


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_a_table_links_to_its_file_and_the_file_has_its_rows(
    client: FlaskClient, drawn: Wave, page: str, name: str
) -> None:
    shown = client.get(f"/waves/{page}").get_data(as_text=True)
    assert f'href="/waves/{page}?csv={name}' in shown
    answer = client.get(f"/waves/{page}?csv={name}")
    heads, *rows = lines_of(answer.data)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows
    assert name == "waves" or (heads[-1], {row[-1] for row in rows}) == ("模拟数据", {"模拟数据"})


@pytest.mark.parametrize(("page", "column"), [(f"{CODE}/frame", "towns.town"), (f"{CODE}/draw", "strata.psus")])
def test_a_link_sorts_its_own_table(client: FlaskClient, drawn: Wave, page: str, column: str) -> None:
    shown = client.get(f"/waves/{page}?sort=-{column}").get_data(as_text=True)
    assert shown.count('aria-sort="descending"') == 1
    assert f'href="/waves/{page}?sort={column}#' in shown


def test_links_carry_the_name_of_their_table(app: Flask) -> None:
    with app.test_request_context("/waves/?sort=mine.n"):
        mine, other = (small_table(name, ROWS, N, "fieldwork.waves") for name in ("mine", "other"))
    assert [row["n"] for row in mine.rows] == [1, 2000]
    assert [row["n"] for row in other.rows] == [2000, 1]
    assert (mine.heads[0].address, mine.heads[0].direction) == ("/waves/?sort=-mine.n#mine", "ascending")
    assert mine.columns[0].on_page(ROWS[0]) == "2,000"


def test_what_was_just_handed_in_has_no_link_that_loses_it(client: FlaskClient, planned: object) -> None:
    assert still_table(ROWS, N).heads[0].address == ""
    shown = send(
        client, f"/waves/{CODE}/frame", file=(frame_csv(f"{TOWN},一社区,B-1,一组,网格,120"), "f.csv")
    ).get_data(as_text=True)
    assert "新文件：网格" in shown
    assert re.search(r"[?&](sort|csv)=", shown) is None


def test_the_file_of_a_wave_without_a_frame_is_its_headings(client: FlaskClient, planned: object) -> None:
    rows = lines_of(client.get(f"/waves/{CODE}/frame?csv=towns").data)[1:]
    assert {tuple(row[2:4]) for row in rows} <= {("0", "0")}
