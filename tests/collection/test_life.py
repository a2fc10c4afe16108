"""A response's life against a plain dict: sent, sent again, rolled back, sealed, closed, in any order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from surveys.collection.codes import AccessCode
from surveys.collection.sealing import seal_phase
from surveys.collection.submit import submit
from surveys.collection.waves import close_wave
from surveys.errors import AnswersInvalid, Closed, Conflict, Ineligible, Refusal, SpentCode
from surveys.ledger.log import broken_checkpoints
from surveys.records.box import Arrival, Leaf, PendingLeaf, Response, Wave
from tests.collection.samples import NOW, answers, passes, running_wave
from webapp.db import Stores

SLOTS, CODES = 4, 2
BODIES = {"good": answers(), "faulty": answers(age=["?"]), "young": answers(age=["0"])}
REFUSED = {"faulty": AnswersInvalid, "young": Ineligible}
ANY_SLOT, ANY_CODE = st.integers(0, SLOTS - 1), st.integers(0, CODES - 1)


class PowerCut(Exception):
    """The process ends before its transaction does."""


class Life(RuleBasedStateMachine):
    """The model: which code spent a slot with which receipt, which slots are sealed, and whether the wave is closed."""

    def __init__(self, stores: Stores) -> None:
        super().__init__()
        self.stores = stores
        with stores.box_transaction() as box:
            self.number = box.scalar(select(func.count()).select_from(Wave)) or 0
            self.wave = running_wave(box, code=f"life-{self.number}")
            self.codes = passes(box, self.wave, SLOTS, codes_each=CODES)
        self.receipts: dict[int, tuple[int, str]] = {}
        self.sealed: set[int] = set()
        self.phase = 0
        self.closed = False

    @rule(slot=ANY_SLOT, code=ANY_CODE, body=st.sampled_from(sorted(BODIES)))
    def send(self, slot: int, code: int, body: str) -> None:
        expected = self.expected(slot, code, body)
        if expected is not None:
            with pytest.raises(expected):
                self.submitted(self.codes[slot][code], body)
            return
        receipt = self.submitted(self.codes[slot][code], body)
        assert self.receipts.setdefault(slot, (code, receipt)) == (code, receipt)

    def expected(self, slot: int, code: int, body: str) -> type[Refusal] | None:
        if slot in self.receipts:
            same = self.receipts[slot][0] == code and slot not in self.sealed
            return None if same else SpentCode
        return Closed if self.closed else REFUSED.get(body)

    def submitted(self, code: AccessCode, body: str) -> str:
        with self.stores.box_transaction() as box:
            return submit(box, code, BODIES[body], NOW).code

    @rule(slot=ANY_SLOT, code=ANY_CODE)
    def crash(self, slot: int, code: int) -> None:
        if self.expected(slot, code, "good") is None:
            with pytest.raises(PowerCut):
                self.cut_off(self.codes[slot][code])

    def cut_off(self, code: AccessCode) -> None:
        with self.stores.box_transaction() as box:
            submit(box, code, BODIES["good"], NOW)
            raise PowerCut

    @rule()
    def seal(self) -> None:
        if self.ends(seal_phase, refused=self.closed or self.phase == 3):
            self.phase += 1

    @rule(really=st.sampled_from([True, False, False, False]))
    def close(self, really: bool) -> None:
        if really and self.ends(close_wave, refused=self.closed):
            self.closed = True

    def ends(self, ending: Callable[..., object], refused: bool) -> bool:
        with self.stores.box_transaction() as box:
            act = partial(ending, box, box.get_one(Wave, self.wave.id))
            if refused:
                with pytest.raises(Conflict):
                    act()
                return False
            act()
        self.sealed |= set(self.receipts)
        return True

    @invariant()
    def every_answer_is_kept_once_with_its_leaf(self) -> None:
        with self.stores.box_reading() as box:
            counts = [self.count(box, record) for record in (Arrival, PendingLeaf, Response, Leaf)]
            assert broken_checkpoints(box, box.get_one(Wave, self.wave.id)) == []
        waiting, sealed = len(self.receipts) - len(self.sealed), len(self.sealed)
        assert counts == [waiting, waiting, sealed, sealed]

    def count(self, box: object, record: type[Arrival | PendingLeaf | Response | Leaf]) -> int:
        asked = select(func.count()).select_from(record).where(record.wave_id == self.wave.id)
        return box.scalar(asked) or 0  # type: ignore[attr-defined]


def test_a_responses_life_is_that_of_the_model(stores: Stores) -> None:
    run_state_machine_as_test(
        partial(Life, stores),  # type: ignore[arg-type]
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
