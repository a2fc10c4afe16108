"""From letters to a PDF in memory."""

from __future__ import annotations

import json
import subprocess
import sys

from surveys.collection.letters.letter import Letter, Letterhead, letter_data


def letters_pdf(head: Letterhead, letters: list[Letter]) -> bytes:
    """The letters as one PDF, a page each, typeset in a child process so that the caller stays small.

    Raises RuntimeError when the typesetter fails; its words carry no code.
    """
    return typeset("letter.typ", json.dumps(letter_data(head, letters), ensure_ascii=False).encode())


def typeset(template: str, data: bytes) -> bytes:
    """A template of this folder with its data (JSON) as a PDF; raises RuntimeError when the typesetter fails."""
    command = [sys.executable, "-m", "surveys.collection.letters.typeset", template]
    child = subprocess.run(command, input=data, capture_output=True, check=False)
    if child.returncode != 0:
        raise RuntimeError(f"{template} could not be typeset (exit {child.returncode})")
    return child.stdout
