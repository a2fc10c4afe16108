"""Areas as they stood on a day; a code that was abolished keeps its name for the frames made under it."""

from __future__ import annotations

from datetime import date

from surveys.records.areas import Area, as_of

LONG_AGO = date(1, 1, 1)


def area(code: str, name: str, since: date, until: date | None, position: int = 0) -> Area:
    return Area(scheme="stats", code=code, name={"zh": name}, valid_from=since, valid_to=until, position=position)


def test_the_name_in_force_on_the_day_is_used() -> None:
    renamed = date(2020, 1, 1)
    areas = [area("1", "旧名", LONG_AGO, renamed), area("1", "新名", renamed, None)]
    assert [found.name["zh"] for found in as_of(areas, date(2019, 12, 31))] == ["旧名"]
    assert [found.name["zh"] for found in as_of(areas, renamed)] == ["新名"]


def test_a_code_abolished_before_the_day_still_has_its_last_name() -> None:
    areas = [area("500112008", "翠云街道", LONG_AGO, date(2026, 1, 25))]
    assert [found.name["zh"] for found in as_of(areas, date(2027, 1, 1))] == ["翠云街道"]


def test_areas_come_in_register_order() -> None:
    areas = [area("2", "乙", LONG_AGO, None, position=1), area("9", "甲", LONG_AGO, None, position=0)]
    assert [found.code for found in as_of(areas, date(2021, 1, 1))] == ["9", "2"]
