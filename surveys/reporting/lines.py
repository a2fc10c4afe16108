"""Breaking a text into lines of a given width, Chinese and Latin mixed."""

from __future__ import annotations

CLINGING = "，。；：、）」！？％%"
OPENING = "（「"
LATIN = 0.56  # width of a Latin character in Chinese ones


def broken(text: str, room: float) -> list[str]:
    """The text in lines of at most `room` Chinese characters' width; a single longer word stays whole."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        width = sum(LATIN if character.isascii() else 1.0 for character in piece)
        if line and used + width > room:
            lines.append(line.rstrip())
            line, used = piece.lstrip(), width
        else:
            line, used = line + piece, used + width
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """Where a line may break: before any Chinese character, between Latin words, never before a closing mark."""
    pieces: list[str] = []
    for character in text:
        if pieces and _joins(pieces[-1][-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _joins(before: str, character: str) -> bool:
    within_word = character.isascii() and before.isascii() and before != " "
    return character in CLINGING or before in OPENING or within_word
