"""The open link: one printed address, one key a visit."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.records.kinds import Channel
from surveys.records.responses import Arrival
from tests.collection.samples import answers
from tests.respond.samples import Field
from tests.respond.test_sending import receipt_in
from webapp.db import Stores


def test_each_visit_is_sent_on_to_an_address_of_its_own(client: FlaskClient, printed: Field) -> None:
    visits = [client.get(f"/o/{printed.poster}?size=big") for _ in range(3)]
    assert {visit.status_code for visit in visits} == {303}
    assert {visit.headers["Cache-Control"] for visit in visits} == {"no-store"}
    addresses = {visit.headers["Location"] for visit in visits}
    assert len(addresses) == 3
    assert all(address.startswith(f"/o/{printed.poster}/") and address.endswith("?size=big") for address in addresses)


def test_the_page_behind_an_address_does_not_say_it(client: FlaskClient, printed: Field) -> None:
    addresses = [client.get(f"/o/{printed.poster}").headers["Location"] for _ in range(40)]
    pages = [client.get(address) for address in addresses]
    assert len({page.data for page in pages}) <= 4  # one file a booklet
    assert not any(address.rpartition("/")[2] in page.text for address, page in zip(addresses, pages, strict=True))
    assert pages[0].headers["Cache-Control"] == "public, max-age=60"
    assert "自愿来答的结果单独列出" in pages[0].text


def test_volunteers_are_kept_apart_and_another_person_starts_anew(
    client: FlaskClient, printed: Field, stores: Stores
) -> None:
    address = client.get(f"/o/{printed.poster}").headers["Location"]
    said = answers(town=["500112002"])
    first, again = (client.post(address, data=said) for _ in range(2))
    assert receipt_in(first.text) == receipt_in(again.text)
    assert f'href="/o/{printed.poster}"' in first.text
    assert "换一位，在这部手机上作答" in first.text
    other = client.get(f"/o/{printed.poster}").headers["Location"]
    assert receipt_in(client.post(other, data=said).text) != receipt_in(first.text)
    with stores.box_reading() as box:
        kept = box.scalars(select(Arrival)).all()
    assert {arrival.channel for arrival in kept} == {Channel.OPEN}
    assert len(kept) == 2
