from __future__ import annotations

import hashlib
import hmac

import pytest

from surveys.ledger.leaves import commitment_of, leaf_of, tag_of

LOG = bytes(range(16))
RECEIPT = bytes(range(16, 32))
KEY = bytes(32)


def test_the_tag_is_a_hash_of_the_receipt_id_alone() -> None:
    assert tag_of(LOG, RECEIPT) == hashlib.sha256(b"tag" + LOG + RECEIPT).digest()


def test_the_commitment_is_keyed_and_covers_answers_version_and_channel() -> None:
    message = b'{"k01":"a"}\0' + b"ab" * 32 + b"\0invited"
    assert commitment_of(KEY, b'{"k01":"a"}', "ab" * 32, "invited") == hmac.new(KEY, message, hashlib.sha256).digest()
    others = {
        commitment_of(KEY, b'{"k01":"b"}', "ab" * 32, "invited"),
        commitment_of(KEY, b'{"k01":"a"}', "ac" * 32, "invited"),
        commitment_of(KEY, b'{"k01":"a"}', "ab" * 32, "open"),
        commitment_of(b"\1" * 32, b'{"k01":"a"}', "ab" * 32, "invited"),
    }
    assert len(others | {hmac.new(KEY, message, hashlib.sha256).digest()}) == 5


def test_the_leaf_is_hashed_as_rfc_6962_says() -> None:
    tag, commitment = b"\2" * 32, b"\3" * 32
    content = LOG + b"response" + bytes(8) + tag + commitment
    assert leaf_of(LOG, "response", tag, commitment) == hashlib.sha256(b"\0" + content).digest()


def test_parts_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        tag_of(LOG[:-1], RECEIPT)
    with pytest.raises(ValueError, match="32 bytes"):
        commitment_of(b"short", b"{}", "ab" * 32, "open")
    with pytest.raises(ValueError, match="16 bytes"):
        leaf_of(LOG, "a kind that is too long", b"\2" * 32, b"\3" * 32)
