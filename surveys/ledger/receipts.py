"""Receipts: the first 60 bits of a leaf's tag, for people to copy. They show that one was counted, never what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.errors import UnknownCode
from surveys.ledger.log import latest_checkpoint, leaf_hashes
from surveys.ledger.symbols import SYMBOLS, check_symbol, number_of, tidied, written
from surveys.ledger.tree import inclusion_proof
from surveys.records.leaves import Leaf
from surveys.records.waves import Wave

LENGTH = 12
TAG_BITS = 60


@dataclass(frozen=True)
class Receipt:
    """What the thank-you page shows; `code` is three groups with the check symbol at the end."""

    code: str
    wave_code: str


@dataclass(frozen=True)
class Inclusion:
    """Where a receipt's leaf stands in the sealed log, and the proof up to the root of the newest checkpoint."""

    position: int
    batch: int
    leaf: bytes
    size: int
    root: bytes
    proof: tuple[bytes, ...]


def receipt_of(wave_code: str, tag: bytes) -> Receipt:
    """The receipt for a tag."""
    symbols = written(int.from_bytes(tag) >> len(tag) * 8 - TAG_BITS, LENGTH)
    symbols += check_symbol(symbols)
    return Receipt("-".join((symbols[:4], symbols[4:8], symbols[8:])), wave_code)


def find_receipt(box: Session, wave: Wave, code: str) -> Inclusion | None:
    """The sealed leaf a receipt speaks of; None while its phase is not sealed, or when there is none.

    Raises UnknownCode for a receipt that was miscopied.
    """
    low = _parsed(code) << 256 - TAG_BITS
    high = low | (1 << 256 - TAG_BITS) - 1
    found = select(Leaf).where(Leaf.wave_id == wave.id, Leaf.tag.between(low.to_bytes(32), high.to_bytes(32)))
    leaf = box.scalars(found).first()
    checkpoint = latest_checkpoint(box, wave.id)
    if leaf is None or checkpoint is None:
        return None
    proof = inclusion_proof(leaf_hashes(box, wave.id), leaf.position)
    return Inclusion(leaf.position, leaf.batch, leaf.leaf, checkpoint.size, checkpoint.root, tuple(proof))


def _parsed(code: str) -> int:
    symbols = tidied(code)
    if len(symbols) != LENGTH + 1:
        raise UnknownCode("receipt.length", length=LENGTH + 1)
    if not set(symbols) <= set(SYMBOLS):
        raise UnknownCode("receipt.character")
    if check_symbol(symbols[:LENGTH]) != symbols[LENGTH]:
        raise UnknownCode("receipt.check")
    return number_of(symbols[:LENGTH])
