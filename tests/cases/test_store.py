"""A register is kept until it is drawn from; the draw stands, and can be verified."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveys.cases.store import (
    drawn_cases,
    keep_register,
    kept_rows,
    publish_cases,
    register_of,
    run_case_draw,
)
from surveys.cases.verify import verify_draw
from surveys.errors import Conflict, NotFound
from surveys.records.evaluations import DrawnCase
from surveys.records.registers import RegisterCase
from tests.cases.samples import NOW, SEED, case_wave, drawn, register, small_register
from webapp.db import Stores

WAVE = 7


def test_a_register_is_replaced_until_it_is_drawn_from(registrar: Session) -> None:
    keep_register(registrar, WAVE, register(40), "旧.csv", NOW)
    keep_register(registrar, WAVE, register(30), "新.csv", NOW)
    assert register_of(registrar, WAVE).filename == "新.csv"
    assert registrar.scalar(select(func.count()).select_from(RegisterCase)) == 30
    run_case_draw(registrar, WAVE, SEED, 3)
    with pytest.raises(Conflict, match=r"cases\.already_drawn"):
        keep_register(registrar, WAVE, register(40), "旧.csv", NOW)


def test_what_is_kept_is_what_was_handed_in(registrar: Session) -> None:
    given = register(40)
    kept = keep_register(registrar, WAVE, given, "f.csv", NOW)
    assert kept_rows(registrar, kept) == given
    assert kept.sha256 == given.sha256


def test_a_draw_is_repeated_and_never_replaced(registrar: Session) -> None:
    keep_register(registrar, WAVE, register(40), "f.csv", NOW)
    first = run_case_draw(registrar, WAVE, SEED, 5)
    assert run_case_draw(registrar, WAVE, f" {SEED} ", 5) == first
    for seed, n in (("another", 5), (SEED, 6)):
        with pytest.raises(Conflict, match=r"cases\.already_drawn"):
            run_case_draw(registrar, WAVE, seed, n)


def test_without_a_register_there_is_nothing_to_draw_from(registrar: Session) -> None:
    with pytest.raises(NotFound, match=r"cases\.no_register"):
        run_case_draw(registrar, WAVE, SEED, 5)


def test_cases_are_published_once(box: Session, stores: Stores) -> None:
    wave = case_wave(stores)
    rows = small_register("A", "B").rows
    assert publish_cases(box, wave.id, rows, 40) == 2
    assert publish_cases(box, wave.id, small_register("C").rows, 40) == 2
    assert [case.code for case in drawn_cases(box, wave.id)] == ["A", "B"]


def test_a_second_draw_verifies_the_first(stores: Stores) -> None:
    wave = case_wave(stores)
    drawn(stores, wave, 4)
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert verify_draw(box, registrar, wave.id).agrees


def test_an_exchanged_case_is_found(stores: Stores) -> None:
    wave = case_wave(stores)
    codes = drawn(stores, wave, 4)
    with stores.box_transaction() as box:
        box.execute(update(DrawnCase).where(DrawnCase.code == codes[0]).values(code="X-1"))
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        check = verify_draw(box, registrar, wave.id)
    assert not check.agrees
    assert (check.missing, check.foreign) == ((codes[0],), ("X-1",))


def test_an_altered_register_is_found(stores: Stores) -> None:
    wave = case_wave(stores)
    drawn(stores, wave, 4)
    with stores.registrar_transaction() as registrar:
        registrar.execute(update(RegisterCase).where(RegisterCase.position == 0).values(body="别的单位"))
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert not verify_draw(box, registrar, wave.id).register_agrees


def test_nothing_is_verified_before_the_draw(box: Session, registrar: Session) -> None:
    keep_register(registrar, WAVE, register(40), "f.csv", NOW)
    with pytest.raises(Conflict, match=r"cases\.not_drawn_yet"):
        verify_draw(box, registrar, WAVE)
