"""What is hashed, byte for byte: docs/collection.md#the-ledger. Every part but the message has a fixed length."""

from __future__ import annotations

import hashlib
import hmac

LOG_ID_BYTES = 16
RECEIPT_ID_BYTES = 16
KEY_BYTES = 32
KIND_BYTES = 16
RESPONSE = "response"


def tag_of(log_id: bytes, receipt_id: bytes) -> bytes:
    """SHA-256("tag", log id, receipt id): names a leaf and says nothing of the answers."""
    _must_measure(log_id, LOG_ID_BYTES)
    _must_measure(receipt_id, RECEIPT_ID_BYTES)
    return hashlib.sha256(b"tag" + log_id + receipt_id).digest()


def commitment_of(key: bytes, answers: bytes, instrument_sha256: str, channel: str) -> bytes:
    """HMAC-SHA256 under a random key, so that few possible answers cannot be guessed by trying them all.

    The message is the canonical JSON, the version's hex digest and the channel, parted by NUL, which none holds.
    """
    _must_measure(key, KEY_BYTES)
    message = b"\0".join((answers, instrument_sha256.encode(), channel.encode()))
    return hmac.digest(key, message, "sha256")


def leaf_of(log_id: bytes, kind: str, tag: bytes, commitment: bytes) -> bytes:
    """SHA-256(0x00, log id, kind, tag, commitment): a leaf's RFC 6962 hash; `kind` is padded with NUL to 16 bytes."""
    _must_measure(log_id, LOG_ID_BYTES)
    padded = kind.encode().ljust(KIND_BYTES, b"\0")
    for part, length in ((padded, KIND_BYTES), (tag, 32), (commitment, 32)):
        _must_measure(part, length)
    return hashlib.sha256(b"\0" + log_id + padded + tag + commitment).digest()


def _must_measure(part: bytes, length: int) -> None:
    if len(part) != length:
        raise ValueError(f"{length} bytes were expected, not {len(part)}")
