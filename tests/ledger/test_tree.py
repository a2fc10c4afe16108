from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ledger.tree import inclusion_proof, is_included, root_of

# Leaves and roots of the reference tree that Certificate Transparency implementations test RFC 6962 with.
REFERENCE = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content).digest()


def leaves(count: int) -> list[bytes]:
    return [leaf(str(number).encode()) for number in range(count)]


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: split at the largest power of two below n."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_that_of_the_reference_tree(size: int) -> None:
    hashes = [leaf(bytes.fromhex(content)) for content in REFERENCE[:size]]
    assert root_of(hashes).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(65))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert root_of(leaves(size)) == by_definition(leaves(size))


@pytest.mark.parametrize("size", range(1, 65))
def test_every_leaf_is_proved_and_nowhere_else(size: int) -> None:
    hashes, root = leaves(size), root_of(leaves(size))
    for position in range(size):
        proof = inclusion_proof(hashes, position)
        assert is_included(hashes[position], position, size, proof, root)
        assert not is_included(leaf(b"other"), position, size, proof, root)
        for elsewhere in range(size):
            if elsewhere != position:
                assert not is_included(hashes[position], elsewhere, size, proof, root)


@given(st.integers(1, 64), st.data())
def test_a_proof_that_was_touched_proves_nothing(size: int, data: st.DataObject) -> None:
    hashes, root = leaves(size), root_of(leaves(size))
    position = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(hashes, position)
    assert not is_included(hashes[position], position, size, [*proof, root], root)
    assert not is_included(hashes[position], size, size, proof, root)
    assert not is_included(hashes[position], -1, size, proof, root)
    if proof:
        spoilt = data.draw(st.integers(0, len(proof) - 1))
        assert not is_included(hashes[position], position, size, proof[:spoilt] + proof[spoilt + 1 :], root)
        turned = [bytes([step[0] ^ 1]) + step[1:] if n == spoilt else step for n, step in enumerate(proof)]
        assert not is_included(hashes[position], position, size, turned, root)


def test_there_is_no_proof_outside_the_tree() -> None:
    for position in (-1, 3):
        with pytest.raises(IndexError):
            inclusion_proof(leaves(3), position)
