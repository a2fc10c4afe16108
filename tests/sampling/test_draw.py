from __future__ import annotations

import dataclasses
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from surveys.errors import Refusal
from surveys.sampling.draw import Draw, draw_sample, verify_draw
from surveys.sampling.frame import FrameFile, FramePsu
from surveys.sampling.uniforms import ONE, Uniforms, public_seed

KNOWN_FRAME = "67512f4fcc38c0222b7ac457a07957e57ce516a5fe99b3eaa304ddde55cd77a9"
KNOWN_DRAW = "4dd4878b98cc76b9f3a05c8dfe7e31ba2a1a3c07526c159317f96983fa7917f9"
KNOWN_PSU = "a-2"
KNOWN_UNITS = [(17, False), (42, False), (18, True)]
SIZES = [48, 6, 20, 26, 83, 123, 77, 77, 60, 77, 26, 55]


def psu(town: str, place: int, dwellings: int) -> FramePsu:
    return FramePsu(town, f"第{place // 4 + 1}社区", f"{town}-{place}", f"第{place}网格", "block", dwellings)


def frame(**towns: list[int]) -> FrameFile:
    return FrameFile(tuple(psu(town, place, size) for town in towns for place, size in enumerate(towns[town])))


FRAME = frame(a=SIZES, b=[100, 120, 140, 160])


def test_the_same_seed_gives_the_same_draw_and_another_seed_another() -> None:
    draw = draw_sample(FRAME, {"a": 4, "b": 2}, "一号种子")
    assert draw_sample(FRAME, {"b": 2, "a": 4}, "一号种子") == draw
    assert draw_sample(FRAME, {"a": 4, "b": 2}, "二号种子").sha256 != draw.sha256


def test_a_known_draw_stays_what_it_is() -> None:
    """Worked by the script in docs/sampling.md, which imports nothing of ours."""
    small = frame(a=[30, 20, 50])
    assert small.sha256 == KNOWN_FRAME
    draw = draw_sample(small, {"a": 1}, "seed", take=2, reserve=1)
    assert [(row.psu, row.base_weight) for row in draw.psus] == [(KNOWN_PSU, 50.0)]
    assert [(unit.dwelling, unit.reserve) for unit in draw.units] == KNOWN_UNITS
    assert draw.sha256 == KNOWN_DRAW


def test_the_row_order_of_the_frame_changes_nothing() -> None:
    rows = list(FRAME.rows)
    draw = draw_sample(FRAME, {"a": 4, "b": 2}, "s")
    for seed in range(10):
        random.Random(seed).shuffle(rows)
        assert draw_sample(FrameFile(tuple(rows)), {"a": 4, "b": 2}, "s") == draw


def test_the_base_weight_is_constant_within_a_town_and_undoes_the_probabilities() -> None:
    draw = draw_sample(FRAME, {"a": 3, "b": 2}, "s", take=5)
    for row in draw.psus:
        assert row.base_weight == pytest.approx(1 / (row.inclusion_probability * row.take / row.dwellings))
        assert row.base_weight == {"a": sum(SIZES) / 15, "b": 520 / 10}[row.town]
        assert (row.psus_drawn, row.stratum_dwellings) == {"a": (3, sum(SIZES)), "b": (2, 520)}[row.town]


def test_a_psu_smaller_than_the_take_gives_all_it_has_at_its_own_weight() -> None:
    draw = draw_sample(frame(a=[10, 10, 40, 40]), {"a": 2}, "small-2", take=20)
    assert {row.dwellings for row in draw.psus} == {10, 40}
    for row in draw.psus:
        assert row.take == min(20, row.dwellings)
        assert row.base_weight == 100 / (2 * row.take)


def test_a_certainty_psu_is_a_stratum_whose_households_are_the_psus() -> None:
    draw = draw_sample(frame(a=[20, 20, 20, 20, 900]), {"a": 3}, "s", take=20)
    sure = next(row for row in draw.psus if row.certainty)
    assert (sure.stratum, sure.psus_drawn, sure.stratum_dwellings, sure.base_weight) == ("a/a-4", 20, 900, 45.0)
    others = [row for row in draw.psus if not row.certainty]
    assert [(row.stratum, row.psus_drawn, row.stratum_dwellings) for row in others] == [("a", 2, 80)] * 2


def test_a_town_taken_whole_has_only_certainty_psus() -> None:
    draw = draw_sample(frame(a=[30, 50, 40]), {"a": 3}, "s")
    assert all(row.certainty for row in draw.psus)
    assert sum(unit.base_weight for unit in draw.issued) == pytest.approx(120)


def test_the_reserve_is_drawn_at_once_from_the_dwellings_not_issued() -> None:
    draw = draw_sample(FRAME, {"b": 2}, "s", take=20, reserve=10)
    for row in draw.psus:
        units = [unit for unit in draw.units if unit.psu == row.psu]
        assert [unit.order for unit in units] == [*range(1, 21), *range(1, 11)]
        assert len({unit.dwelling for unit in units}) == 30
        assert all(1 <= unit.dwelling <= row.dwellings for unit in units)
        assert {unit.base_weight for unit in units} == {row.base_weight}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.text(min_size=1).filter(str.strip), st.data())
def test_every_draw_is_complete_without_repeats_and_adds_up(sizes: list[int], seed: str, data: st.DataObject) -> None:
    made = frame(a=sizes)
    draw = draw_sample(made, {"a": data.draw(st.integers(1, len(sizes)))}, seed, take=7, reserve=3)
    assert len({row.psu for row in draw.psus}) == len(draw.psus) == draw.allocation["a"]
    assert len({(unit.psu, unit.dwelling) for unit in draw.units}) == len(draw.units)
    assert verify_draw(made, draw) == ()
    for stratum in {row.stratum for row in draw.psus}:
        rows = [row for row in draw.psus if row.stratum == stratum]
        assert len(rows) == (1 if rows[0].certainty else rows[0].psus_drawn)


def test_over_many_seeds_psus_are_hit_as_often_as_their_probabilities_say() -> None:
    seeds, made = 3_000, frame(a=SIZES)
    hits = Counter(row.psu for n in range(seeds) for row in draw_sample(made, {"a": 3}, f"s{n}", 1, 0).psus)
    expected = {row.psu: seeds * 3 * row.dwellings / sum(SIZES) for row in made.rows}
    distance = sum((hits[code] - wanted) ** 2 / wanted for code, wanted in expected.items())
    assert distance < float(chi2.ppf(0.999, len(SIZES) - 1))


def test_over_many_seeds_every_dwelling_has_the_same_chance() -> None:
    seeds, made = 3_000, frame(a=[13])
    hits = Counter(unit.dwelling for n in range(seeds) for unit in draw_sample(made, {"a": 1}, f"s{n}", 3, 2).issued)
    distance = sum((hits[dwelling] - seeds * 3 / 13) ** 2 / (seeds * 3 / 13) for dwelling in range(1, 14))
    assert distance < float(chi2.ppf(0.999, 12))


def test_running_the_draw_again_proves_it_and_finds_one_altered_unit() -> None:
    draw = draw_sample(FRAME, {"a": 4, "b": 2}, "s")
    assert verify_draw(FRAME, draw) == ()
    units = list(draw.units)
    units[7] = dataclasses.replace(units[7], dwelling=units[7].dwelling % 6 + 1)
    altered = Draw(draw.seed, draw.frame_sha256, draw.allocation, draw.take, draw.reserve, draw.psus, tuple(units))
    assert verify_draw(FRAME, altered) == ("units", "sha256")
    other = frame(a=[*SIZES[:-1], 56], b=[100, 120, 140, 160])
    assert verify_draw(other, draw) == ("frame",)


@pytest.mark.parametrize(
    ("allocation", "seed", "take", "code"),
    [
        ({"a": 13}, "s", 20, "draw.allocation_impossible"),
        ({"a": 0}, "s", 20, "draw.allocation_impossible"),
        ({"z": 1}, "s", 20, "draw.allocation_impossible"),
        ({"a": 1}, " ", 20, "draw.no_seed"),
        ({"a": 1}, "s", 0, "draw.take_too_small"),
        ({"a": 1}, "s", 1.5, "draw.not_whole"),
        ({"a": 1.5}, "s", 20, "draw.not_whole"),
    ],
)
def test_what_cannot_be_drawn_is_refused(allocation: dict[str, int], seed: str, take: int, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        draw_sample(FRAME, allocation, seed, take)
    with pytest.raises(Refusal, match=r"draw\.not_whole"):
        draw_sample(FRAME, {"a": 1}, "s", 20, 0.5)  # type: ignore[arg-type]


def test_uniforms_depend_on_their_labels_and_not_on_the_order_of_asking() -> None:
    one, two = Uniforms("seed", "context"), Uniforms("seed", "context")
    first = [one("psus", "a"), one("psus", "b")]
    assert [two("psus", "b"), two("psus", "a")] == first[::-1]
    assert all(0 <= number < ONE for number in first)
    assert Uniforms("other", "context")("psus", "a") != first[0]


def test_a_public_seed_binds_the_rule_to_the_results() -> None:
    assert public_seed("rule", "1 2 3") != public_seed("rule", "1 2 4")
    assert len(public_seed("rule", "1 2 3")) == 64
