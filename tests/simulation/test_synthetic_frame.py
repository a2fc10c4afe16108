from __future__ import annotations

import pytest

from surveys.sampling.allocation import psus_per_town
from surveys.sampling.areas import towns_of_yubei
from surveys.sampling.frame import FrameFile
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.population import POPULATION_15, census_margins, town_margins


@pytest.fixture(scope="module")
def frame() -> FrameFile:
    return synthetic_frame("demonstration")


def test_the_frame_covers_the_thirty_towns_with_about_6200_blocks(frame: FrameFile) -> None:
    assert list(frame.counts) == [area.code for area in towns_of_yubei()]
    assert 6_000 < len(frame.rows) < 6_400
    assert min(count.psus for count in frame.counts.values()) >= 24
    assert sum(count.dwellings for count in frame.counts.values()) == 803_029
    assert all(100 <= row.dwellings <= 160 for row in frame.rows)


def test_every_psu_says_that_it_is_invented(frame: FrameFile) -> None:
    assert all(row.psu.startswith("S") and row.name.startswith("模拟·") for row in frame.rows)
    assert len({row.psu for row in frame.rows}) == len(frame.rows)


def test_a_few_psus_are_collective_dwellings(frame: FrameFile) -> None:
    assert 3 <= sum(row.kind == "collective" for row in frame.rows) <= 25


def test_the_frame_repeats_from_its_seed(frame: FrameFile) -> None:
    assert synthetic_frame("demonstration").sha256 == frame.sha256
    assert synthetic_frame("another").sha256 != frame.sha256


def test_the_default_design_takes_nine_to_eighteen_psus_a_town(frame: FrameFile) -> None:
    allocation = psus_per_town({town: count.dwellings for town, count in frame.counts.items()})
    assert (min(allocation.values()), max(allocation.values())) == (9, 18)
    assert 355 <= sum(allocation.values()) <= 372


def test_the_census_margin_is_the_printed_table() -> None:
    cells = {cell.key: cell.total for cell in census_margins()}
    assert len(cells) == 14
    assert sum(cells.values()) == POPULATION_15
    assert (cells["1*1"], cells["7*1"], cells["1*2"], cells["7*2"]) == (44_571, 72_730, 37_496, 79_981)
    assert not any(cell.synthetic for cell in census_margins())


def test_the_town_margin_is_invented_and_sums_to_the_census() -> None:
    cells = town_margins()
    assert [cell.key for cell in cells] == [area.code for area in towns_of_yubei()]
    assert sum(cell.total for cell in cells) == POPULATION_15
    assert all(cell.synthetic and "模拟数据" in cell.source for cell in cells)
