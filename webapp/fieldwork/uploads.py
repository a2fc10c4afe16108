"""Files that somebody chose in a form, and the faults of a refused one in words."""

from __future__ import annotations

from flask import request

from surveys.errors import FileRefused
from surveys.sampling.table import refused
from webapp.words import words_for_fault

Fault = tuple[int | None, str, str, str]  # row, column, value, how to mend


def uploaded(name: str = "file") -> tuple[str, bytes]:
    """The file's name and content; raises FileRefused when none was chosen. It is held in memory, never by name."""
    file = request.files.get(name)
    if file is None or not file.filename:
        raise refused("file.not_chosen")
    return file.filename[-200:], file.read()


def in_words(refusal: FileRefused) -> list[Fault]:
    """Each fault with its place and how to mend it."""
    return [(fault.row, fault.column, fault.value, words_for_fault(fault)) for fault in refusal.faults]
