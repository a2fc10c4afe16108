"""Every query is by grant, and another's wave does not exist."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.errors import NotFound
from surveys.records.kinds import Role
from tests.webapp.conftest import LONG_AGO, Person, account_of, wave
from webapp import grants, people
from webapp.db import Stores
from webapp.people import Actor


@pytest.fixture
def waves(stores: Stores) -> dict[str, int]:
    """One wave of each district."""
    return {"a": wave(stores, "a", "yubei", "firm"), "b": wave(stores, "b", "other", "rival")}


def codes(stores: Stores, who: Person, *roles: Role) -> list[str]:
    with stores.box_reading() as box:
        return [found.code for found in grants.waves_of(box, account_of(stores, who), *roles)]


def test_each_side_sees_the_waves_that_name_its_organisation(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int]
) -> None:
    assert codes(stores, staffed["assessor"]) == ["a"]
    assert codes(stores, staffed["official"], Role.OFFICIAL) == ["a"]
    assert codes(stores, staffed["official"], Role.ASSESSOR) == []
    assert codes(stores, staffed["rival"]) == ["b"]


def test_an_administrator_and_an_account_without_grants_see_none(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int]
) -> None:
    assert codes(stores, staffed["administrator"]) == []
    assert codes(stores, staffed["nobody"]) == []


def test_anothers_wave_an_unknown_one_and_the_wrong_role_are_all_not_found(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int], box: Session
) -> None:
    assessor = account_of(stores, staffed["assessor"])
    assert grants.granted_wave(box, assessor, "a", [Role.ASSESSOR]).instrument_version.version == "a"
    for code, role in (("b", Role.ASSESSOR), ("none", Role.ASSESSOR), ("a", Role.OFFICIAL)):
        with pytest.raises(NotFound) as refused:
            grants.granted_wave(box, assessor, code, [role])
        assert refused.value.code == "wave.unknown"


def test_a_grant_for_one_wave_opens_that_wave_only(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int]
) -> None:
    wave(stores, "c", "yubei", "firm")
    with stores.registrar_transaction() as registrar:
        account = people.account_by_login(registrar, "nobody.sun")
        people.grant(registrar, Actor(None, LONG_AGO), account, Role.ASSESSOR, "firm", waves["a"], "500112")
    assert codes(stores, staffed["nobody"]) == ["a"]


def test_a_grant_for_another_organisations_wave_opens_nothing(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int]
) -> None:
    with stores.registrar_transaction() as registrar:
        account = people.account_by_login(registrar, "nobody.sun")
        people.grant(registrar, Actor(None, LONG_AGO), account, Role.ASSESSOR, "firm", waves["b"])
    assert codes(stores, staffed["nobody"]) == []


def test_a_revoked_grant_opens_nothing(stores: Stores, staffed: dict[str, Person], waves: dict[str, int]) -> None:
    with stores.registrar_transaction() as registrar:
        account = people.account_by_login(registrar, staffed["assessor"].login)
        people.revoke(registrar, Actor(None, LONG_AGO), account, account.grants[0].id)
    assert codes(stores, staffed["assessor"]) == []


def granted(stores: Stores, role: Role, organisation: str, area: str, wave_id: int | None = None) -> None:
    with stores.registrar_transaction() as registrar:
        account = people.account_by_login(registrar, "nobody.sun")
        people.grant(registrar, Actor(None, LONG_AGO), account, role, organisation, wave_id, area)


def test_areas_are_the_grants_prefixes_or_everything(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int], box: Session
) -> None:
    granted(stores, Role.OFFICIAL, "yubei", "500112002", waves["a"])
    partial, whole = account_of(stores, staffed["nobody"]), account_of(stores, staffed["official"])
    found = grants.granted_wave(box, whole, "a", [Role.OFFICIAL])
    assert grants.areas_granted(partial, found, Role.OFFICIAL) == ["500112002"]
    assert grants.areas_granted(whole, found) == [""]
    assert grants.areas_granted(whole, found, Role.ASSESSOR) == []


@pytest.mark.parametrize(
    ("role", "organisation", "area", "reached"),
    [
        (Role.OFFICIAL, "yubei", "500112002", ["a"]),  # a town of the wave
        (Role.OFFICIAL, "yubei", "5001", ["a"]),  # the city around it
        (Role.OFFICIAL, "yubei", "500113", []),  # the district beside it
        (Role.ASSESSOR, "firm", "500112", ["a"]),
        (Role.ASSESSOR, "firm", "5001", ["a"]),
        (Role.ASSESSOR, "firm", "500112002", []),  # would draw, print and release for all the other towns
        (Role.ASSESSOR, "firm", "500113", []),
    ],
)
def test_a_grant_for_an_area_reaches_the_waves_it_holds_and_an_officials_those_around_it(
    stores: Stores, staffed: dict[str, Person], waves: dict[str, int], role: Role, organisation: str,
    area: str, reached: list[str],
) -> None:  # fmt: skip
    granted(stores, role, organisation, area)
    assert codes(stores, staffed["nobody"]) == reached
    with stores.box_reading() as box:
        found = grants.granted_wave(box, account_of(stores, staffed["official"]), "a", [Role.OFFICIAL])
    assert grants.areas_granted(account_of(stores, staffed["nobody"]), found) == [area] * len(reached)
