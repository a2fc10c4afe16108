"""What a figure must look like in print, worked out anew from its row: percent and points to one decimal, half up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition

Place = tuple[str, str, str, str, str]
DIFFERENCE = "difference"


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
        if unit == DIFFERENCE:
            return signed(self.value), self.lower and f"{signed(self.lower)} … {signed(self.upper)}", *self.counted
        sign = "%" if unit == "percent" else ""
        value = f"{Decimal(self.value):,}{sign}" if self.value else ""
        interval = f"{self.lower}{sign}–{self.upper}{sign}" if self.lower else ""
        return value, interval, *self.counted

    @property
    def counted(self) -> tuple[str, str]:
        return thousands(self.n), thousands(self.n_eff)


def signed(number: str) -> str:
    """+1.2, −1.2 with a true minus, 0.0."""
    plain = number.lstrip("-")
    return number and (plain if not Decimal(number) else f"{'−' if number.startswith('-') else '+'}{plain}")


def printed(figure: Figure) -> Printed:
    """The figure in print: two decimals when its interval is narrower than ±0.05 points, none for counts."""
    scale = 100 if figure.unit in ("percent", "percent_points") else 1
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
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0)
