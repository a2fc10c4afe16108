"""What stands on paper: letters read as a person would type them, and a Word file as another office suite shows it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")
HOME = re.compile(r"第(\d+)户")
MISSING = "No LibreOffice found. Install it: sudo apt-get install -y libreoffice-writer-nogui"


@dataclass(frozen=True)
class PrintedLetter:
    """One page: the code as printed, the dwelling's number, and all its text without blanks."""

    code: str
    dwelling: int
    text: str


def printed_letters(pdf: bytes) -> list[PrintedLetter]:
    """The letters of a PDF, a page each."""
    return [_letter(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def _letter(text: str) -> PrintedLetter:
    bare = without_blanks(text)
    code, home = CODE.search(bare), HOME.search(bare)
    assert code is not None, text
    assert home is not None, text
    return PrintedLetter(code[0], int(home[1]), bare)


def without_blanks(text: str) -> str:
    """A text without the blanks and line breaks that a page's layout puts anywhere."""
    return re.sub(r"\s+", "", text)


def as_libreoffice_shows(word: Path) -> str:
    """The text of a Word file's pages as LibreOffice lays them out, without blanks; fails when it cannot open it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.fail(MISSING)
    profile = f"-env:UserInstallation=file://{word.parent / 'office'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(word.parent), str(word)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pages = PdfReader(word.with_suffix(".pdf")).pages
    return without_blanks("".join(page.extract_text() for page in pages))
