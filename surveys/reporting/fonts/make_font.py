"""Makes the two font files beside it from Debian's fonts-noto-cjk; run it again only to change the character set.

Run: .venv/bin/python surveys/reporting/fonts/make_font.py [folder with NotoSansCJK-Regular.ttc and -Bold.ttc]
Needs fonttools (in the development requirements). Nothing imports this file at run time.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Minping Sans SC"
SOURCE = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED = "Noto Sans CJK SC"
# In people's and places' names, yet outside GB 2312.
NAMES = "喆堃旻昇玥翀珺祎雯琰頔祺瑄奡昉暄烔玙珩琛璟甯翊苪赟鋆镕陞頫骙亓卓旸梓淏湉溦煊焱熠犇玹瑾皙睿睢礐罡芃芮莳菡邝闫麴"
MARKS = (
    "—–…‘’“”·•‰％±×÷≤≥≈≠√∑−←→↑↓✓〔〕〈〉《》「」『』【】（）［］｛｝、。，．；：？！～￥¥€°℃²³№§¶©®①②③④⑤⑥⑦⑧⑨⑩■□●○▲△▼▽★☆"
)


def characters() -> set[int]:
    """Code points kept: ASCII, Latin-1, all of GB 2312, marks, full-width forms and characters of names."""
    kept = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0xFF01, 0xFF5F)) | set(range(0x3000, 0x3020))
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            kept.update(map(ord, bytes([row, cell]).decode("gb2312", errors="ignore")))
    return kept | set(map(ord, NAMES + MARKS))


def face(collection: Path) -> TTFont:
    """The simplified Chinese face of a collection file."""
    for font in TTCollection(collection).fonts:
        if font["name"].getDebugName(1) in {SIMPLIFIED, f"{SIMPLIFIED} Bold"}:
            return font
    raise SystemExit(f"{collection} has no face {SIMPLIFIED}")


def renamed(font: TTFont, weight: str) -> TTFont:
    """The font under our own family name, so that it is never taken for the original."""
    full = f"{FAMILY} {weight}"
    written = {1: FAMILY, 2: weight, 3: f"Minping;{full}", 4: full, 6: f"MinpingSansSC-{weight}", 16: None, 17: None}
    for record in list(font["name"].names):
        if record.nameID in written or record.nameID > 17:
            font["name"].removeNames(nameID=record.nameID)
    for number, text in written.items():
        if text:
            font["name"].setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [f"MinpingSansSC-{weight}"]
    top[0].FamilyName, top[0].FullName = FAMILY, full
    return font


def subset(font: TTFont) -> TTFont:
    options = Options(layout_features=["kern", "locl", "ccmp", "vert"], hinting=False, desubroutinize=False)
    options.name_IDs, options.name_languages, options.notdef_outline = [0, 1, 2, 3, 4, 5, 6, 13, 14], [0x409], True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(characters()))
    subsetter.subset(font)
    return font


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    for weight in ("Regular", "Bold"):
        font = renamed(subset(face(source / f"NotoSansCJK-{weight}.ttc")), weight)
        target = Path(__file__).with_name(f"MinpingSansSC-{weight}.otf")
        font.save(target)
        print(target.name, target.stat().st_size, len(font.getBestCmap()))


if __name__ == "__main__":
    main()
