"""The files an assessor hands in during the story: a frame of three towns, good and bad, and margins that fit it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from surveys.sampling.allocation import proportional, whole
from surveys.sampling.frame import FramePsu
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.hard_cases import small_frame
from surveys.simulation.population import census_margins

TOWNS = ("500112008", "500112010", "500112011")
BLOCKS = 24  # listed in each town
FRAME_HEADS = ("镇街代码", "社区", "网格编号", "网格名称", "类别", "户数", "15岁及以上人口", "排序")
MARGIN_HEADS = ("边际", "类别", "人数", "来源", "日期")
SOURCE = "模拟数据"


@dataclass(frozen=True)
class Upload:
    """A file as a browser hands it in."""

    name: str
    content: bytes

    def payload(self) -> dict[str, object]:
        """What Playwright's `set_input_files` takes."""
        return {"name": self.name, "mimeType": "text/csv", "buffer": self.content}


@cache
def blocks() -> tuple[FramePsu, ...]:
    """The first PSUs of three towns of the synthetic district's small frame."""
    rows = small_frame(synthetic_frame("故事")).rows
    return tuple(row for town in TOWNS for row in [one for one in rows if one.town == town][:BLOCKS])


def good_frame() -> Upload:
    """A frame that is taken."""
    return Upload("抽样框.csv", _csv(FRAME_HEADS, [_line(row) for row in blocks()]))


def bad_frame() -> Upload:
    """The same with one number that nobody can draw from: row 3, column 户数, value 一百二."""
    lines = [_line(row) for row in blocks()]
    lines[1][5] = "一百二"
    return Upload("抽样框-有错.csv", _csv(FRAME_HEADS, lines))


def margins() -> Upload:
    """Residents aged 15 and over by town as the frame counts them, and the same people by age and sex."""
    by_town = {town: sum(row.residents_15 or 0 for row in blocks() if row.town == town) for town in TOWNS}
    cells, people = census_margins(), sum(by_town.values())
    shares = whole(proportional([cell.total for cell in cells], people), [people] * len(cells))
    lines = [["镇街", town, count, SOURCE, "2020-11-01"] for town, count in by_town.items()]
    lines += [["年龄*性别", cell.key, count, SOURCE, "2020-11-01"] for cell, count in zip(cells, shares, strict=True)]
    return Upload("总体边际.csv", _csv(MARGIN_HEADS, lines))


def _line(row: FramePsu) -> list[object]:
    kind = "集体居所" if row.kind == "collective" else "网格"
    return [row.town, row.community, row.psu, row.name, kind, row.dwellings, row.residents_15, row.order]


def _csv(heads: Sequence[str], lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *lines])
    return text.getvalue().encode("utf-8-sig")
