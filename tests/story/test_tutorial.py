"""docs/howto/check-with-r.md: its blocks run on the demonstration and print what the page says they print.

The blocks of R are run where Rscript and Debian's r-cran-survey are installed.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surveys.analysis.outcome import Estimate
from surveys.analysis.totals.source import snapshot_folder
from surveys.analysis.totals.writing import write_snapshot
from surveys.collection.publish import instrument_of
from surveys.records.kinds import Audience
from surveys.records.releases import Figure, Release
from surveys.records.waves import Wave
from tests.story.conftest import Demonstration
from tests.story.printed import printed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
PAGES = [HOWTO / "check-with-r.md", HOWTO / "check-with-r.zh-CN.md"]
WAVE, WAVES = "yubei-2021", ("yubei-2021", "yubei-2021-small")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
R_WITH_SURVEY = ["Rscript", "-e", "library(survey)"]
END_OF_BLOCK = "---- end of a block"
SAY_END = 'cat("' + END_OF_BLOCK + r'\n")'


@dataclass(frozen=True)
class Block:
    """A piece of code of the page, and what the page says that it prints."""

    language: str
    code: str
    said: str


def blocks_of(page: Path, language: str) -> list[Block]:
    """The blocks in a language; each has its output right after it."""
    found = BLOCK.findall(page.read_text("utf-8"))
    following = [*found[1:], ("", "")]
    blocks = [Block(kind, code, said) for (kind, code), (kind_of_said, said) in zip(found, following, strict=True)]
    assert all(after[0] == "text" for (kind, _), after in zip(found, following, strict=True) if kind == language)
    return [block for block in blocks if block.language == language]


def assert_prints(printed_now: str, said: str, within: float) -> None:
    """Line by line the same numbers, to a part of their size or the last digit printed."""
    now, page = ([NUMBER.findall(line) for line in text.splitlines()] for text in (printed_now, said))
    assert [len(line) for line in now] == [len(line) for line in page]
    for new, old in zip(now, page, strict=True):
        assert [float(text) for text in new] == pytest.approx([float(text) for text in old], rel=within, abs=2e-12)


@pytest.fixture(scope="module")
def ground(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the page's snapshots stand where the page says."""
    ground = tmp_path_factory.mktemp("tutorial")
    with demonstration.stores.box_reading() as box:
        for code in WAVES:
            wave = box.scalars(select(Wave).where(Wave.code == code)).one()
            folder = snapshot_folder(ground / "var" / "demo", code)
            write_snapshot(box, wave, instrument_of(wave), folder, lambda _done, _of: None)
    return ground


@pytest.fixture(scope="module")
def in_python(ground: Path) -> tuple[list[str], dict[str, Any]]:
    """What every block printed, and the names that they left behind."""
    names: dict[str, Any] = {}
    printed_by_block = []
    with contextlib.chdir(ground):
        for block in blocks_of(PAGES[0], "python"):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.code, PAGES[0].name, "exec"), names)
            printed_by_block.append(out.getvalue())
    return printed_by_block, names


def test_each_block_of_python_prints_what_the_page_says(in_python: tuple[list[str], dict[str, Any]]) -> None:
    blocks = blocks_of(PAGES[0], "python")
    assert len(blocks) >= 4
    for now, block in zip(in_python[0], blocks, strict=True):
        assert_prints(now, block.said, within=1e-12)


def test_the_tutorials_rate_is_the_released_one(
    demonstration: Demonstration, in_python: tuple[list[str], dict[str, Any]]
) -> None:
    rate = in_python[1]["rate"]
    assert isinstance(rate, Estimate)
    with demonstration.stores.box_reading() as box:
        asked = select(Figure).join(Release, Figure.release_id == Release.id).join(Wave, Release.wave_id == Wave.id)
        asked = asked.where(Wave.code == WAVE, Figure.audience == Audience.OFFICIAL, Figure.part == "headline")
        figure = box.scalars(asked.where(Figure.indicator == "awareness_rate")).one()
    for name in ("value", "se", "lower", "upper", "n", "n_eff", "df", "deff"):
        assert getattr(rate, name) == pytest.approx(getattr(figure, name), rel=1e-9), name
    page = PAGES[0].read_text("utf-8")
    said = printed(figure)
    n, n_eff = said.counted
    written = [f"{said.value} %", f"{said.lower}–{said.upper} %", f"n = {n}, effective n {n_eff}"]
    assert [text for text in written if text not in page] == []


def has_r() -> bool:
    installed = shutil.which("Rscript") is not None
    return installed and not subprocess.run(R_WITH_SURVEY, capture_output=True, check=False).returncode


@pytest.mark.parametrize("page", PAGES[:1] if has_r() else [], ids=lambda page: page.name)
def test_each_block_of_r_prints_what_the_page_says(page: Path, ground: Path, in_python: object) -> None:
    """`in_python` wrote the files that R reads."""
    assert in_python
    blocks = blocks_of(page, "r")
    script = ground / "tutorial.R"
    script.write_text("".join(f"{block.code}\n{SAY_END}\n" for block in blocks), "utf-8")
    ran = subprocess.run(["Rscript", script.name], cwd=ground, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    *printed_by_block, _ = ran.stdout.split(f"{END_OF_BLOCK}\n")
    for now, block in zip(printed_by_block, blocks, strict=True):
        assert_prints(now, block.said, within=1e-9)


def test_both_pages_have_the_same_blocks() -> None:
    english, chinese = (BLOCK.findall(page.read_text("utf-8")) for page in PAGES)
    assert [block for block in english if block[0] != "sh"] == [block for block in chinese if block[0] != "sh"]
