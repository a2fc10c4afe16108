"""Filling the case evaluation: a register, 33 drawn cases, a panel, parties, and one confirmed veto."""

from __future__ import annotations

from datetime import datetime

from surveys.cases.declared import panel_groups
from surveys.cases.evaluators import Invited, panel_member, party, write_evaluator_passes, write_evaluators
from surveys.cases.register_file import read_register
from surveys.cases.store import keep_register, publish_cases, run_case_draw
from surveys.cases.vetoes import confirm_veto, vetoes_raised
from surveys.collection.publish import instrument_of
from surveys.collection.submit import submit_evaluation
from surveys.collection.waves import close_wave, open_wave
from surveys.errors import Refusal
from surveys.records.waves import Wave
from surveys.simulation.cases import PANEL, SyntheticCase, case_register, panel_marks, party_marks, register_csv
from surveys.simulation.raw_cases import panel_raw, party_raw
from webapp.db import Stores

DRAWN, MEMBERS, SEED, YEAR = 33, 2, "模拟-2021-cases", 2021


def evaluate(stores: Stores, wave: Wave, now: datetime) -> None:
    """From register to closed wave."""
    register = case_register(SEED, YEAR)
    drawn = draw(stores, wave, register, now)
    panel, parties = invite(stores, wave, [case.code for case in drawn])
    instrument = instrument_of(wave)
    codes = {one.rater: one.code for one in panel}
    of_case = {one.cases[0]: one.code for one in parties}
    with stores.box_transaction() as box:
        open_wave(box, wave, wave.opens_at)
        for mark in panel_marks(SEED, drawn, MEMBERS):
            submit_evaluation(box, codes[mark.rater], mark.case, panel_raw(instrument, mark), now)
        for said in party_marks(SEED, drawn):
            submit_evaluation(box, of_case[said.case], said.case, party_raw(said), now)
        close_wave(box, wave)
    confirm(stores, wave)


def draw(stores: Stores, wave: Wave, register: tuple[SyntheticCase, ...], now: datetime) -> list[SyntheticCase]:
    """Keep the register as a file brought it, and draw."""
    with stores.registrar_transaction() as registrar:
        kept = keep_register(registrar, wave.id, read_register(register_csv(register)), "模拟案件台账.csv", now)
        rows, size = run_case_draw(registrar, wave.id, SEED, DRAWN), kept.cases
    with stores.box_transaction() as box:
        publish_cases(box, wave.id, rows, size)
    truth = {case.code: case for case in register}
    return [truth[row.code] for row in rows]


def invite(stores: Stores, wave: Wave, cases: list[str]) -> tuple[list[Invited], list[Invited]]:
    """Codes for the panel, each member for all cases, and for one party a case."""
    names = {code: f"模拟评议员·{group.title.zh}" for code, group in panel_groups(instrument_of(wave)).items()}
    with stores.registrar_reading() as registrar:
        first = [panel_member(registrar, wave.id, group, f"{names[group]}1", cases) for group in PANEL]
    panel, parties = list(first), [party(case) for case in cases]
    _write(stores, wave, first + parties)
    for place in range(1, MEMBERS):
        with stores.registrar_reading() as registrar:
            more = [panel_member(registrar, wave.id, group, f"{names[group]}{place + 1}", cases) for group in PANEL]
        _write(stores, wave, more)
        panel += more
    return panel, parties


def confirm(stores: Stores, wave: Wave) -> None:
    """Two assessors confirm the veto that most panel members saw; the others stay unconfirmed."""
    with stores.box_transaction() as box:
        raised = vetoes_raised(box, wave.id, instrument_of(wave))
        if not raised:
            raise Refusal("demo.no_veto")
        most = max(raised, key=lambda one: (one.raised, one.case_code))
        for assessor in ("1", "2"):
            confirm_veto(box, wave.id, most.case_code, most.item, assessor)


def _write(stores: Stores, wave: Wave, invited: list[Invited]) -> None:
    with stores.box_transaction() as box:
        write_evaluator_passes(box, wave.id, invited)
    with stores.registrar_transaction() as registrar:
        write_evaluators(registrar, wave.id, invited)
