"""Typesets letters and posters: JSON on standard input, a PDF on standard output. Runs as a process of its own.

The codes pass through pipes only, never through a file, an argument or the environment.
"""

from __future__ import annotations

import sys
from importlib.resources import files

import typst


def main() -> None:
    """Read the data of the template that the argument names, write the PDF; nothing is kept."""
    template = str(files("surveys.collection.letters").joinpath(sys.argv[1]))
    fonts = str(files("surveys.reporting").joinpath("fonts"))
    data = sys.stdin.buffer.read().decode()
    pdf = typst.compile(template, font_paths=[fonts], ignore_system_fonts=True, sys_inputs={"data": data}, format="pdf")
    sys.stdout.buffer.write(pdf or b"")


if __name__ == "__main__":
    main()
