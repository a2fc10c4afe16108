from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode, new_nonce
from surveys.collection.entry import new_poster
from surveys.collection.sealing import seal_phase
from surveys.collection.submit import submit, submit_open
from surveys.collection.waves import close_wave
from surveys.errors import Closed, Refusal, SpentCode
from surveys.ledger.receipts import Receipt
from surveys.records.box import Answered, Arrival, PendingLeaf, Response, Slot, TownCount, Wave
from tests.collection.samples import NOW, answers, passes, running_wave
from webapp.db import Stores

T = TypeVar("T")


def at_once(acts: list[Callable[[], T]]) -> list[T | Refusal]:
    """Each act in a thread of its own, all let go together; a refusal is a result."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Refusal:
        barrier.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sends(stores: Stores, code: AccessCode) -> Callable[[], Receipt]:
    def act() -> Receipt:
        with stores.box_transaction() as box:
            return submit(box, code, answers(), NOW)

    return act


def prepared(stores: Stores, count: int, codes_each: int = 1) -> tuple[Wave, list[list[AccessCode]]]:
    with stores.box_transaction() as box:
        wave = running_wave(box)
        return wave, passes(box, wave, count, codes_each=codes_each)


def count(stores: Stores, record: type) -> int:
    with stores.box_reading() as box:
        return box.scalar(select(func.count()).select_from(record)) or 0


def test_five_taps_at_once_keep_one_answer_and_show_five_equal_receipts(stores: Stores) -> None:
    _, [[code]] = prepared(stores, 1)
    receipts = at_once([sends(stores, code)] * 5)
    assert isinstance(receipts[0], Receipt)
    assert receipts == [receipts[0]] * 5
    assert [count(stores, record) for record in (Arrival, PendingLeaf, Answered)] == [1, 1, 1]


def test_five_taps_at_once_on_an_open_link_keep_one_answer(stores: Stores) -> None:
    wave, _ = prepared(stores, 0)
    with stores.box_transaction() as box:
        poster, nonce = new_poster(box, wave, "library").code, new_nonce()

    def act() -> Receipt:
        with stores.box_transaction() as box:
            return submit_open(box, poster, nonce, answers(), NOW)

    receipts = at_once([act] * 5)
    assert isinstance(receipts[0], Receipt)
    assert receipts == [receipts[0]] * 5
    assert [count(stores, record) for record in (Arrival, PendingLeaf, Slot)] == [1, 1, 1]


def test_the_three_codes_of_a_slot_at_once_keep_one_answer(stores: Stores) -> None:
    _, [codes] = prepared(stores, 1, codes_each=3)
    results = at_once([sends(stores, code) for code in codes * 2])
    receipts = {result for result in results if isinstance(result, Receipt)}
    assert len(receipts) == 1
    assert sum(isinstance(result, SpentCode) for result in results) == 4
    assert count(stores, Arrival) == 1


def test_two_hundred_codes_from_four_phones_each_are_used_once(stores: Stores) -> None:
    _, codes = prepared(stores, 200)

    def phone(order: list[AccessCode]) -> Callable[[], dict[str, str]]:
        return lambda: {code.symbols: sends(stores, code)().code for code in order}

    listed = [code for [code] in codes]
    shown = at_once([phone(listed[start:] + listed[:start]) for start in (0, 1, 2, 100)])
    assert all(one == shown[0] for one in shown)
    assert [count(stores, record) for record in (Arrival, PendingLeaf, Answered)] == [200, 200, 200]
    with stores.box_reading() as box:
        counter = box.scalars(select(TownCount)).one()
    assert (counter.answered, counter.shown) == (200, 200)


@pytest.mark.parametrize("ending", [seal_phase, close_wave])
def test_no_acknowledged_answer_falls_between_arrival_and_sealing(
    stores: Stores, ending: Callable[[Session, Wave], object]
) -> None:
    wave, codes = prepared(stores, 40)

    def end() -> None:
        with stores.box_transaction() as box:
            ending(box, box.get_one(Wave, wave.id))

    def phone(own: list[list[AccessCode]]) -> Callable[[], int]:
        def act() -> int:
            kept = 0
            for [code] in own:
                try:
                    sends(stores, code)()
                except Closed:
                    break
                kept += 1
            return kept

        return act

    acts: list[Callable[[], int | None]] = [phone(codes[:20]), phone(codes[20:]), end]
    kept = sum(result for result in at_once(acts) if isinstance(result, int))
    assert count(stores, Arrival) + count(stores, Response) == kept
    assert count(stores, PendingLeaf) == count(stores, Arrival)
    if ending is close_wave:
        assert count(stores, Arrival) == 0
    with stores.box_reading() as box:
        phases = set(box.scalars(select(Arrival.phase))), set(box.scalars(select(Response.phase)))
    assert phases[0] <= {1}
    assert phases[1] <= {0}
