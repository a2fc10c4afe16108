"""How long 5,000 units of a million and of ten million take to draw with probability proportional to size.

Run: python -m benchmarks.draw_speed [draws]   (made-up sizes; 0.2 s wanted for ten million, best of five)
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from surveys.sampling.methods.inclusion import inclusion_probabilities
from surveys.sampling.methods.library import METHODS, draw_units, joint_chances
from surveys.sampling.methods.systematic import systematic
from surveys.sampling.uniforms import ONE, Uniforms

DRAWS = 5_000
UNITS = (1_000_000, 10_000_000)
WANTED = 0.2
TIMES = 5
A_STRATUM, A_SAMPLE = 1_000, 20


def sizes_of(units: int) -> npt.NDArray[np.int64]:
    """Invented whole sizes, log-normal; a handful are certain to be drawn."""
    return np.maximum(1, np.random.default_rng(2021).lognormal(4, 2, units)).astype(np.int64)


def seconds(work: Callable[[], object], times: int = TIMES) -> float:
    """The best of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def measure(units: int, draws: int) -> float:
    """Seconds of the whole-number draw with its probabilities; prints it and its variants."""
    sizes, start = sizes_of(units), Fraction(Uniforms("benchmark", "draw_speed")("start"), ONE)
    fractional = sizes * 1.5
    drawn = seconds(lambda: systematic(sizes, draws, start))
    certain = int((inclusion_probabilities(sizes, draws) == 1).sum())
    print(f"{draws:,} of {units:,} units, {certain} of them certain")
    print(f"{drawn:8.3f} s  systematic PPS, whole sizes, exact: units and their probabilities")
    print(f"{seconds(lambda: systematic(fractional, draws, start)):8.3f} s  the same with sizes that are not whole")
    print(f"{seconds(lambda: inclusion_probabilities(sizes, draws)):8.3f} s  the probabilities of all units")
    return drawn


def measure_methods() -> None:
    """Prints a draw and the joint probabilities of one stratum by each method."""
    chances = inclusion_probabilities(sizes_of(A_STRATUM), A_SAMPLE)
    print(f"{A_SAMPLE} of {A_STRATUM:,} units: seconds to draw, and for the joint probabilities of all pairs")
    for method in METHODS:
        drawing = seconds(partial(draw_units, method, chances, "benchmark"), 3)
        formula = method != "brewer"  # its joint probabilities are added up over all samples: small strata only
        pairs = f"{seconds(partial(joint_chances, method, chances), 1):8.3f} s" if formula else f"{'none':>10}"
        print(f"{drawing:8.4f} s {pairs}  {method}")


def main() -> int:
    """1 when the ten million took longer than wanted."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    taken = [measure(units, draws) for units in UNITS]
    measure_methods()
    return 0 if taken[-1] <= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
