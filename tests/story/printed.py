"""What a figure must look like in print, worked out anew from its row: percent and points to one decimal, half up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition

Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Printed:
    """The texts of one figure; an empty text where the row has no number."""

    value: str
    lower: str
    upper: str
    n: str
    n_eff: str

    def with_unit(self, unit: str) -> tuple[str, str, str, str]:
        """Value, interval, n and effective n as a reader sees them."""
        sign = "%" if unit == "percent" else ""
        value = f"{Decimal(self.value):,}{sign}" if self.value else ""
        interval = f"{self.lower}{sign}–{self.upper}{sign}" if self.lower else ""
        return value, interval, thousands(self.n), thousands(self.n_eff)


def printed(figure: Figure) -> Printed:
    """The figure in print: two decimals when its interval is narrower than ±0.05 points, none for counts."""
    scale = 100 if figure.unit == "percent" else 1
    decimals = 0 if figure.unit == "count" else 1
    if figure.lower is not None and figure.upper is not None and 0 < (figure.upper - figure.lower) * scale / 2 < 0.05:
        decimals = 2
    value, lower, upper = (_text(number, scale, decimals) for number in (figure.value, figure.lower, figure.upper))
    return Printed(value, lower, upper, _text(figure.n, 1, 0), _text(figure.n_eff, 1, 0))


def thousands(number: str) -> str:
    """12345 as 12,345."""
    return f"{int(number):,}" if number else ""


def place_of(figure: Figure) -> Place:
    """What names a figure within its release."""
    return figure.part, figure.indicator, figure.item, figure.domain, figure.domain_code


def all_figures(edition: Edition) -> list[tuple[str, Figure]]:
    """Every figure with the code of its wave: the survey's, then those of the case evaluation beside it."""
    own = [(edition.wave.code, figure) for figure in edition.figures]
    return own + (all_figures(edition.companion) if edition.companion else [])


def _text(number: float | None, scale: int, decimals: int) -> str:
    if number is None:
        return ""
    exact = Decimal(f"{number * scale:.9f}")  # beyond nine decimals there is only the computer's own noise
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
