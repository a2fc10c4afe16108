from __future__ import annotations

import pytest

from surveys.catalog import catalog_content
from surveys.instrument.instrument import Instrument
from surveys.simulation.cases import case_register, panel_marks, party_marks, register_csv
from surveys.simulation.raw_cases import panel_raw, party_raw


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return Instrument.parse(catalog_content("enforcement-evaluation"))


def test_every_invented_evaluation_is_taken_as_it_was_meant(instrument: Instrument) -> None:
    cases = case_register("cases", 2021)[:33]
    for mark in panel_marks("panel", cases):
        answers = instrument.read(panel_raw(instrument, mark), form="panel")
        assert answers["recused"] == ("yes" if mark.recused else "no")
        assert all(answers[code] == value for code, value in mark.marks.items())
        assert len(instrument.vetoes(answers)) == int(mark.veto)
    for party in party_marks("parties", cases):
        answers = instrument.read(party_raw(party), form="party")
        assert all(answers[code] == value for code, value in party.marks.items())


def test_panel_groups_are_those_of_the_case_score(instrument: Instrument) -> None:
    groups = {mark.group for mark in panel_marks("panel", case_register("cases", 2021, 3))}
    assert all(f'code = "{group}"' in instrument.content for group in groups)


def test_the_register_file_has_one_line_a_case() -> None:
    cases = case_register("cases", 2021, 40)
    assert len(register_csv(cases).decode("utf-8-sig").splitlines()) == 41
