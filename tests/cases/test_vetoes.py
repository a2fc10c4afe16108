"""A veto counts when two different assessors confirmed what the panel raised."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.cases.vetoes import VetoRaised, confirm_veto, is_released, vetoes_raised, withdraw_veto
from surveys.collection.publish import instrument_of
from surveys.errors import Conflict, NotFound, NotYetOpen
from surveys.records.releases import Release
from surveys.records.waves import Wave
from tests.cases.samples import NOW, case_wave, closed, drawn, evaluate, panel
from webapp.db import Stores

ITEM = "veto_evidence"


def raised_wave(stores: Stores) -> tuple[Wave, list[str]]:
    """Two of three members raise one item in the first case; an assessor sees it after the closing."""
    wave = case_wave(stores)
    cases = drawn(stores, wave, 2)
    first, second, third = panel(stores, wave, cases, "lawyers", "residents", "deputies")
    evaluate(stores, first, cases[0], 80, ITEM)
    evaluate(stores, second, cases[0], 40, ITEM)
    evaluate(stores, third, cases[0], 90)
    evaluate(stores, third, cases[1], 90)
    return wave, cases


def seen(box: Session, wave: Wave) -> list[VetoRaised]:
    return vetoes_raised(box, wave.id, instrument_of(box.get_one(Wave, wave.id)))


def test_a_veto_is_listed_with_how_many_raised_it(stores: Stores) -> None:
    wave, cases = raised_wave(stores)
    closed(stores, wave)
    with stores.box_reading() as box:
        assert seen(box, wave) == [VetoRaised(cases[0], ITEM, 2, frozenset())]


def test_two_different_assessors_make_it_count(stores: Stores) -> None:
    wave, cases = raised_wave(stores)
    closed(stores, wave)
    with stores.box_transaction() as box:
        for assessor in ("1", "1", "1"):
            confirm_veto(box, wave.id, cases[0], ITEM, assessor)
        assert not seen(box, wave)[0].counts
        confirm_veto(box, wave.id, cases[0], ITEM, "2")
        assert seen(box, wave)[0].counts
        withdraw_veto(box, wave.id, cases[0], ITEM, "1")
        assert seen(box, wave) == [VetoRaised(cases[0], ITEM, 2, frozenset({"2"}))]


def test_what_nobody_raised_is_not_confirmed(stores: Stores) -> None:
    wave, cases = raised_wave(stores)
    closed(stores, wave)
    with stores.box_transaction() as box:
        for case, item in ((cases[1], ITEM), (cases[0], "veto_law"), (cases[0], "body"), ("X", ITEM)):
            with pytest.raises(NotFound, match=r"cases\.veto_not_raised"):
                confirm_veto(box, wave.id, case, item, "1")


def test_nothing_is_decided_before_the_closing(stores: Stores) -> None:
    wave, cases = raised_wave(stores)
    with stores.box_transaction() as box:
        for act in (confirm_veto, withdraw_veto):
            with pytest.raises(NotYetOpen, match=r"cases\.after_closing"):
                act(box, wave.id, cases[0], ITEM, "1")


def test_after_the_release_confirmations_stand(stores: Stores) -> None:
    wave, cases = raised_wave(stores)
    closed(stores, wave)
    with stores.box_transaction() as box:
        confirm_veto(box, wave.id, cases[0], ITEM, "1")
        release = Release(
            wave_id=wave.id, number=1, prepared_at=NOW, synthetic=True, definitions={}, labels={}, facts={}
        )
        box.add(release)
        box.flush()
        assert not is_released(box, wave.id)
        withdraw_veto(box, wave.id, cases[0], ITEM, "1")
        confirm_veto(box, wave.id, cases[0], ITEM, "2")
        release.released_at = NOW
        box.flush()
        for act in (confirm_veto, withdraw_veto):
            with pytest.raises(Conflict, match=r"cases\.released"):
                act(box, wave.id, cases[0], ITEM, "2")
        assert seen(box, wave)[0].confirmed_by == {"2"}
