"""Cronbach's alpha by hand, as the numerical derivative says, and what is refused."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimands.alpha import cronbach_alpha
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import NotEstimable
from surveys.analysis.table import Table, grouped

from .oracle import estimated
from .test_estimator_input import refusal_of

ITEMS = ["a", "b", "c"]
Numbers = npt.NDArray[np.float64]


def answered(answers: Numbers, weight: npt.ArrayLike = 1.0, **more: npt.ArrayLike) -> Estimator:
    """Items by person (items, persons), two persons a PSU, and their sum as the score."""
    people = np.arange(answers.shape[1])
    values = {**dict(zip(ITEMS, answers, strict=False)), "score": answers.sum(axis=0), **more}
    w = np.broadcast_to(np.asarray(weight, float), people.shape)
    table = Table.of_units(np.zeros(len(people)), people // 2, w, values, {"half": people % 2})
    return Estimator(table, Design.of_table(table))


def weighted_alpha(answers: Numbers, w: Numbers) -> float:
    """From the weighted covariance matrix."""
    centred = answers - (answers @ w / w.sum())[:, None]
    covariance = (centred * w) @ centred.T / w.sum()
    items = len(answers)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def test_alpha_by_hand() -> None:
    answers = np.array([[0.0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 2], [0, 0, 1, 2, 1, 2]])
    # item variances 4/6, 4/6, 4/6 (about 1); the score 0 1 2 4 5 6 has variance 82/6 − 9 = 28/6
    by = answered(answers)
    assert estimated(cronbach_alpha(by, ITEMS, "score")).value == pytest.approx(3 / 2 * (1 - 12 / 28))
    two = answered(answers[:2])
    assert estimated(cronbach_alpha(two, ["a", "b"], "score")).value == pytest.approx(2 * (1 - 8 / 14))


def test_items_that_say_the_same_have_alpha_1_and_a_constant_item_counts_as_an_item() -> None:
    one = np.array([0.0, 1, 1, 2, 3, 5])
    assert estimated(cronbach_alpha(answered(np.stack([one, one, one])), ITEMS, "score")).value == pytest.approx(1)
    constant = answered(np.stack([one, one, np.full(6, 4.0)]))
    assert estimated(cronbach_alpha(constant, ITEMS, "score")).value == pytest.approx(3 / 2 * (1 - 2 / 4))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_alpha_and_its_standard_error_follow_from_weights_and_derivatives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers, w = rng.integers(0, 5, (3, 24)).astype(float), rng.uniform(1, 9, 24)
    ours = estimated(cronbach_alpha(answered(answers, w), ITEMS, "score"))
    assert ours.value == pytest.approx(weighted_alpha(answers, w))
    steps = 1e-5 * np.diag(w)
    slopes = [weighted_alpha(answers, w + step) - weighted_alpha(answers, w - step) for step in steps]
    scores = np.array(slopes) / 2e-5
    psus = scores.reshape(12, 2).sum(axis=1)
    assert ours.se == pytest.approx((12 / 11 * np.sum((psus - psus.mean()) ** 2)) ** 0.5, rel=1e-5)
    assert (ours.df, ours.n, ours.method) == (11, 24, "t")


def test_totals_give_what_single_persons_give_and_a_domain_is_a_mask() -> None:
    rng = np.random.default_rng(3)
    by = answered(rng.integers(0, 5, (3, 24)).astype(float), rng.uniform(1, 9, 24), u=rng.normal(size=24))
    sums = grouped(by.table, [])
    totals = Estimator(sums, Design.of_table(sums))
    unit, total = (estimated(cronbach_alpha(one, ITEMS, "score")) for one in (by, totals))
    assert (unit.value, unit.se) == pytest.approx((total.value, total.se), rel=1e-12)
    half = by.table.keys["half"] == 1
    answers = np.stack([by.table.variables[item].wy / by.table.w for item in ITEMS])
    within = estimated(cronbach_alpha(by, ITEMS, "score", half))
    assert within.value == pytest.approx(weighted_alpha(answers[:, half], by.table.w[half]))


def test_what_makes_no_alpha_is_refused() -> None:
    answers = np.array([[0.0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 2], [0, 0, 1, 2, 1, 2]])
    gap = answers.sum(axis=0)
    by = answered(answers, 1.0, mean=answers.mean(axis=0), gap=np.where(gap == 6, np.nan, gap))
    where: dict[str, object] = {"rows": [5], "count": 1}
    for items, score, code, named in (
        (["a"], "a", "alpha.items", {"items": 1}),
        (
            ["a", "b"],
            "score",
            "alpha.score",
            {"column": "score", "items": ["a", "b"], "rows": [2, 3, 4, 5], "count": 4},
        ),
        (ITEMS, "gap", "alpha.persons", {"column": "a", "score": "gap", **where}),
        (["gap", "a"], "score", "alpha.persons", {"column": "gap", "score": "score", **where}),
        (["a", "z"], "score", "table.no_variable", None),
    ):
        refusal = refusal_of(lambda items=items, score=score: cronbach_alpha(by, items, score))  # type: ignore[misc]
        assert refusal.code == code
        assert named is None or dict(refusal.values) == named
    flat = cronbach_alpha(answered(np.ones((3, 6))), ITEMS, "score")
    assert isinstance(flat, NotEstimable)
    assert flat.code == "no_variation"
