"""Simple random sampling of cases, without replacement, from one recorded seed."""

from __future__ import annotations

from surveys.cases.register_file import RegisterFile, RegisterRow
from surveys.errors import Refusal
from surveys.records.base import NAME_LENGTH
from surveys.sampling.uniforms import Uniforms

ALGORITHM = "minping-cases/1"


def draw_cases(register: RegisterFile, seed: str, n: int) -> tuple[RegisterRow, ...]:
    """The `n` cases with the smallest keyed numbers, in register order; the same register and seed give the same cases.

    Sorting by one uniform number a case is a simple random sample; anybody holding the register and the seed
    can repeat it (docs/howto/evaluate-cases.md). Raises Refusal without a seed or for one too long to keep, or when the
    register holds fewer than `n` cases.
    """
    if not seed.strip():
        raise Refusal("cases.no_seed")
    if len(seed) > NAME_LENGTH:
        raise Refusal("cases.seed_too_long", limit=NAME_LENGTH)
    if not 1 <= n <= len(register.rows):
        raise Refusal("cases.too_few", asked=n, listed=len(register.rows))
    uniforms = Uniforms(seed, f"{ALGORITHM}\n{register.sha256}")
    ranked = sorted(register.rows, key=lambda row: (uniforms("case", row.code), row.code))
    return tuple(sorted(ranked[:n], key=lambda row: row.code))
