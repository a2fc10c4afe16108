from __future__ import annotations

from datetime import date

import pytest

from surveys.errors import FileRefused
from surveys.sampling.areas import areas_of_yubei, read_areas, towns_of_yubei

HEADINGS = "scheme,code,parent,kind,name_zh,name_en,valid_from,valid_to,successor_zh,successor_en,successor_code,source"


def test_yubei_has_19_subdistricts_and_11_towns_in_code_order() -> None:
    towns = towns_of_yubei()
    assert [area.kind for area in towns].count("subdistrict") == 19
    assert [area.kind for area in towns].count("town") == 11
    assert [area.code for area in towns] == sorted(area.code for area in towns)
    assert all(area.name_zh.endswith("街道") == (area.kind == "subdistrict") for area in towns)


def test_25_towns_pass_to_liangjiang_whose_code_is_unknown_and_5_to_beibei() -> None:
    successors = [(area.successor_zh, area.successor_code) for area in towns_of_yubei()]
    assert successors.count(("两江新区", "")) == 25
    assert successors.count(("北碚区", "500109")) == 5


def test_the_codes_hold_in_2021_and_no_longer_when_the_new_organs_open() -> None:
    for area in areas_of_yubei():
        assert area.holds(date(2021, 6, 30))
        assert area.holds(date(2026, 1, 24))
        assert not area.holds(date(2026, 1, 25))
        assert area.source


def test_a_bad_area_file_is_refused_with_every_fault() -> None:
    rows = [
        HEADINGS,
        "stats,50011x,,town,甲,A,,,,,,s",
        "stats,500113,,village,乙,B,2020-13-01,,,,,s",
        "stats,500114,,town,丙,C,2021-01-01,2020-01-01,,,,s",
        "stats,500114,,town,,D,,,,,,s",
    ]
    with pytest.raises(FileRefused) as refusal:
        read_areas("\n".join(rows).encode())
    assert [(fault.code, fault.row) for fault in refusal.value.faults] == [
        ("area.code_not_digits", 2),
        ("area.kind_unknown", 3),
        ("area.not_a_date", 3),
        ("area.dates_crossed", 4),
        ("file.cell_empty", 5),
        ("area.code_twice", 5),
    ]
