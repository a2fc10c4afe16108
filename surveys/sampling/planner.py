"""What precision a sample will give, and how large it must be, before anybody is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from surveys.errors import Refusal
from surveys.sampling.students_t import quantile

LARGEST = 1_000_000
ROUNDING = 1e-9  # equal weights may give a loss this little below 1


@dataclass(frozen=True, slots=True)
class PlannedDesign:
    """What is expected of the fieldwork.

    `icc`: likeness of people in one PSU. `per_psu`: completes a PSU. `kish`: loss by unequal weights, 1 for none;
    inside a town only the number of people in a household makes weights unequal.

    Raises Refusal plan.design_out_of_range: icc outside 0 to 1, or per_psu or kish below 1.
    """

    icc: float = 0.03
    per_psu: float = 10
    kish: float = 1.25

    def __post_init__(self) -> None:
        if not (0 <= self.icc <= 1 and 1 <= self.per_psu < math.inf and 1 - ROUNDING <= self.kish < math.inf):
            raise Refusal("plan.design_out_of_range", icc=self.icc, per_psu=self.per_psu, kish=self.kish)

    @property
    def deff(self) -> float:
        """The design effect: kish * (1 + (per_psu - 1) * icc). Source: docs/sampling.md#expected-half-width."""
        return self.kish * (1 + (self.per_psu - 1) * self.icc)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Completes needed in one reporting unit, under the design and by the usual arithmetic, which is too small.

    `design` rests on `deff` and on `t` for `df`, its full PSUs less one; `simple` on neither (SRS, normal quantile).
    `simple_half` is the half-width that so few completes would really have (None below 2 PSUs: no precision at all).
    """

    design: int
    simple: int
    psus: int
    issued: int
    deff: float
    df: int
    t: float
    simple_half: float | None


def half_width(p: float, n: float, df: int, design: PlannedDesign, confidence: float = 0.95) -> float:
    """Expected half-width of the interval of a proportion: t(df) * sqrt(deff * p * (1 - p) / n)."""
    return quantile(df, confidence) * math.sqrt(design.deff * p * (1 - p) / n)


def stratum_half_width(p: float, psus: int, design: PlannedDesign, confidence: float = 0.95) -> float:
    """The same for one stratum of `psus` PSUs, with df = psus - 1; raises Refusal below 2 PSUs."""
    if psus < 2:
        raise Refusal("plan.one_psu")
    return half_width(p, psus * design.per_psu, psus - 1, design, confidence)


def kish(counts: Sequence[float], weights: Sequence[float]) -> float:
    """1 + cv² of weights that `counts` people carry each: n * sum(n_h w_h²) / (sum n_h w_h)²."""
    n = math.fsum(counts)
    first = math.fsum(count * weight for count, weight in zip(counts, weights, strict=True))
    second = math.fsum(count * weight**2 for count, weight in zip(counts, weights, strict=True))
    return n * second / first**2


def sample_size(p: float, half: float, design: PlannedDesign, response: float = 1.0) -> SampleSize:
    """The smallest n whose expected half-width is at most `half`, with t for its PSUs, and the SRS n beside it.

    `response`: completes per issued dwelling (RR1 times the eligible share). Raises Refusal for values out of
    range and when no n up to a million would do.
    """
    if not (0 < p < 1 and 0 < half < 1 and 0 < response <= 1):
        raise Refusal("plan.out_of_range", p=p, half=half, response=response)
    needed = next((n for n in _sizes(p, half, design) if _reaches(p, half, n, design)), None)
    if needed is None:
        raise Refusal("plan.unreachable", most=LARGEST)
    simple, df = math.ceil(simple_size(p, half)), _df(needed, design)
    return SampleSize(
        design=needed,
        simple=simple,
        psus=math.ceil(needed / design.per_psu),
        issued=math.ceil(needed / response),
        deff=design.deff,
        df=df,
        t=quantile(df),
        simple_half=half_width(p, simple, _df(simple, design), design) if _df(simple, design) >= 1 else None,
    )


def simple_size(p: float, half: float, confidence: float = 0.95) -> float:
    """n0 = z² p (1 - p) / e², unrounded: simple random sampling with normal quantiles."""
    return NormalDist().inv_cdf((1 + confidence) / 2) ** 2 * p * (1 - p) / half**2


def corrected_size(n0: float, deff: float, response: float, population: int) -> int:
    """Dwellings to issue: deff * n0 with the finite population correction, over the response, rounded up."""
    return math.ceil(finite_size(deff * n0, population) / response)


def finite_size(n: float, population: int) -> float:
    """n with the finite population correction: n / (1 + (n - 1) / N)."""
    return n / (1 + (n - 1) / population)


def _sizes(p: float, half: float, design: PlannedDesign) -> range:
    return range(max(2, math.ceil(simple_size(p, half) * design.deff)), LARGEST)


def _reaches(p: float, half: float, n: int, design: PlannedDesign) -> bool:
    df = _df(n, design)
    return df >= 1 and half_width(p, n, df, design) <= half


def _df(n: int, design: PlannedDesign) -> int:
    """Degrees of freedom of a unit of n completes that is one stratum: its full PSUs less one."""
    return int(n / design.per_psu) - 1
