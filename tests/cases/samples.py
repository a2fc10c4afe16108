"""A synthetic case evaluation, step by step, for tests of cases and of their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from surveys.cases.evaluators import (
    Invited,
    begin_inviting,
    panel_member,
    parties,
    write_evaluator_passes,
    write_evaluators,
)
from surveys.cases.register_file import RegisterFile, RegisterRow, read_register
from surveys.cases.store import keep_register, publish_cases, run_case_draw
from surveys.collection.entry import slot_of
from surveys.collection.submit import submit_evaluation
from surveys.collection.waves import close_wave
from surveys.records.waves import Wave
from surveys.simulation.cases import case_register, register_csv
from tests.collection.samples import running_wave
from webapp.db import Stores

NOW = datetime(2021, 9, 10, 8, 30, tzinfo=UTC)
SEED = "第2021097期 04 09 17 22 25 31 08"
EVALUATION: dict[str, Any] = {
    "code": "yubei-cases-2021",
    "title": {"zh": "模拟数据：行政执法社会评议", "en": "Synthetic data: evaluation of enforcement"},
    "instrument_code": "enforcement-evaluation",
}
MARKS = ("body", "facts", "procedure", "basis", "discretion", "conduct", "efficiency")


def register(n: int = 40) -> RegisterFile:
    """A register of n synthetic cases."""
    return read_register(register_csv(case_register("test", 2021, n)))


def small_register(*codes: str) -> RegisterFile:
    """A register of these codes and nothing worth reading."""
    return RegisterFile(tuple(RegisterRow(code, "一队", "处罚", date(2021, 3, 1)) for code in codes))


def case_wave(stores: Stores, **changes: Any) -> Wave:
    """An open wave that evaluates cases."""
    with stores.box_transaction() as box:
        return running_wave(box, **EVALUATION | changes)


def drawn(stores: Stores, wave: Wave, n: int = 4, listed: int = 40) -> list[str]:
    """The register kept and n cases drawn; gives their codes."""
    with stores.registrar_transaction() as registrar:
        keep_register(registrar, wave.id, register(listed), "模拟登记册.csv", NOW)
        rows = run_case_draw(registrar, wave.id, SEED, n)
    with stores.box_transaction() as box:
        publish_cases(box, wave.id, rows, listed)
    return [row.code for row in rows]


def panel(stores: Stores, wave: Wave, cases: Sequence[str], *groups: str) -> list[Invited]:
    """One member for each named group, let in as the pages do it."""
    with stores.registrar_transaction() as registrar:
        begin_inviting(registrar, wave.id)
    with stores.registrar_reading() as registrar:
        ahead = [groups[:place].count(group) for place, group in enumerate(groups)]
        invited = [
            panel_member(registrar, wave.id, group, f"模拟评议员{place}", cases, ahead[place])
            for place, group in enumerate(groups)
        ]
    return let_in(stores, wave, invited)


def letters(stores: Stores, wave: Wave, cases: Sequence[str], each: int = 1) -> list[Invited]:
    """Letters for the parties of these cases."""
    return let_in(stores, wave, parties(cases, each))


def let_in(stores: Stores, wave: Wave, invited: list[Invited]) -> list[Invited]:
    with stores.box_transaction() as box:
        write_evaluator_passes(box, wave.id, invited)
    with stores.registrar_transaction() as registrar:
        write_evaluators(registrar, wave.id, invited)
    return invited


def evaluate(stores: Stores, one: Invited, case: str, mark: int = 80, *vetoes: str, recused: bool = False) -> None:
    """One panel member's form as a phone posts it."""
    said = {"recused": ["yes"]} if recused else {"recused": ["no"], **{code: [str(mark)] for code in MARKS}}
    with stores.box_transaction() as box:
        wave = box.get_one(Wave, slot_of(box, one.code, case).wave_id)
        submit_evaluation(box, one.code, case, said | {veto: ["1"] for veto in vetoes}, wave.opens_at)


def answer_as_party(stores: Stores, one: Invited, mark: int = 70) -> None:
    """One party's form."""
    said = {"p_conduct": [str(mark)], "p_efficiency": [str(mark)], "p_rights": ["yes"], "p_satisfaction": ["2"]}
    with stores.box_transaction() as box:
        wave = box.get_one(Wave, slot_of(box, one.code, one.cases[0]).wave_id)
        submit_evaluation(box, one.code, one.cases[0], said, wave.opens_at)


def closed(stores: Stores, wave: Wave) -> Wave:
    """The same wave after its closing."""
    with stores.box_transaction() as box:
        close_wave(box, wave)
        return box.get_one(Wave, wave.id)
