"""Codes that are not sent yet, sealed to the assessor's offline key: HPKE (RFC 9180) with X25519 and AES-256-GCM."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from surveys.collection.codes import AccessCode
from surveys.errors import NotAllowed
from surveys.records.kinds import PassKind

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
LABEL = b"minping unit codes 1"
KEY_BYTES = 32


@dataclass(frozen=True, repr=False)
class KeyPair:
    """Raw X25519 keys. The private one is handed out once and kept nowhere."""

    private: bytes
    public: bytes


@dataclass(frozen=True, repr=False)
class Bundle:
    """A unit's codes: the unsent ones in full, of the sent ones the box's fingerprints, to void them by."""

    unsent: Mapping[PassKind, AccessCode]
    sent: tuple[bytes, ...]


def new_key_pair() -> KeyPair:
    """A fresh pair: the public half goes into the wave's plan, the private half into the assessor's safe."""
    private = X25519PrivateKey.generate()
    return KeyPair(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def seal(public: bytes, log_id: bytes, unit_id: int, bundle: Bundle) -> bytes:
    """The bundle so that only the private key opens it, and only for this unit of this wave."""
    said = {
        "sent": [fingerprint.hex() for fingerprint in bundle.sent],
        "unsent": {kind.value: code.symbols for kind, code in bundle.unsent.items()},
    }
    plain = json.dumps(said, sort_keys=True).encode()
    return SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=_context(log_id, unit_id))


def unseal(private: bytes, log_id: bytes, unit_id: int, sealed: bytes) -> Bundle:
    """The bundle again; raises NotAllowed when the key is not the one it was sealed to."""
    if len(private) != KEY_BYTES:
        raise NotAllowed("key.length", length=KEY_BYTES)
    try:
        plain = SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=_context(log_id, unit_id))
    except InvalidTag:
        raise NotAllowed("key.wrong") from None
    said = json.loads(plain)
    unsent = {PassKind(kind): AccessCode(symbols) for kind, symbols in said["unsent"].items()}
    return Bundle(unsent, tuple(bytes.fromhex(fingerprint) for fingerprint in said["sent"]))


def _context(log_id: bytes, unit_id: int) -> bytes:
    return LABEL + log_id + unit_id.to_bytes(8)
