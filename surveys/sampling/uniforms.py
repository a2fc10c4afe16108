"""Random numbers that anybody can make again: HMAC-SHA256 of a recorded seed over plain labels.

No library's generator, whose streams may change between versions: docs/sampling.md#random-numbers.
"""

from __future__ import annotations

import hashlib
import hmac

BITS = 64
ONE = 2**BITS


class Uniforms:
    """Whole numbers 0 <= u < 2**64, one for each sequence of labels; the order of asking does not matter."""

    def __init__(self, seed: str, context: str) -> None:
        self._keyed = hmac.new(seed.encode(), context.encode(), hashlib.sha256)

    def __call__(self, *labels: str) -> int:
        message = self._keyed.copy()
        message.update("".join(f"\n{label}" for label in labels).encode())
        return int.from_bytes(message.digest()[: BITS // 8], "big")


def public_seed(rule: str, results: str) -> str:
    """The seed from a rule announced before a public lottery and the results after it (hexadecimal SHA-256).

    At least 64 bits of results, for instance two issues of 双色球 and one of 大乐透, so that nobody can try them all.
    """
    return hashlib.sha256(f"{rule}\n{results}".encode()).hexdigest()
