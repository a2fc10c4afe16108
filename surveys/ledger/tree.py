"""The Merkle tree of RFC 6962 over leaf hashes (32 bytes each, made by `leaves.leaf_of`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The tree's head; for no leaves the hash of nothing (RFC 6962, 2.1)."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """The siblings on the way from the leaf at `position` (from 0) to the root; raises IndexError outside the tree."""
    if not 0 <= position < len(leaves):
        raise IndexError(position)
    proof: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level, position = _parents(level), position // 2
    return proof


def is_included(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from `leaf` at `position` in a tree of `size` leaves to `root`."""
    if not 0 <= position < size:
        return False
    siblings = iter(proof)
    head, last = leaf, size - 1
    while last:
        if position % 2 or position < last:
            sibling = next(siblings, None)
            if sibling is None:
                return False
            head = node_of(sibling, head) if position % 2 else node_of(head, sibling)
        position, last = position // 2, last // 2
    return next(siblings, None) is None and head == root


def node_of(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _parents(level: list[bytes]) -> list[bytes]:
    """The level above; a last node without a sibling rises as it is, which gives the RFC's left-full tree."""
    pairs = [node_of(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) % 2 else pairs
