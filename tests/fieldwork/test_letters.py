"""Letters: printed once from codes in memory, replaced with the key, never with an address nobody can open."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.collection.codes import AccessCode
from surveys.collection.entry import slot_of
from surveys.collection.sealed import KeyPair, new_key_pair
from surveys.errors import UnknownCode
from surveys.records.frames import Unit
from surveys.records.kinds import Disposition
from surveys.records.passes import Poster, Slot
from surveys.records.waves import Wave
from surveys.sampling.store import keep_frame, publish_design, run_draw
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, a_wave, frame, key_file, said_in, send
from tests.webapp.conftest import LONG_AGO
from webapp.db import Stores
from webapp.words import word

PAGE = f"/waves/{CODE}/invitations"
PRINTED = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")


@dataclass(frozen=True)
class Sampled:
    """A wave whose sample is drawn: 2 PSUs of 3 dwellings in each of two towns."""

    wave: Wave
    key: KeyPair


def sampled(stores: Stores, code: str = CODE, **changes: Any) -> Sampled:
    wave, pair = a_wave(stores, code=code, **changes)
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, wave, "firm", frame(), "f.csv", LONG_AGO)
        draw = run_draw(registrar, wave, {TOWN: 2, OTHER_TOWN: 2}, "seed", LONG_AGO, 3, 1)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)
    return Sampled(wave, pair)


@pytest.fixture
def ready(client: FlaskClient, stores: Stores) -> Sampled:
    return sampled(stores)


def codes_in(answer: TestResponse) -> list[AccessCode]:
    """The access codes on the pages of a PDF."""
    assert answer.mimetype == "application/pdf", answer.get_data(as_text=True)
    pages = PdfReader(io.BytesIO(answer.get_data())).pages
    return [AccessCode.parse(code) for page in pages for code in PRINTED.findall(page.extract_text())]


def opens(stores: Stores, code: AccessCode) -> Slot | None:
    with stores.box_reading() as box:
        try:
            return slot_of(box, code)
        except UnknownCode:
            return None


def test_a_towns_letters_are_one_pdf_that_is_kept_nowhere(client: FlaskClient, stores: Stores, ready: Sampled) -> None:
    answer = send(client, PAGE, town=TOWN)
    codes = codes_in(answer)
    assert len(codes) == 6
    assert answer.headers["Cache-Control"] == "no-store"
    slots = [opens(stores, code) for code in codes]
    assert {slot.town for slot in slots if slot} == {TOWN}
    text = PdfReader(io.BytesIO(answer.get_data())).pages[0].extract_text()
    assert "模拟数据" in text
    for engine in (stores.box, stores.registrar):
        kept = open(str(engine.url.database), "rb").read()  # noqa: SIM115
        assert all(code.symbols.encode() not in kept and code.printed.encode() not in kept for code in codes)


def test_the_page_counts_what_is_issued_and_offers_the_rest(client: FlaskClient, ready: Sampled) -> None:
    assert client.get(PAGE).get_data(as_text=True).count("打印 6 封") == 2
    send(client, PAGE, town=TOWN)
    page = client.get(PAGE).get_data(as_text=True)
    assert page.count("打印 6 封") == 1
    assert "全部打印" in page


def test_a_town_is_printed_once(client: FlaskClient, ready: Sampled) -> None:
    send(client, PAGE, town=TOWN)
    again = send(client, PAGE, town=TOWN)
    assert again.status_code == 400
    assert said_in(again) == word("letters.none_left", {}, "zh")
    assert send(client, PAGE, town="nowhere").status_code == 400


def test_a_real_wave_prints_no_address_that_only_this_machine_opens(client: FlaskClient, stores: Stores) -> None:
    sampled(stores, "real", synthetic=False)
    answer = send(client, "/waves/real/invitations", town=TOWN)
    assert answer.status_code == 400
    assert "127.0.0.1" in said_in(answer)
    assert "PUBLIC_URL" in client.get("/waves/real/invitations").get_data(as_text=True)
    with stores.box_reading() as box:
        assert box.scalars(select(Slot)).all() == []


def test_a_lost_letter_is_replaced_and_the_old_code_is_void(
    client: FlaskClient, stores: Stores, ready: Sampled
) -> None:
    old = codes_in(send(client, PAGE, town=TOWN))
    psu, dwelling = first_unit(stores)
    new = codes_in(send(client, f"{PAGE}/lost", psu=psu, dwelling=str(dwelling), key=key_file(ready.key)))
    assert len(new) == 1
    assert opens(stores, new[0]) is not None
    assert sum(opens(stores, code) is None for code in old) == 1


def test_all_letters_of_a_psu_can_be_replaced_at_once(client: FlaskClient, stores: Stores, ready: Sampled) -> None:
    old = codes_in(send(client, PAGE, town=TOWN))
    new = codes_in(send(client, f"{PAGE}/lost", psu=first_unit(stores)[0], dwelling="", key=key_file(ready.key)))
    assert len(new) == 3
    assert sum(opens(stores, code) is None for code in old) == 3


def test_what_cannot_be_replaced_is_told(client: FlaskClient, stores: Stores, ready: Sampled) -> None:
    send(client, PAGE, town=TOWN)
    psu, dwelling = first_unit(stores)
    wrong = send(client, f"{PAGE}/lost", psu=psu, dwelling=str(dwelling), key=key_file(new_key_pair()))
    assert (wrong.status_code, said_in(wrong)) == (403, word("key.wrong", {}, "zh"))
    unknown = send(client, f"{PAGE}/lost", psu="S0", dwelling="1", key=key_file(ready.key))
    assert unknown.status_code == 404
    assert 'value="S0"' in unknown.get_data(as_text=True)
    assert send(client, f"{PAGE}/lost", psu=psu, dwelling="drei", key=key_file(ready.key)).status_code == 400
    assert send(client, f"{PAGE}/lost", psu=psu, dwelling="1").status_code == 422


def test_reminders_leave_out_who_refused_and_end_with_their_destruction(
    client: FlaskClient, stores: Stores, ready: Sampled
) -> None:
    send(client, PAGE, town=TOWN)
    psu, dwelling = first_unit(stores)
    send(client, f"/waves/{CODE}/contacts", psu=psu, dwelling=str(dwelling), disposition=Disposition.REFUSED.value)
    asked = {"town": TOWN, "kind": "reminder", "key": key_file(ready.key)}
    first, again = (codes_in(send(client, f"{PAGE}/later", **asked)) for _ in range(2))
    assert len(first) == 5
    assert {code.symbols for code in first} == {code.symbols for code in again}
    assert all(opens(stores, code) for code in first)
    assert send(client, f"{PAGE}/destroy", kind="reminder", key=key_file(ready.key)).status_code == 303
    gone = send(client, f"{PAGE}/later", **asked)
    assert said_in(gone) == word("letters.none_later", {}, "zh")
    assert all(opens(stores, code) for code in first)
    assert len(codes_in(send(client, f"{PAGE}/later", **asked | {"kind": "visit"}))) == 5


def test_a_poster_leads_to_the_open_link_and_may_be_printed_again(
    client: FlaskClient, stores: Stores, ready: Sampled
) -> None:
    place = "<b>便民</b>服务中心"
    assert send(client, f"/waves/{CODE}/posters", place=place).status_code == 303
    assert send(client, f"/waves/{CODE}/posters", place="").status_code == 400
    with stores.box_reading() as box:
        poster = box.scalars(select(Poster)).one()
    for _ in range(2):
        answer = client.get(f"/waves/{CODE}/posters/{poster.code}.pdf")
        text = PdfReader(io.BytesIO(answer.get_data())).pages[0].extract_text()
        assert f"/o/{poster.code}" in text
        assert place in text
        assert "模拟数据" in text
    assert "&lt;b&gt;便民" in client.get(f"/waves/{CODE}/posters").get_data(as_text=True)


def first_unit(stores: Stores) -> tuple[str, int]:
    """PSU and number of one invited dwelling of TOWN."""
    mine = select(Unit.psu, Unit.dwelling).where(Unit.town == TOWN, Unit.reserve.is_(False)).order_by(Unit.id)
    with stores.registrar_reading() as registrar:
        psu, dwelling = registrar.execute(mine.limit(1)).one()
    return psu, dwelling
