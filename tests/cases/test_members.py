"""A list of panel members as somebody pastes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.cases.declared import asks_parties, evaluates_cases, panel_groups
from surveys.cases.members import Member, read_members
from surveys.catalog import catalog_content
from surveys.errors import FileRefused
from surveys.instrument.instrument import Instrument

INSTRUMENT = Instrument.parse(catalog_content("enforcement-evaluation"))
GROUPS = panel_groups(INSTRUMENT)


def faults_of(text: str, known: set[Member] | None = None) -> list[tuple[str, int | None]]:
    with pytest.raises(FileRefused) as refused:
        read_members(text, GROUPS, known or set())
    return [(fault.code, fault.row) for fault in refused.value.faults]


def test_the_groups_are_those_the_instrument_declares() -> None:
    assert list(GROUPS) == ["deputies", "supervisors", "lawyers", "residents"]
    assert evaluates_cases(INSTRUMENT)
    assert asks_parties(INSTRUMENT)


def test_an_awareness_survey_evaluates_no_cases() -> None:
    awareness = Instrument.parse(catalog_content("legal-awareness"))
    assert not evaluates_cases(awareness)
    assert panel_groups(awareness) == {}


def test_a_group_goes_by_code_title_or_a_part_of_it() -> None:
    text = "张三, lawyers\n李四，律师、专家\n王五；律师\n\n赵六\tLawyers and experts\n"
    assert read_members(text, GROUPS) == [Member(name, "lawyers") for name in ("张三", "李四", "王五", "赵六")]


def test_every_line_at_fault_is_named() -> None:
    text = f"张三,律师\n,律师\n李四,记者\n张三,律师\n{'长' * 61},律师\n王五"
    assert faults_of(text) == [
        ("cases.member_without_name", 2),
        ("cases.group_unknown", 3),
        ("cases.member_twice", 4),
        ("cases.member_name_unfit", 5),
        ("cases.group_unknown", 6),
    ]


def test_pressing_twice_invites_nobody_twice() -> None:
    assert faults_of("张三,律师", {Member("张三", "lawyers")}) == [("cases.member_twice", 1)]
    assert read_members("张三,居民代表", GROUPS, {Member("张三", "lawyers")}) == [Member("张三", "residents")]


def test_an_empty_list_and_an_endless_one_are_refused() -> None:
    assert faults_of(" \n ") == [("cases.no_members", None)]
    assert faults_of("\n".join(f"人{number},律师" for number in range(101))) == [("cases.too_many_members", None)]


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    members, faults = [], []
    try:
        members = read_members(text, GROUPS)
    except FileRefused as refusal:
        faults = refusal.faults
    assert bool(members) is not bool(faults)
    assert {member.group for member in members} <= set(GROUPS)
    assert all(member.name.isprintable() for member in members)
