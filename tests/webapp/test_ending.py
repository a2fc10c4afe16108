"""A closing that was broken off between the two stores is finished by closing again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from surveys.collection.sealed import new_key_pair
from surveys.collection.waves import close_wave
from surveys.errors import Conflict
from surveys.records.frames import SealedCodes
from surveys.records.kinds import WaveState
from tests.collection.samples import issued
from webapp.db import Stores
from webapp.ending import end_wave


def sealed_left(stores: Stores) -> int:
    with stores.registrar_reading() as registrar:
        return registrar.scalar(select(func.count()).select_from(SealedCodes)) or 0


def test_a_closing_broken_off_before_the_registrar_heard_of_it_leaves_no_unsent_code(stores: Stores) -> None:
    wave, _ = issued(stores, {"p1": 3}, assessor_key=new_key_pair().public)
    with stores.box_transaction() as box:
        close_wave(box, wave)  # and the machine dies
    assert sealed_left(stores) == 3
    with pytest.raises(Conflict, match=r"wave\.not_open"):
        end_wave(stores, wave)
    assert sealed_left(stores) == 0


def test_a_wave_that_never_opened_keeps_its_codes_when_somebody_tries_to_close_it(stores: Stores) -> None:
    wave, _ = issued(stores, {"p1": 3}, assessor_key=new_key_pair().public)
    with stores.box_transaction() as box:
        box.merge(wave).state = WaveState.PLANNED
    with pytest.raises(Conflict):
        end_wave(stores, wave)
    assert sealed_left(stores) == 3
