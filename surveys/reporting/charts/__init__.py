"""Charts of a release: one module each, discovered; each gives a Vega-Lite dict, drawn without a browser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from surveys.plugins import Registry
from surveys.reporting.edition import Edition

Spec = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """Outer width in CSS pixels, the room for row labels, and the type size."""

    name: str
    width: int
    labels: int
    type: int
    row: int

    @property
    def narrow(self) -> bool:
        return self.width < 480


WIDE = Size("wide", 760, 190, 13, 23)
NARROW = Size("narrow", 328, 96, 12, 24)
SIZES = (WIDE, NARROW)


class Chart(ABC):
    """One chart; it draws nothing but figures of the edition."""

    @abstractmethod
    def spec(self, edition: Edition, size: Size, language: str) -> Spec | None:
        """The chart as Vega-Lite, or None when the edition has no figures for it."""


CHARTS: Registry[Chart] = Registry("surveys.reporting.charts")
