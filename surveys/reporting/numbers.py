"""How a figure's numbers are rounded and written: the page, Word, Excel, CSV and text all ask here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from surveys.analysis.waves.groups import COMPARISONS
from surveys.records.releases import Figure

SHARES = ("percent", "percent_points")  # kept as parts of 1, printed of 100
LEAST_P = Decimal("0.001")
NARROW = Decimal("0.05")  # half-width in points under which one decimal would pretend to be exact


@dataclass(frozen=True)
class Rounded:
    """A figure's numbers as published: percent and points on a scale of 100, counts whole; None stays None.

    Every format writes these and no others, so that no file says more than another.
    """

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    se: Decimal | None
    n: int | None
    n_eff: Decimal | None
    df: Decimal | None
    deff: Decimal | None
    decimals: int


def rounded(figure: Figure) -> Rounded:
    """Round half up, as spreadsheets do: one decimal, two when the interval is narrower than ±0.05 points."""
    scale = 100 if figure.unit in SHARES else 1
    decimals = 0 if figure.unit == "count" else _decimals(figure, scale)
    return Rounded(
        value=_round(figure.value, decimals, scale),
        lower=_round(figure.lower, decimals, scale),
        upper=_round(figure.upper, decimals, scale),
        se=_round(figure.se, decimals + 1, scale),
        n=figure.n,
        n_eff=_round(figure.n_eff, 0),
        df=_round(figure.df, 0),
        deff=_round(figure.deff, 2),
        decimals=decimals,
    )


def _decimals(figure: Figure, scale: int) -> int:
    if figure.lower is None or figure.upper is None:
        return 1
    half = Decimal(repr((figure.upper - figure.lower) * scale / 2))
    return 2 if 0 < half < NARROW else 1


def _round(number: float | None, decimals: int, scale: int = 1) -> Decimal | None:
    if number is None:
        return None
    exact = Decimal(repr(round(number * scale, 9)))  # 0.285 * 100 is 28.499999999999996: the tie must be seen
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # minus nothing is nothing


def value_text(figure: Figure) -> str:
    """The value with its unit, "78.1%", "71.3" or "3,612"; an empty text when there is none."""
    value = rounded(figure).value
    return _difference(value) if figure.part == COMPARISONS else _with_unit(value, figure.unit)


def interval_text(figure: Figure) -> str:
    """The 95 % interval, "76.3%–79.8%", of a difference "−1.2 … +3.4"; an empty text when there is none."""
    numbers = rounded(figure)
    if numbers.lower is None or numbers.upper is None:
        return ""
    if figure.part == COMPARISONS:
        return f"{_difference(numbers.lower)} … {_difference(numbers.upper)}"
    return f"{_with_unit(numbers.lower, figure.unit)}–{_with_unit(numbers.upper, figure.unit)}"


def p_text(p: object) -> str:
    """A p-value to three decimals, "0.034" or "<0.001"; an empty text for anything else."""
    if not isinstance(p, float):
        return ""
    shown = _round(p, 3)
    return f"<{LEAST_P}" if shown is None or shown < LEAST_P else str(shown)


def _difference(number: Decimal | None) -> str:
    """With its sign, a true minus; 0 has none."""
    return "" if number is None else f"{number:+,}".replace("-", "−") if number else f"{abs(number):,}"


def number_text(number: Decimal | int | None) -> str:
    """A plain number with thousands separators; an empty text when there is none."""
    return "" if number is None else f"{number:,}"


def _with_unit(number: Decimal | None, unit: str) -> str:
    if number is None:
        return ""
    return f"{number}%" if unit == "percent" else f"{number:,}"
