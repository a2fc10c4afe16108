"""What stands in a letter, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import segno


@dataclass(frozen=True)
class Letterhead:
    """What all letters of one print run share; texts are Chinese, as printed."""

    title: str
    greeting: str
    paragraphs: tuple[str, ...]
    steps: tuple[str, ...]
    english: str
    issuer: str
    approval: tuple[str, ...]  # printed at the top right, as official questionnaires do
    contact: str
    synthetic: bool


@dataclass(frozen=True)
class Letter:
    """One letter: where it goes, its code as printed in four groups, and the address behind the QR picture."""

    address: tuple[str, ...]
    code: str
    url: str


def letter_data(head: Letterhead, letters: list[Letter]) -> dict[str, object]:
    """Everything the page template needs, JSON-ready; the QR picture is an SVG text of error level M."""
    return {
        "head": asdict(head),
        "letters": [
            {**asdict(letter), "typed": letter.url.rsplit("/", 2)[0], "qr": qr_svg(letter.url)} for letter in letters
        ],
    }


def qr_svg(url: str) -> str:
    """A QR code as SVG text, with the quiet zone that scanners ask for."""
    return segno.make(url, error="m").svg_inline(scale=4, border=4, dark="#000000", light="#ffffff")
