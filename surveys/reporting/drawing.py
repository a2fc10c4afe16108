"""How every chart looks, and the way from a Vega-Lite dict to SVG and PNG."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import vl_convert

FONT = "Minping Sans SC"
FALLBACK = f"{FONT}, PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
# Okabe and Ito's colours: told apart by the colour-blind, and in print
BLUE, VERMILION = "#0072B2", "#D55E00"
INK, QUIET, LINE = "#1F2933", "#5A6672", "#D9DEE3"
VERSION = "6.4"


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(resources.files("surveys.reporting").joinpath("fonts")))


def config(size: int) -> dict[str, Any]:
    """Vega-Lite's config for our look at one type size."""
    text = {"font": FALLBACK, "fontSize": size, "color": INK}
    axis = {
        "labelFont": FALLBACK,
        "titleFont": FALLBACK,
        "labelFontSize": size,
        "titleFontSize": size,
        "labelColor": INK,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "labelPadding": 8,
    }
    title = {
        "font": FALLBACK,
        "subtitleFont": FALLBACK,
        "fontSize": size + 3,
        "subtitleFontSize": size - 1,
        "color": INK,
        "subtitleColor": QUIET,
        "anchor": "start",
        "frame": "bounds",
        "subtitlePadding": 6,
        "offset": 12,
        "subtitleLineHeight": size + 5,
        "lineHeight": size + 8,
    }
    return {
        "background": "white",
        "view": {"stroke": None},
        "font": FALLBACK,
        "text": text,
        "axis": axis,
        "title": title,
    }


def svg(spec: dict[str, Any]) -> bytes:
    """The chart as SVG with live text."""
    return _svg(json.dumps(spec))


@lru_cache(maxsize=16)
def _svg(spec: str) -> bytes:
    _fonts()
    return str(vl_convert.vegalite_to_svg(spec, vl_version=VERSION)).encode()


@lru_cache(maxsize=8)  # Word shows the pictures that were drawn for the page
def png(drawn: bytes, scale: float = 2.0) -> bytes:
    """A chart's SVG as PNG, `scale` pixels to a CSS pixel."""
    _fonts()
    return bytes(vl_convert.svg_to_png(drawn.decode(), scale=scale))
