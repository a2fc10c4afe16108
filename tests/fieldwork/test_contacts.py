"""The contact log: taken whole from a file or one by one, and only for dwellings of the sample."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.errors import FileRefused
from surveys.records.frames import Contact, Unit
from surveys.records.kinds import Disposition
from tests.fieldwork.samples import CODE, send
from tests.fieldwork.test_letters import Sampled, first_unit, sampled
from webapp.db import Stores
from webapp.fieldwork.contact_file import read_contacts

UNITS = {("p1", "7"): 11, ("p1", "8"): 12}
HEAD = "网格编号,户序号,结果,备注\n"


@pytest.fixture
def ready(client: FlaskClient, stores: Stores) -> Sampled:
    return sampled(stores)


def test_a_contact_is_logged_and_counted(client: FlaskClient, stores: Stores, ready: Sampled) -> None:
    psu, dwelling = first_unit(stores)
    said = {"psu": psu, "dwelling": str(dwelling), "disposition": "ineligible", "note": "无人居住"}
    assert send(client, f"/waves/{CODE}/contacts", **said).status_code == 303
    with stores.registrar_reading() as registrar:
        kept = registrar.scalars(select(Contact)).one()
        assert registrar.get_one(Unit, kept.unit_id).psu == psu
    assert (kept.disposition, kept.note) == (Disposition.INELIGIBLE, "无人居住")


def test_a_dwelling_outside_the_sample_is_refused_with_what_was_typed(
    client: FlaskClient, stores: Stores, ready: Sampled
) -> None:
    answer = send(client, f"/waves/{CODE}/contacts", psu="S9", dwelling="1", disposition="refused", note="x" * 150)
    assert answer.status_code == 400
    assert 'value="S9"' in answer.get_data(as_text=True)
    assert send(client, f"/waves/{CODE}/contacts", psu="S9", dwelling="1", disposition="asleep").status_code == 400


def test_a_file_is_logged_whole_or_not_at_all(client: FlaskClient, stores: Stores, ready: Sampled) -> None:
    psu, dwelling = first_unit(stores)
    good, bad = f"{psu},{dwelling},未接触,\n", f"{psu},999,不在家,\n"
    refused = send(client, f"/waves/{CODE}/contacts/file", file=((HEAD + good + bad).encode(), "c.csv"))
    assert refused.status_code == 422
    assert "共 2 处需要修改" in refused.get_data(as_text=True)
    assert send(client, f"/waves/{CODE}/contacts/file", file=((HEAD + good).encode(), "c.csv")).status_code == 303
    with stores.registrar_reading() as registrar:
        assert [contact.disposition for contact in registrar.scalars(select(Contact))] == [Disposition.NON_CONTACT]


def test_the_template_can_be_filled_in(client: FlaskClient, ready: Sampled) -> None:
    template = client.get(f"/waves/{CODE}/contacts/template.csv").get_data()
    units = {("500112020-001-01", "17"): 1, ("500112020-001-01", "42"): 2}
    assert [entry.disposition for entry in read_contacts(template, units)] == [
        Disposition.NON_CONTACT,
        Disposition.INELIGIBLE,
    ]


def test_results_are_read_in_words_or_codes() -> None:
    entries = read_contacts((HEAD + "p1,7,拒绝,\np1,8,refused,\n").encode(), UNITS)
    assert [(entry.unit_id, entry.disposition) for entry in entries] == [
        (11, Disposition.REFUSED),
        (12, Disposition.REFUSED),
    ]
    with pytest.raises(FileRefused) as refusal:
        read_contacts(HEAD.encode(), UNITS)
    assert [fault.code for fault in refusal.value.faults] == ["contact.no_rows"]
