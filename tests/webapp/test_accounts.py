"""Accounts, grants and organisations through the pages: an administrator's hand ends at the organisation's door."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from surveys.records.kinds import Role
from tests.webapp.conftest import LONG_AGO, Person, SignedIn, account_of, post, sign_in, wave
from webapp import people
from webapp.action_log import record_action
from webapp.db import Stores
from webapp.grants import live_grants, roles_of
from webapp.people import Actor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = {"login": "zhou.min", "name": "周敏", "role": "assessor", "organisation": "firm"}


def shown_password(page: str) -> str:
    found = re.search(r'class="secret code">([^<]+)<', page)
    assert found is not None, page
    return found[1]


def test_a_new_account_signs_in_with_the_password_shown_once(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("administrator")
    password = shown_password(post(admin, "/staff/accounts/new", **NEW).get_data(as_text=True))
    page = sign_in(app.test_client(), "Zhou.Min", password).get("/staff/").get_data(as_text=True)
    assert "还没有调查批次" in page
    assert password not in admin.get("/staff/accounts").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"login": "assessor.li"}, "已经有人使用"),
        ({"login": "9x"}, "登录名用 3 到 40 个"),
        ({"login": "demo-zhou"}, "只用于演示"),
        ({"name": " "}, "请填写姓名"),
        ({"role": "root"}, "没有“root”这个角色"),
        ({"role": "official"}, "委托单位人员只能授权给委托单位"),
        ({"organisation": "rival"}, "没有代码为“rival”的机构"),
        ({"wave": "nope"}, "没有编号为“nope”的批次"),
    ],
)
def test_a_bad_account_is_refused_with_the_reason_and_nothing_typed_is_lost(
    changed: dict[str, str], said: str, signed_in: SignedIn, stores: Stores
) -> None:
    answer = post(signed_in("administrator"), "/staff/accounts/new", **{**NEW, **changed})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (400, 404, 409)
    assert said in page
    assert 'value="周敏"' in page or "name" in changed


def test_hostile_text_is_shown_as_typed(signed_in: SignedIn) -> None:
    admin, hostile = signed_in("administrator"), "<script>alert(1)</script>{{7*7}}{code}%(x)s"
    post(admin, "/staff/accounts/new", **{**NEW, "name": hostile})
    page = admin.get("/staff/accounts").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}{code}%(x)s" in page


def test_granting_ends_the_accounts_session_and_revoking_takes_the_role(
    stores: Stores, staffed: dict[str, Person], signed_in: SignedIn
) -> None:
    admin, assessor, person = signed_in("administrator"), signed_in("assessor"), staffed["assessor"]
    wave(stores, "a", "yubei", "firm")
    asked = {"role": "official", "organisation": "yubei", "wave": "a"}
    assert post(admin, f"/staff/accounts/{person.id}/grants", **asked).status_code == 303
    assert assessor.get("/staff/").status_code == 303
    given = live_grants(account_of(stores, person))
    assert roles_of(account_of(stores, person)) == {Role.ASSESSOR, Role.OFFICIAL}
    assert post(admin, f"/staff/accounts/{person.id}/grants", **asked).status_code == 409
    assert post(admin, f"/staff/accounts/{person.id}/grants/{given[-1].id}/revoke").status_code == 303
    assert roles_of(account_of(stores, person)) == {Role.ASSESSOR}


def test_the_last_administrator_of_an_organisation_stays(
    stores: Stores, staffed: dict[str, Person], signed_in: SignedIn
) -> None:
    admin, person = signed_in("administrator"), staffed["administrator"]
    held = live_grants(account_of(stores, person))[0]
    assert post(admin, f"/staff/accounts/{person.id}/grants/{held.id}/revoke").status_code == 409
    assert post(admin, f"/staff/accounts/{person.id}/disable").status_code == 409
    assert admin.get("/staff/accounts").status_code == 200


def test_a_disabled_account_is_out_at_once_and_comes_back_when_enabled(
    app: Flask, staffed: dict[str, Person], signed_in: SignedIn
) -> None:
    admin, assessor, person = signed_in("administrator"), signed_in("assessor"), staffed["assessor"]
    assert post(admin, f"/staff/accounts/{person.id}/disable").status_code == 303
    assert assessor.get("/staff/").status_code == 303
    assert post(admin, f"/staff/accounts/{person.id}/enable").status_code == 303
    sign_in(app.test_client(), person.login)


def test_a_reset_password_ends_the_old_one(app: Flask, staffed: dict[str, Person], signed_in: SignedIn) -> None:
    admin, assessor, person = signed_in("administrator"), signed_in("assessor"), staffed["assessor"]
    password = shown_password(post(admin, f"/staff/accounts/{person.id}/password").get_data(as_text=True))
    assert assessor.get("/staff/").status_code == 303
    sign_in(app.test_client(), person.login, password)


def test_accounts_of_another_organisation_do_not_exist(staffed: dict[str, Person], signed_in: SignedIn) -> None:
    admin, other = signed_in("administrator"), staffed["rival"]
    assert "rival.qian" not in admin.get("/staff/accounts").get_data(as_text=True)
    assert admin.get(f"/staff/accounts/{other.id}").status_code == 404
    for act in ("disable", "enable", "password", "grants/4/revoke"):
        assert post(admin, f"/staff/accounts/{other.id}/{act}").status_code == 404


def test_who_also_works_elsewhere_keeps_the_password(
    stores: Stores, staffed: dict[str, Person], signed_in: SignedIn
) -> None:
    with stores.registrar_transaction() as registrar:
        account = people.account_by_login(registrar, "assessor.li")
        people.grant(registrar, Actor(None, LONG_AGO), account, Role.ASSESSOR, "rival")
        elsewhere = live_grants(account)[-1].id
    admin, person = signed_in("administrator"), staffed["assessor"]
    page = admin.get(f"/staff/accounts/{person.id}").get_data(as_text=True)
    assert "在其他机构也有授权" in page
    assert "rival" not in page
    assert post(admin, f"/staff/accounts/{person.id}/password").status_code == 404
    assert post(admin, f"/staff/accounts/{person.id}/grants/{elsewhere}/revoke").status_code == 404


def test_who_adds_an_organisation_administers_it_and_stays_signed_in(signed_in: SignedIn) -> None:
    admin = signed_in("administrator")
    new = {"code": "lawfirm-2", "kind": "assessor", "zh": "第二测评机构"}
    assert post(admin, "/staff/organisations", **new).status_code == 303
    assert "第二测评机构" in admin.get("/staff/organisations").get_data(as_text=True)
    assert post(admin, "/staff/organisations", **new).status_code == 409
    assert post(admin, "/staff/organisations", **{**new, "code": "Ä"}).status_code == 400
    assert "第二测评机构" not in signed_in("rival").get("/staff/organisations").get_data(as_text=True)


def test_no_column_of_an_account_can_be_set_from_a_form_that_does_not_ask_for_it(
    stores: Stores, signed_in: SignedIn, staffed: dict[str, Person]
) -> None:
    extra = {"id": "77", "password_hash": "x", "disabled_at": "2026-01-01", "language": "en", "account_id": "1"}
    post(signed_in("administrator"), "/staff/accounts/new", **NEW, **extra)
    with stores.registrar_reading() as registrar:
        made = people.account_by_login(registrar, "zhou.min")
    assert (made.id, made.disabled_at, made.language) == (len(staffed) + 1, None, "zh")
    assert made.password_hash.startswith("$argon2id$")


def test_what_was_done_stands_in_the_log_and_the_chain_holds(signed_in: SignedIn) -> None:
    admin = signed_in("administrator")
    post(admin, "/staff/accounts/new", **NEW)
    page = admin.get("/staff/log?verify=1").get_data(as_text=True)
    assert "新建账号" in page
    assert "链条完整" in page


def test_an_administrator_reads_nothing_about_another_organisations_wave(
    stores: Stores, signed_in: SignedIn, staffed: dict[str, Person]
) -> None:
    waves = {
        code: wave(stores, code, *sides) for code, sides in {"a": ("yubei", "firm"), "b": ("other", "rival")}.items()
    }
    with stores.registrar_transaction() as registrar:
        shared = people.account_by_login(registrar, staffed["assessor"].login)
        people.grant(registrar, Actor(None, LONG_AGO), shared, Role.ASSESSOR, "rival")
        for code, wave_id in waves.items():
            record_action(registrar, shared.id, "draw.run", wave_id, LONG_AGO, seed=f"seed-of-{code}")
    page = signed_in("administrator").get("/staff/log").get_data(as_text=True)
    assert "seed-of-a" in page
    assert "seed-of-b" not in page


@pytest.mark.parametrize(
    ("page", "name", "said"),
    [
        ("accounts", "accounts", "assessor.li"),
        ("organisations", "organisations", "firm"),
        ("areas", "areas", "名称"),
        ("log", "log", "登录"),
    ],
)
def test_an_administrators_tables_come_as_files(signed_in: SignedIn, page: str, name: str, said: str) -> None:
    admin = signed_in("administrator")
    assert f'href="/staff/{page}?csv={name}' in admin.get(f"/staff/{page}").get_data(as_text=True) or page == "areas"
    answer = admin.get(f"/staff/{page}?csv={name}")
    assert answer.mimetype == "text/csv"
    assert said in answer.data.decode("utf-8-sig")
