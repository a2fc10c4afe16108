"""How many to take in each stratum.

Source: docs/sampling.md#allocation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from surveys.errors import Refusal

PSU_BUDGET = 330
PSU_FLOOR = 9


def psus_per_town(sizes: Mapping[str, int], listed: Mapping[str, int] | None = None) -> dict[str, int]:
    """The default design: max(9, round(330 * sqrt(N_h) / sum sqrt(N))) PSUs in each town, halves rounded up.

    `sizes` are listed dwellings. With `listed` (PSUs in the frame) no town gets more than it has.
    """
    shares = power(list(sizes.values()), PSU_BUDGET)
    wanted = {town: max(PSU_FLOOR, math.floor(share + 0.5)) for town, share in zip(sizes, shares, strict=True)}
    return {town: min(psus, listed[town]) if listed else psus for town, psus in wanted.items()}


def equal(sizes: Sequence[float], n: int) -> list[float]:
    """The same for every stratum: best for comparing towns. Raises Refusal: allocation.sizes."""
    _checked(sizes)
    return [n / len(sizes)] * len(sizes)


def proportional(sizes: Sequence[float], n: int) -> list[float]:
    """In proportion to size: equal weights, small strata thin. Raises as `power`."""
    return power(sizes, n, 1.0)


def power(sizes: Sequence[float], n: int, exponent: float = 0.5) -> list[float]:
    """In proportion to size ** exponent: between equal (0) and proportional (1).

    Raises Refusal: allocation.sizes (none, or strata whose size is not finite or below 0), allocation.nothing (nothing
    to share by).
    """
    _checked(sizes)
    return _shared([size**exponent if exponent != 0.5 else math.sqrt(size) for size in sizes], n)


def neyman(sizes: Sequence[float], deviations: Sequence[float], n: int) -> list[float]:
    """In proportion to size times standard deviation: least variance of the overall mean.

    Raises Refusal: allocation.length (lists of unlike length), allocation.sizes, allocation.nothing.
    """
    _same_length(sizes, deviations)
    _checked(sizes)
    _checked(deviations)
    return _shared([size * deviation for size, deviation in zip(sizes, deviations, strict=True)], n)


def whole(shares: Sequence[float], sizes: Sequence[int], least: int = 2) -> list[int]:
    """Whole numbers near the shares that keep their (whole) sum, with least <= n_h <= N_h.

    Largest remainder; a tie goes to the earlier stratum. Raises Refusal: allocation.length, allocation.sizes,
    allocation.bounds (they cannot hold the sum).
    """
    _same_length(sizes, shares)
    _checked(shares)
    total = round(math.fsum(shares))
    floors = [min(least, size) for size in sizes]
    if not sum(floors) <= total <= sum(sizes):
        raise Refusal("allocation.bounds", total=total, least=sum(floors), most=sum(sizes))
    given = [min(max(math.floor(share), low), size) for share, low, size in zip(shares, floors, sizes, strict=True)]
    while (missing := total - sum(given)) != 0:
        step = 1 if missing > 0 else -1
        room = [place for place, taken in enumerate(given) if floors[place] <= taken + step <= sizes[place]]
        place = max(room, key=lambda place: step * (shares[place] - given[place]))
        given[place] += step
    return given


def _shared(weights: Sequence[float], n: int) -> list[float]:
    total = math.fsum(weights)
    if not total:
        raise Refusal("allocation.nothing", strata=len(weights))
    return [n * weight / total for weight in weights]


def _checked(numbers: Sequence[float]) -> None:
    wrong = [place for place, number in enumerate(numbers) if not (math.isfinite(number) and number >= 0)]
    if wrong or not len(numbers):
        raise Refusal("allocation.sizes", strata=wrong, given=len(numbers))


def _same_length(sizes: Sequence[float], others: Sequence[float]) -> None:
    if len(sizes) != len(others):
        raise Refusal("allocation.length", sizes=len(sizes), others=len(others))
