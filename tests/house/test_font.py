"""The font that PDFs and charts are set in has every character that we print."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst
import vl_convert
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "surveys/reporting/fonts"
PRINTED = (
    *(ROOT / "surveys").rglob("*.toml"),
    *(ROOT / "surveys").rglob("*.csv"),
    *(ROOT / "surveys/reporting").rglob("*.py"),
    *(ROOT / "webapp/sentences").rglob("*.toml"),
)
FAMILY = "Minping Sans SC"


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in PRINTED if path.parent != FONTS])
def test_the_font_has_every_character_of(path: Path, weight: str) -> None:
    known = TTFont(FONTS / f"MinpingSansSC-{weight}.otf", lazy=True).getBestCmap()
    assert {sign for sign in path.read_text(encoding="utf-8") if sign.isprintable() and ord(sign) not in known} == set()


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_font_bears_its_own_name_and_licence(weight: str) -> None:
    names = TTFont(FONTS / f"MinpingSansSC-{weight}.otf", lazy=True)["name"]
    assert names.getDebugName(1) == FAMILY
    assert "SIL Open Font License" in names.getDebugName(13)
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_typst_finds_it_by_name(tmp_path: Path) -> None:
    source = f'#set text(font: "{FAMILY}", fallback: false)\n法治宣传教育普及率 *模拟数据*'
    (tmp_path / "page.typ").write_text(source, encoding="utf-8")
    page = tmp_path / "page.pdf"
    typst.compile(str(tmp_path / "page.typ"), output=str(page), font_paths=[str(FONTS)], ignore_system_fonts=True)
    assert b"MinpingSansSC-Regular" in page.read_bytes()
    assert b"MinpingSansSC-Bold" in page.read_bytes()


def test_vl_convert_finds_it_by_name() -> None:
    vl_convert.register_font_directory(str(FONTS))
    chart = {"data": {"values": [{"town": "洛碛镇"}]}, "mark": "text", "encoding": {"text": {"field": "town"}}}
    ours, unknown = (
        vl_convert.vegalite_to_png(chart | {"config": {"font": font}}) for font in (FAMILY, "No Such Font At All")
    )
    assert ours != unknown
