"""Margins are taken whole, with source and date, and only when they describe the same people."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from surveys.errors import FileRefused
from surveys.sampling.store import margins_of
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, send
from webapp.db import Stores
from webapp.fieldwork.margin_file import read_margins

PAGE = f"/waves/{CODE}/margins"
HEAD = "边际,类别,人数,来源,日期"
AGES = [f"年龄*性别,{age}*{sex},100,普查,2020-11-01" for age in range(1, 8) for sex in (1, 2)]
TOWNS = [f"镇街,{TOWN},600,公报,2020/11/01", f"镇街,{OTHER_TOWN},800,公报,2020-11-01"]


def text(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


def codes(content: bytes, kept: dict[str, int] | None = None) -> list[str]:
    with pytest.raises(FileRefused) as refusal:
        read_margins(content, {TOWN, OTHER_TOWN}, kept or {}, False)
    return [fault.code for fault in refusal.value.faults]


def test_both_margins_are_taken_and_shown(client: FlaskClient, stores: Stores, planned: object) -> None:
    assert "还没有总体边际" in client.get(PAGE).get_data(as_text=True)
    assert send(client, PAGE, file=(text(*AGES, *TOWNS), "m.csv")).status_code == 303
    with stores.box_reading() as box:
        kept = margins_of(box, 1)
    assert {name: sum(cell.total for cell in cells) for name, cells in kept.items()} == {"age*sex": 1400, "town": 1400}
    page = client.get(PAGE).get_data(as_text=True)
    assert "1,400" in page
    assert "普查" in page


def test_the_file_of_the_page_can_be_handed_in_again(client: FlaskClient, planned: object) -> None:
    send(client, PAGE, file=(text(*AGES, *TOWNS), "m.csv"))
    again = client.get(f"/waves/{CODE}/margins.csv").get_data()
    assert send(client, PAGE, file=(again, "m.csv")).status_code == 303


def test_totals_that_differ_are_refused_and_the_old_margins_stand(
    client: FlaskClient, stores: Stores, planned: object
) -> None:
    send(client, PAGE, file=(text(*AGES, *TOWNS), "m.csv"))
    answer = send(client, PAGE, file=(text(TOWNS[0], TOWNS[1].replace("800", "801")), "m.csv"))
    assert answer.status_code == 422
    assert "1,401" in answer.get_data(as_text=True)
    with stores.box_reading() as box:
        assert sum(cell.total for cell in margins_of(box, 1)["town"]) == 1400


def test_each_fault_has_its_code() -> None:
    assert codes(text("性别,1,5,普查,2020-11-01")) == ["margin.name_unknown"]
    assert codes(text("镇街,1,5,普查,2020-11-01")) == ["margin.key_unknown"]
    assert codes(text(f"镇街,{TOWN},0,普查,gestern")) == ["margin.total_form", "margin.day_form"]
    assert codes(text(TOWNS[0], TOWNS[0])) == ["margin.cell_twice"]
    assert codes(text(*AGES[1:])) == ["margin.cells_missing"]
    assert codes(text()) == ["margin.no_rows"]
    assert codes(text(*TOWNS), {"age*sex": 1399}) == ["margin.totals_differ"]
