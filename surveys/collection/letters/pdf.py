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
    data = json.dumps(letter_data(head, letters), ensure_ascii=False).encode()
    child = subprocess.run(
        [sys.executable, "-m", "surveys.collection.letters.typeset"], input=data, capture_output=True, check=False
    )
    if child.returncode != 0:
        raise RuntimeError(f"the letters could not be typeset (exit {child.returncode})")
    return child.stdout
