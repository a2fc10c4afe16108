from __future__ import annotations

import hashlib
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.collection.codes import AccessCode, new_nonce, nonce_fingerprint
from surveys.errors import NotFound, UnknownCode

CODE = AccessCode.parse("0000-0000-0000-00000")


def test_a_code_is_sixteen_symbols_and_a_check_symbol_in_four_groups() -> None:
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{5}", AccessCode.random().printed)
    assert CODE.printed == "0000-0000-0000-00000"


def test_what_is_printed_or_stands_in_an_address_is_read_back() -> None:
    for _ in range(100):
        code = AccessCode.random()
        assert AccessCode.parse(code.printed) == AccessCode.parse(code.symbols) == code


@pytest.mark.parametrize("typed", ["oooo oooo oooo ooooo", " 0000–0000—0000-0000０\n", "OOOO0000OOOO00000"])
def test_typing_slips_are_forgiven(typed: str) -> None:
    assert AccessCode.parse(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0000-0000-0000-00001", "code.check"),
        ("1000-0000-0000-00000", "code.check"),
        ("0000-0000-0000-0000", "code.length"),
        ("", "code.length"),
        ("0" * 100_000, "code.length"),
        ("0000-0000-0000-0000U", "code.character"),
        ("０００００００００００００００零0", "code.character"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_a_code(typed: str, code: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        AccessCode.parse(typed)
    assert refused.value.code == code


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_refused(typed: str) -> None:
    with suppress(UnknownCode):
        assert len(AccessCode.parse(typed).symbols) == 17


def test_each_store_has_a_fingerprint_of_its_own() -> None:
    assert CODE.fingerprint("box") == hashlib.sha256(b"box\0" + b"0" * 17).digest()
    assert CODE.fingerprint("registrar") == hashlib.sha256(b"registrar\0" + b"0" * 17).digest()


def test_a_code_does_not_show_itself_in_a_traceback() -> None:
    code = AccessCode.random()
    assert code.symbols not in repr(code)
    assert code.symbols not in f"{code}"


def test_a_nonce_has_eighty_bits_and_one_form() -> None:
    nonce = new_nonce()
    assert len(nonce) == 16
    assert nonce_fingerprint("poster", nonce) != nonce_fingerprint("other", nonce)
    for wrong in ("", nonce[:-1], nonce + "0", nonce[:-1] + "!", nonce.lower().replace("0", "o") + "x"):
        with pytest.raises(NotFound):
            nonce_fingerprint("poster", wrong)
