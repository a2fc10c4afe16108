"""Whatever a person types into a field is shown again as typed, and never breaks a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.collection.waves import close_wave
from surveys.records.responses import Response
from surveys.records.waves import Wave
from tests.collection.samples import answers, passes, running_wave
from tests.fieldwork.samples import send
from tests.hostile.reading import foreign_markup, shows
from tests.hostile.strings import BROKEN, HOSTILE
from tests.respond.samples import NAMES, today
from webapp.db import Stores

Ask = Callable[[str], TestResponse]


def faults_of(ask: Ask, strings: Iterable[str], status: int, longest: int = 10_000) -> dict[str, str]:
    """What went wrong by string: another status, not shown as typed, or come through as markup."""
    found = {}
    for typed in (one for one in strings if len(one) <= longest):
        answer = ask(typed)
        page = answer.get_data(as_text=True)
        if answer.status_code != status:
            found[typed] = f"status {answer.status_code}"
        elif foreign_markup(page):
            found[typed] = f"markup {foreign_markup(page)}"
        elif not shows(page, typed):
            found[typed] = "not shown as typed"
    return found


def broken_by(ask: Ask) -> list[str]:
    """Broken strings that broke the server, too."""
    return [repr(typed[:20]) for typed in BROKEN if ask(typed).status_code >= 500]


def field_wave(stores: Stores, count: int) -> list[str]:
    """An open wave with so many letters; gives their codes."""
    with stores.box_transaction() as box:
        wave = running_wave(box, **today(code="field", **NAMES))
        return [codes[0].printed for codes in passes(box, wave, count)]


def test_a_comment_is_shown_again_after_a_fault_and_kept_to_the_letter(phone: FlaskClient, stores: Stores) -> None:
    codes = iter(field_wave(stores, len(HOSTILE) + len(BROKEN) + 1))
    first = next(codes)

    def with_a_fault(typed: str) -> TestResponse:
        return phone.post(f"/s/{first}", data=answers(age=[], comment=[typed]))

    assert faults_of(with_a_fault, HOSTILE, 422) == {}
    assert broken_by(with_a_fault) == []
    for typed in HOSTILE:
        assert phone.post(f"/s/{next(codes)}", data=answers(comment=[typed])).status_code == 200, typed
    for typed in BROKEN:
        assert phone.post(f"/s/{next(codes)}", data=answers(comment=[typed])).status_code in (200, 422), typed
    with stores.box_transaction() as box:
        close_wave(box, box.scalars(select(Wave).where(Wave.code == "field")).one())
        kept = {str(json.loads(one)["answers"].get("comment")) for one in box.scalars(select(Response.answers))}
    assert set(HOSTILE) <= kept


def test_every_other_answer_refuses_what_it_does_not_offer(phone: FlaskClient, stores: Stores) -> None:
    code = field_wave(stores, 1)[0]
    for typed in (*HOSTILE, *BROKEN):
        answer = phone.post(f"/s/{code}", data={name: [typed] for name in answers()})
        assert answer.status_code == (200 if typed == "0" else 422), typed  # age 0 is "under 15", a kind page
        assert "receipt" not in answer.get_data(as_text=True), typed


def test_a_code_is_shown_again_as_typed(phone: FlaskClient) -> None:
    def knock(typed: str) -> TestResponse:
        return phone.post("/", data={"code": typed})

    assert faults_of(knock, HOSTILE, 422, longest=60) == {}
    assert broken_by(knock) == []


def plan(**changes: str) -> dict[str, str]:
    """A new wave's form, filled in well."""
    now = datetime.now(UTC)
    said = {
        "code": "a-wave",
        "title_zh": "测评",
        "title_en": "Survey",
        "instrument": "legal-awareness 2021.1",
        "area": "stats 500112",
        "commissioner": "yubei",
        "assessor": "firm",
        "opens_at": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "approval_body": "统计局",
        "approval_number": "1号",
        "approval_expires": f"{date.today() + timedelta(days=60)}",
        "contact": "023-0000",
        "booklets": "2",
        "expected_response": "50",
        "synthetic": "1",
    }
    return said | changes


TEXTS = ("title_zh", "title_en", "approval_body", "approval_number", "contact")


def test_every_field_of_a_new_wave_is_shown_again_beside_its_fault(assessor: FlaskClient) -> None:
    typed_in = (*TEXTS, "code", "commissioner", "booklets", "expected_response", "approval_expires", "opens_at")

    def ask(typed: str) -> TestResponse:
        return send(assessor, "/waves/new", **plan(**dict.fromkeys(typed_in, typed)))

    assert faults_of(ask, HOSTILE, 422) == {}
    assert broken_by(ask) == []


def test_a_wave_with_hostile_words_is_shown_as_typed_to_staff_and_residents(
    assessor: FlaskClient, phone: FlaskClient
) -> None:
    found = {}
    for place, typed in enumerate(HOSTILE):
        code = f"w-{place}"
        answer = send(assessor, "/waves/new", **plan(code=code, **dict.fromkeys(TEXTS, typed)))
        pages = {"new": answer.get_data(as_text=True)}
        pages |= {path: assessor.get(f"/waves/{code}{path}").get_data(as_text=True) for path in ("/", "/close")}
        pages |= {"/about": phone.get(f"/about/{code}").get_data(as_text=True)}
        wrong = [path for path, page in pages.items() if foreign_markup(page)]
        wrong += [path for path in ("/", "/about") if not shows(pages[path], typed)]
        if wrong or answer.status_code != 200:
            found[typed] = wrong or [answer.status]
    assert found == {}
    listed = assessor.get("/waves/").get_data(as_text=True)
    assert [typed for typed in HOSTILE if not shows(listed, typed)] == []


def test_a_wave_with_broken_words_is_refused_or_shown_but_never_breaks(assessor: FlaskClient) -> None:
    place = iter(range(100))
    for name in TEXTS:
        for typed in BROKEN:
            code = f"b-{next(place)}"
            answer = send(assessor, "/waves/new", **plan(code=code, **{name: f"甲{typed}乙"}))
            assert answer.status_code in (200, 400, 422), (name, typed[:20])  # 400: no database text
            assert assessor.get(f"/waves/{code}/").status_code in (200, 404), (name, typed[:20])


def test_names_of_organisations_and_people_are_shown_as_typed(administrator: FlaskClient) -> None:
    def organisation(typed: str) -> TestResponse:
        return send(
            administrator, "/staff/organisations", name_zh=typed, name_en=typed, kind="assessor", code=f"!{typed}"
        )

    def account(typed: str) -> TestResponse:
        return send(
            administrator, "/staff/accounts/new", login=f"!{typed}", name=typed, organisation="firm", role="assessor"
        )

    for ask in (organisation, account):
        assert faults_of(ask, HOSTILE, 400) == {}
        assert broken_by(ask) == []


def test_what_a_poster_a_contact_and_a_seed_say_is_shown_as_typed(assessor: FlaskClient, stores: Stores) -> None:
    send(assessor, "/waves/new", **plan())

    def poster(typed: str) -> TestResponse:
        send(assessor, "/waves/a-wave/posters", place=typed)
        return assessor.get("/waves/a-wave/posters")

    def contact(typed: str) -> TestResponse:
        return send(assessor, "/waves/a-wave/contacts", psu=typed, dwelling=typed, disposition="refused", note=typed)

    def lost(typed: str) -> TestResponse:
        return send(assessor, "/waves/a-wave/invitations/lost", psu=typed, dwelling=typed, key=(b"x", "k.key"))

    assert faults_of(poster, HOSTILE, 200, longest=60) == {}
    assert faults_of(contact, HOSTILE, 400) == {}
    for ask in (poster, contact, lost):
        assert broken_by(ask) == []


def test_an_address_may_say_anything(assessor: FlaskClient, administrator: FlaskClient, phone: FlaskClient) -> None:
    for typed in (*HOSTILE, "\x00", "a\x00b"):
        for client, path in (
            (phone, "/staff/login"),
            (phone, "/"),
            (assessor, "/waves/"),
            (administrator, "/staff/log"),
            (administrator, "/staff/areas"),
        ):
            names = ("next", "lang", "size", "sort", "page", "before", "account")
            answer = client.get(path, query_string=dict.fromkeys(names, typed))
            assert answer.status_code < 500, (path, typed)
            assert foreign_markup(answer.get_data(as_text=True)) == [], (path, typed)


def test_an_unknown_place_in_the_address_is_not_found(assessor: FlaskClient, phone: FlaskClient) -> None:
    for typed in (*HOSTILE, "\x00", "a\x00b"):
        for client, start in (
            (phone, "/s/"),
            (phone, "/o/"),
            (phone, "/e/"),
            (phone, "/about/"),
            (assessor, "/waves/"),
        ):
            answer = client.get(start + typed.replace("/", "").replace("?", "").replace("#", "").replace("%", "%25"))
            assert answer.status_code in (200, 303, 308, 400, 404), (start, typed)
            assert foreign_markup(answer.get_data(as_text=True)) == [], (start, typed)
