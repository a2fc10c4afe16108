from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ledger.symbols import SYMBOLS, check_symbol, number_of, tidied, written

WORDS = st.text(SYMBOLS, min_size=1, max_size=30)


@given(st.integers(0, 2**80 - 1))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert number_of(written(number, 16)) == number


def test_a_number_too_large_for_its_symbols_is_refused() -> None:
    assert written(2**80 - 1, 16) == "Z" * 16
    with pytest.raises(ValueError, match="more symbols"):
        written(2**80, 16)


def test_the_check_symbol_worked_by_hand() -> None:
    # "1" has the value 1; one step by the root of the polynomial makes it 2.
    assert check_symbol("1") == "2"
    # "G" is 16; doubled it is 32, which leaves GF(32) and comes back as 32 ^ 37 = 5.
    assert check_symbol("G") == "5"
    # "12": (1 * 2 ^ 2) * 2 = 0
    assert check_symbol("12") == "0"


@given(WORDS, st.data())
def test_every_single_wrong_symbol_is_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    wrong = data.draw(st.sampled_from(SYMBOLS.replace(word[place], "")))
    assert check_symbol(word[:place] + wrong + word[place + 1 :]) != check_symbol(word)


@given(WORDS, st.data())
def test_every_exchange_of_two_unlike_symbols_is_found(word: str, data: st.DataObject) -> None:
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(word) - 1)] * 2)))
    swapped = list(word)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    if "".join(swapped) != word:
        assert check_symbol("".join(swapped)) != check_symbol(word)


def test_what_people_type_is_forgiven() -> None:
    assert tidied(" ｏ0il—1 \u200bab-Z9\n") == "00111ABZ9"
