from __future__ import annotations

import numpy as np
import pytest

from surveys.sampling.allocation import psus_per_town
from surveys.sampling.draw import Draw, draw_sample
from surveys.simulation.fieldwork import RR1, Fieldwork, simulate, willingness
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.truth import COACHED_TOWN, truth
from surveys.simulation.volunteers import volunteers


@pytest.fixture(scope="module")
def draw() -> Draw:
    frame = synthetic_frame("demonstration")
    return draw_sample(frame, psus_per_town({town: count.dwellings for town, count in frame.counts.items()}), "s")


@pytest.fixture(scope="module")
def waves(draw: Draw) -> list[Fieldwork]:
    return [simulate(draw, f"wave {n}") for n in range(40)]


def test_the_truth_is_exact_by_construction() -> None:
    known = truth()
    assert known.town_share @ known.town_effect == pytest.approx(0, abs=1e-15)
    assert known.age_sex_share.sum(axis=1) @ known.age_effect == pytest.approx(0, abs=1e-15)
    assert known.town_effect.std() == pytest.approx(0.03)
    assert known.town_share @ np.array(list(known.awareness_by_town.values())) == pytest.approx(0.78, abs=1e-12)
    assert 0.02 < known.induced < 0.03
    assert known.induced_by_town[COACHED_TOWN] == 0.15


def test_blocks_are_alike_as_the_intraclass_correlation_says() -> None:
    known = truth()
    a, b = known.block_beta(np.arange(30))
    mean = a / (a + b)
    between = (0.75**2) * mean * (1 - mean) / (a + b + 1)
    assert between / (mean * (1 - mean)) == pytest.approx(0.03)


def test_everybody_of_the_population_answers_with_the_chance_that_rr1_says() -> None:
    known = truth()
    assert (willingness(known) * known.age_sex_share).sum() == pytest.approx(RR1)
    assert willingness(known).max() < 1


def test_a_wave_repeats_from_its_seed(draw: Draw) -> None:
    one, two = simulate(draw, "same"), simulate(draw, "same")
    assert (one.disposition == two.disposition).all()
    assert all((one.people[name] == two.people[name]).all() for name in one.people)


def test_dispositions_modes_and_phases_come_in_the_declared_shares(waves: list[Fieldwork]) -> None:
    said = np.concatenate([wave.disposition for wave in waves])
    ineligible = (said == "ineligible").mean()
    assert ineligible == pytest.approx(0.08, abs=0.005)
    assert (said == "complete").mean() / (1 - ineligible) == pytest.approx(0.54, abs=0.005)
    mode = np.concatenate([wave.people["mode"] for wave in waves])
    phase = np.concatenate([wave.people["phase"] for wave in waves])
    assert (mode == "self").mean() == pytest.approx(0.65, abs=0.01)
    assert ((phase == 3) == (mode == "interviewer")).all()
    assert set(phase.tolist()) == {0, 1, 2, 3}


def test_over_many_waves_the_weighted_answers_find_the_truth(waves: list[Fieldwork]) -> None:
    """Weighted to the census by hand: cells of age and sex inside the sample's own towns are near enough here."""
    known, rates, satisfied = truth(), [], []
    for wave in waves:
        people = wave.people
        cell = (people["age"] - 1) * 2 + people["sex"] - 1
        weight = people["base_weight"] * np.minimum(np.where(people["people"] == 0, 2, people["people"]), 4)
        weight = weight * (known.age_sex_share.ravel() / np.bincount(cell, weight, 14))[cell]
        rates.append(weight @ people["passed"] / weight.sum())
        graded = people["publicity"] <= 5
        satisfied.append((people["publicity"][graded] <= 2).mean())
    assert np.mean(rates) == pytest.approx(known.awareness, abs=0.005)
    assert np.mean(satisfied) == pytest.approx(known.satisfied, abs=0.005)
    assert np.std(rates) * 1.96 == pytest.approx(0.018, abs=0.006)


def test_whoever_passed_has_twelve_right_and_a_partial_answer_leaves_eight_blank(waves: list[Fieldwork]) -> None:
    people = waves[0].people
    right = (people["marks"] == "1").sum(axis=1)
    whole = ~people["partial"]
    assert ((right >= 12) == people["passed"])[whole].all()
    assert ((people["marks"][~whole] == "r").sum(axis=1) >= 8).all()


def test_the_coached_town_stands_out(waves: list[Fieldwork]) -> None:
    induced = np.concatenate([wave.people["induced"] for wave in waves])
    town = np.concatenate([wave.people["town"] for wave in waves])
    assert induced[town == COACHED_TOWN].mean() == pytest.approx(0.15, abs=0.03)
    assert induced[town != COACHED_TOWN].mean() == pytest.approx(0.022, abs=0.004)


def test_people_belong_to_the_units_they_are_said_to_belong_to(draw: Draw, waves: list[Fieldwork]) -> None:
    people = waves[0].people
    for place, unit in enumerate(people["unit"].tolist()):
        issued = draw.issued[unit]
        assert (issued.town, issued.psu) == (people["town"][place], people["psu"][place])
        assert issued.base_weight == people["base_weight"][place]
        if place > 50:
            break


def test_volunteers_are_younger_and_know_more_than_the_population() -> None:
    people = volunteers("open", 2_000)
    assert people["passed"].mean() > truth().awareness + 0.05
    assert "unit" not in people
    assert people["age"].mean() < (truth().age_sex_share.sum(axis=1) @ np.arange(1, 8))
