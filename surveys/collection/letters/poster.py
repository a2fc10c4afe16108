"""The poster of an open link: one page to hang up, without any access code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from surveys.collection.letters.letter import qr_svg
from surveys.collection.letters.pdf import typeset


@dataclass(frozen=True)
class Sheet:
    """What stands on a poster, in Chinese and, below, in English."""

    title: str
    paragraphs: tuple[str, ...]
    english: str
    place: str
    url: str
    issuer: str
    approval: tuple[str, ...]
    contact: str
    synthetic: bool


def poster_pdf(sheet: Sheet) -> bytes:
    """The poster as a PDF of one A4 page; raises RuntimeError when the typesetter fails."""
    data = {**asdict(sheet), "qr": qr_svg(sheet.url)}
    return typeset("poster.typ", json.dumps(data, ensure_ascii=False).encode())
