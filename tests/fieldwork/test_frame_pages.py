"""A frame is checked, shown with what it would change, and only then taken; a bad one loses nothing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import FileRefused
from surveys.records.waves import Wave
from surveys.sampling.frame import FrameFile, FramePsu
from surveys.sampling.frame_file import read_frame
from surveys.sampling.store import frame_in_force, keep_frame
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, frame, frame_csv, hidden, send
from tests.webapp.conftest import LONG_AGO
from webapp.db import Stores
from webapp.fieldwork.frame_parcel import base_csv, packed, unpacked

PAGE = f"/waves/{CODE}/frame"
pytestmark = pytest.mark.usefixtures("planned")


def in_force(stores: Stores, wave_id: int = 1) -> str:
    with stores.registrar_reading() as registrar:
        kept = frame_in_force(registrar, wave_id)
    return kept.sha256 if kept else ""


def test_a_newcomer_gets_a_template_and_the_town_codes(client: FlaskClient) -> None:
    page = client.get(PAGE).get_data(as_text=True)
    assert "还没有抽样框" in page
    template = client.get(f"{PAGE}/template.csv").get_data(as_text=True)
    assert template.startswith("\ufeff镇街代码,社区,网格编号")
    towns = client.get(f"{PAGE}/towns.csv").get_data(as_text=True)
    assert TOWN in towns
    assert len(towns.splitlines()) == 31


def test_every_fault_of_a_bad_file_is_listed_and_nothing_is_taken(client: FlaskClient, stores: Stores) -> None:
    bad = frame_csv(f"{TOWN},社区,A-1,<i>甲</i>,网格,一百", "999,社区,A-1,乙,网格,10", f"{TOWN},社区,A-2,丙,=1+1,")
    answer = send(client, PAGE, file=(bad, "frame.csv"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "共 5 处需要修改" in page
    assert "一百" in page
    assert "这个代码不是" in page or "镇街代码" in page
    assert in_force(stores) == ""


def test_a_good_file_is_shown_first_and_taken_on_request(client: FlaskClient, stores: Stores) -> None:
    content = base_csv(frame())
    shown = send(client, PAGE, file=(content, "框.csv")).get_data(as_text=True)
    assert "24 个网格，2 个镇街" in shown
    assert in_force(stores) == ""
    taken = send(client, f"{PAGE}/take", **{name: hidden(shown, name) for name in ("sha256", "filename", "parcel")})
    assert taken.status_code == 303
    assert in_force(stores) == frame().sha256


def test_what_would_change_is_said_before_it_is_taken(
    client: FlaskClient, stores: Stores, planned: tuple[Wave, object]
) -> None:
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, planned[0], "firm", frame(), "old.csv", LONG_AGO)
    shown = send(client, PAGE, file=(base_csv(frame(psus=13, dwellings=41)), "new.csv")).get_data(as_text=True)
    assert "新增网格 2 个" in shown
    assert "内容有变的网格 24 个" in shown
    assert "户数 40 → 41" in shown
    assert in_force(stores) == frame().sha256


def test_a_bad_file_leaves_the_old_frame_in_force(
    client: FlaskClient, stores: Stores, planned: tuple[Wave, object]
) -> None:
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, planned[0], "firm", frame(), "old.csv", LONG_AGO)
    truncated = send(client, PAGE, file=(b"PK\x03\x04broken", "frame.xlsx"))
    assert truncated.status_code == 422
    assert send(client, PAGE).status_code == 422
    assert in_force(stores) == frame().sha256


def test_another_frame_than_the_one_shown_is_not_taken(client: FlaskClient, stores: Stores) -> None:
    answer = send(client, f"{PAGE}/take", sha256="0" * 64, filename="x", parcel=packed(frame()))
    assert answer.status_code == 400
    broken = send(client, f"{PAGE}/take", sha256=frame().sha256, filename="x", parcel=packed(frame())[:-20])
    assert broken.status_code == 422
    assert in_force(stores) == ""


def test_a_file_too_large_for_a_form_is_chosen_again(client: FlaskClient, stores: Stores) -> None:
    again = send(client, f"{PAGE}/take", sha256=frame().sha256, file=(base_csv(frame()), "big.csv"))
    assert again.status_code == 303
    assert in_force(stores) == frame().sha256


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
PSUS = st.builds(
    FramePsu,
    st.sampled_from([TOWN, OTHER_TOWN]),
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(["block", "collective"]),
    st.integers(1, 20_000),
    st.none() | st.integers(0, 200_000),
    st.integers(0, 50),
)


@given(st.lists(PSUS, min_size=1, max_size=30, unique_by=lambda row: row.psu))
def test_a_frame_survives_its_parcel(rows: list[FramePsu]) -> None:
    sent = FrameFile(tuple(rows))
    assert read_frame(unpacked(packed(sent)), {TOWN, OTHER_TOWN}).sha256 == sent.sha256


@given(st.text(max_size=200))
def test_a_damaged_parcel_is_refused_and_never_breaks(parcel: str) -> None:
    with pytest.raises(FileRefused, match=r"file\.refused"):
        unpacked(parcel)
