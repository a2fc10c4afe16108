"""Change between waves: by hand, against the unit-level stack, and with the weights of each wave's own year."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimands.change import Change, change
from surveys.analysis.estimands.stack import in_wave, stacked, strata_of
from surveys.analysis.estimands.stack_design import Sample
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused, Definition, Estimate, NotEstimable
from surveys.analysis.table import Table, Variable, grouped
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.margins import Margin

from .test_estimator_input import refusal_of


def changed(outcome: Change | NotEstimable) -> Change:
    assert isinstance(outcome, Change), outcome
    return outcome


def estimated(outcome: Estimate | NotEstimable) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def wave(code: str, y: list[float], psus: str = "abc", stratum: str = "S", **design: object) -> Sample:
    """One person of weight 1 in each PSU of one stratum."""
    table = Table.of_units([stratum] * len(y), list(psus), np.ones(len(y)), {"y": y})
    return Sample(code, table, Design.of_table(table, selection="equal", **design))  # type: ignore[arg-type]


EARLIER, LATER = wave("2024", [1, 2, 6]), wave("2025", [2, 6, 7])


def test_shared_psus_by_hand() -> None:
    """Means 3 and 5; PSU sums of residuals (−2, −1, 3)/3 and (−3, 1, 2)/3; both variances 3/2·14/9 = 7/3, covariance
    3/2·(6 − 1 + 6)/9 = 11/6; the change of 2 has the variance 14/3 − 11/3 = 1 and 3 − 1 df."""
    ours = changed(change(stacked([EARLIER, LATER], shared=True), "y", "2024", "2025"))
    assert (ours.earlier.value, ours.later.value) == pytest.approx((3, 5))
    assert ours.earlier.se == ours.later.se == pytest.approx(math.sqrt(7 / 3))
    assert (ours.difference.value, ours.difference.se) == pytest.approx((2, 1))
    assert (ours.difference.df, ours.test.df) == (2, 2)
    assert (ours.test.t, ours.test.p) == pytest.approx((2, 1 - 2 / math.sqrt(6)))
    assert ours.correlation == pytest.approx(11 / 14)


def test_waves_drawn_apart_by_hand_even_where_labels_are_alike() -> None:
    """Nothing is shared: the variances add, 14/3, and so do the degrees of freedom."""
    ours = changed(change(stacked([EARLIER, LATER], shared=False), "y", "2024", "2025"))
    assert ours.difference.se == pytest.approx(math.sqrt(14 / 3))
    assert ours.difference.df == 4
    assert ours.correlation == pytest.approx(0, abs=1e-12)


def test_change_is_later_minus_earlier_whatever_the_order_of_the_stack() -> None:
    forth = changed(change(stacked([EARLIER, LATER], shared=True), "y", "2024", "2025"))
    back = changed(change(stacked([LATER, EARLIER], shared=True), "y", "2025", "2024"))
    turned = changed(change(stacked([LATER, EARLIER], shared=True), "y", "2024", "2025"))
    assert back.test.t == pytest.approx(-forth.test.t)
    assert (turned.difference.value, turned.difference.se) == pytest.approx((2, 1))


def test_psus_are_matched_by_label_and_not_by_their_place() -> None:
    """The same three PSUs listed in another order, and two strata whose order differs."""
    mixed = wave("2025", [7, 2, 6], "cab")
    ours = changed(change(stacked([EARLIER, mixed], shared=True), "y", "2024", "2025"))
    assert ours.difference.se == pytest.approx(1)
    first = Table.of_units(list("AABB"), list("wxyz"), np.ones(4), {"y": [1, 2, 3, 5]})
    second = Table.of_units(list("BBCC"), list("yzuv"), np.ones(4), {"y": [4, 5, 1, 1]})
    samples = [Sample("1", first, Design.of_table(first)), Sample("2", second, Design.of_table(second))]
    both = stacked(samples, shared=True)
    assert both.table.strata == strata_of(samples) == ("A", "B", "C")
    assert both.design_df() == 6 - 3


def survey(seed: int) -> tuple[dict[str, list[Sample]], Table]:
    """Two waves in the same 12 PSUs of two strata; as samples, and as one table of units with the wave as a key."""
    generator = np.random.default_rng(seed)
    psu = np.repeat(np.arange(12), 16)
    year = np.tile(np.repeat(["2024", "2025"], 8), 12)
    sex = generator.choice(["f", "m"], len(psu))
    y = generator.normal(size=12)[psu] + generator.normal(size=len(psu)) + (year == "2025") * 0.5
    y[generator.random(len(psu)) < 0.1] = np.nan
    w = generator.uniform(1, 5, len(psu))

    def cut(mask: np.ndarray) -> Table:
        keys = {"sex": sex[mask], "wave": year[mask]}
        return Table.of_units(psu[mask] // 6, psu[mask], w[mask], {"y": y[mask]}, keys)

    tables = {code: cut(year == code) for code in ("2024", "2025")}
    whole = cut(np.ones(len(psu), bool))
    samples = [Sample(code, table, Design.of_table(table)) for code, table in tables.items()]
    small = [Sample(one.wave, grouped(one.table, ["sex"]), one.design) for one in samples]
    return {"units": samples, "groups": small}, whole


@pytest.mark.parametrize("kind", ["units", "groups"])
def test_a_stack_of_tables_is_the_stack_of_units_with_the_wave_as_domain(kind: str) -> None:
    samples, whole = survey(3)
    plain = Estimator(whole, Design.of_table(whole))
    parts = [plain.linear_mean("y", whole.keys["wave"] == code) for code in ("2025", "2024")]
    assert isinstance(parts[0], Linearised)
    assert isinstance(parts[1], Linearised)
    expected = estimated(plain.contrast([(1, parts[0]), (-1, parts[1])]))
    ours = changed(change(stacked(samples[kind], shared=True), "y", "2024", "2025"))
    assert ours.difference.value == pytest.approx(expected.value, rel=1e-12)
    assert ours.difference.se == pytest.approx(expected.se, rel=1e-12)
    assert (ours.difference.df, ours.difference.n) == (expected.df, expected.n) == (10, ours.difference.n)
    alone = [estimated(Estimator(one.table, one.design).mean("y")) for one in samples[kind]]
    assert (ours.earlier.se, ours.later.se) == pytest.approx((alone[0].se, alone[1].se))
    assert ours.correlation > 0.3  # PSUs keep their level, and a stack that forgot it would claim less than it knows


def test_a_domain_is_followed_from_wave_to_wave() -> None:
    samples, whole = survey(5)
    by = stacked(samples["units"], shared=True)
    women = by.table.keys["sex"] == "f"
    ours = changed(change(by, "y", "2024", "2025", women))
    plain = Estimator(whole, Design.of_table(whole))
    mask = (whole.keys["sex"] == "f") & (whole.keys["wave"] == "2025")
    assert ours.later.value == pytest.approx(estimated(plain.mean("y", mask)).value)
    assert ours.later.se == pytest.approx(estimated(plain.mean("y", mask)).se)
    assert in_wave(by, "2025", women).sum() == mask.sum()


POPULATION = {"2024": {"f": 420.0, "m": 400.0}, "2025": {"f": 300.0, "m": 600.0}}


def raked(sample: Sample) -> Calibration:
    return calibrate(sample.table, [Margin("sex", sample.table.keys["sex"], POPULATION[sample.wave])])


@pytest.mark.parametrize("shared", [True, False])
def test_each_wave_keeps_the_margins_of_its_own_year(shared: bool) -> None:
    samples = [Sample(one.wave, one.table, one.design, raked(one)) for one in survey(7)[0]["units"]]
    by = stacked(samples, shared)
    sex = by.table.keys["sex"]
    for one in samples:
        for category, known in POPULATION[one.wave].items():
            total = estimated(by.total(by.table.members(in_wave(by, one.wave, sex == category))))
            assert total.value == pytest.approx(known, rel=1e-9)
            assert total.se <= 1e-9 * known
        alone = estimated(Estimator(one.table, one.design, one.weighting).mean("y"))
        stacked_too = estimated(by.mean("y", in_wave(by, one.wave)))
        assert stacked_too.value == pytest.approx(alone.value, rel=1e-12)
        assert stacked_too.se == pytest.approx(alone.se, rel=1e-12)


def test_a_wave_without_calibration_may_stand_beside_one_with_it() -> None:
    first, second = survey(9)[0]["units"]
    by = stacked([first, Sample(second.wave, second.table, second.design, raked(second))], shared=True)
    plain = estimated(Estimator(first.table, first.design).mean("y"))
    assert estimated(by.mean("y", in_wave(by, "2024"))).se == pytest.approx(plain.se, rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_the_covariance_is_that_of_the_psu_sums(seed: int, calibrated: bool) -> None:
    """Var(difference) = v1 + v2 − 2·cov, with the covariance taken by hand over PSU sums of each wave's own scores."""
    samples = survey(seed)[0]["units"]
    if calibrated:
        samples = [Sample(one.wave, one.table, one.design, raked(one)) for one in samples]
    sums = []
    for one in samples:
        part = Estimator(one.table, one.design, one.weighting).linear_mean("y")
        assert isinstance(part, Linearised)
        sums.append(np.bincount(one.table.psu, part.scores, 12).reshape(2, 6))
    first, second = (each - each.mean(axis=1, keepdims=True) for each in sums)
    v1, v2, cov = (6 / 5 * float(np.sum(a * b)) for a, b in ((first, first), (second, second), (first, second)))
    ours = changed(change(stacked(samples, shared=True), "y", "2024", "2025"))
    assert ours.difference.se == pytest.approx(math.sqrt(v1 + v2 - 2 * cov), rel=1e-9)
    assert ours.correlation == pytest.approx(cov / math.sqrt(v1 * v2), rel=1e-6, abs=1e-9)
    apart = changed(change(stacked(samples, shared=False), "y", "2024", "2025"))
    assert apart.difference.se == pytest.approx(math.sqrt(v1 + v2), rel=1e-9)


def test_counts_of_the_population_are_kept() -> None:
    """f = 3/6 halves both variances and the covariance: the standard error of the change falls from 1 to √½."""
    pair = [wave("2024", [1, 2, 6], population=[6]), wave("2025", [2, 6, 7], population=[6])]
    assert changed(change(stacked(pair, shared=True), "y", "2024", "2025")).difference.se == pytest.approx(0.5**0.5)
    apart = [pair[0], wave("2025", [2, 6, 7], population=[12])]
    expected = math.sqrt(7 / 3 * (1 / 2 + 3 / 4))
    assert changed(change(stacked(apart, shared=False), "y", "2024", "2025")).difference.se == pytest.approx(expected)


def test_a_second_stage_is_kept_where_waves_were_drawn_apart() -> None:
    table = Table.of_units(["S"] * 4, list("aabb"), np.ones(4), {"y": [1, 2, 4, 8]})
    design = Design.of_table(table, [4], "equal", second=SecondStage(np.arange(4), np.full(4, 9.0)))
    samples = [Sample(code, table, design) for code in ("1", "2")]
    by, alone = stacked(samples, shared=False), estimated(Estimator(table, design).mean("y"))
    assert estimated(by.mean("y", in_wave(by, "1"))).se == pytest.approx(alone.se)
    with pytest.raises(AnalysisRefused, match=r"stack\.second_stage"):
        stacked(samples, shared=True)
    plain = Sample("3", table, Design.of_table(table, [4], "equal"))
    refusal = refusal_of(lambda: stacked([*samples, plain], shared=False))
    assert (refusal.code, dict(refusal.values)) == ("stack.mixed_second", {"waves": ["3"]})


def test_silent_psus_stay_in_the_design_of_the_stack() -> None:
    """PSU c gave nothing in 2025: 3 were drawn all the same, and its sum is a zero."""
    silent = wave("2025", [2, 6], "ab")
    samples = [EARLIER, Sample("2025", silent.table, Design(np.array([3])))]
    ours = changed(change(stacked(samples, shared=True), "y", "2024", "2025"))
    assert ours.later.se == pytest.approx(math.sqrt(3 / 2 * 2))
    first, second = np.array([-2, -1, 3]) / 3, np.array([-2, 2, 0]) / 2
    assert ours.difference.se == pytest.approx(math.sqrt(3 / 2 * np.sum((second - first) ** 2)))


def test_a_rotated_sample_needs_the_design_of_both_waves() -> None:
    """PSUs b and c stay, a leaves, d comes: four in all."""
    samples = [EARLIER, wave("2025", [2, 6, 7], "bcd")]
    with pytest.raises(AnalysisRefused) as refusal:
        stacked(samples, shared=True)
    assert refusal.value.code == "stack.designs"
    assert refusal.value.values["strata"] == ["S"]
    by = stacked(samples, shared=True, design=Design(np.array([4])))
    first, second = np.array([-2, -1, 3, 0]) / 3, np.array([0, -3, 1, 2]) / 3
    ours = changed(change(by, "y", "2024", "2025"))
    assert ours.difference.se == pytest.approx(math.sqrt(4 / 3 * np.sum((second - first) ** 2)))
    assert ours.difference.df == 3


def test_a_question_of_one_wave_only_has_no_change_but_keeps_its_figure() -> None:
    table = LATER.table
    new = Table.of_units(["S"] * 3, list("abc"), np.ones(3), {"y": [2, 6, 7], "z": [1, 2, 4]})
    by = stacked([EARLIER, Sample("2025", new, Design.of_table(new))], shared=True)
    for earlier, later in (("2024", "2025"), ("2025", "2024")):
        outcome = change(by, "z", earlier, later)
        assert isinstance(outcome, NotEstimable)
        assert outcome.code == "no_answers"
    assert estimated(by.mean("z", in_wave(by, "2025"))).value == pytest.approx(7 / 3)
    assert len(table.w) == 3


def test_what_varies_in_neither_wave_or_only_together_is_no_test() -> None:
    flat = stacked([wave("1", [2, 2, 2]), wave("2", [3, 3, 3])], shared=True)
    outcome = change(flat, "y", "1", "2")
    assert isinstance(outcome, NotEstimable)
    assert outcome.code in ("no_variation", "psus_alike")
    together = stacked([wave("1", [1, 2, 6]), wave("2", [2, 3, 7])], shared=True)
    assert change(together, "y", "1", "2") == NotEstimable("psus_alike", n=3)


def test_a_lonely_psu_refuses_the_change() -> None:
    pair = [wave("1", [2.0], "a"), wave("2", [3.0], "a")]
    assert change(stacked(pair, shared=True), "y", "1", "2") == NotEstimable("one_psu", strata=("S",))


@pytest.mark.parametrize(("versions", "kept"), [(("1", "1"), "1"), (("1", "2"), None)])
def test_a_definition_that_changed_is_not_said_of_the_change(versions: tuple[str, str], kept: str | None) -> None:
    samples = []
    for code, version in zip(("2024", "2025"), versions, strict=True):
        y = EARLIER.table.variables["y"]
        defined = Variable(y.n, y.wn, y.wy, y.wyy, Definition("aware", version))
        table = Table(**{**vars(EARLIER.table), "variables": {"y": defined}})
        samples.append(Sample(code, table, EARLIER.design))
    definition = stacked(samples, shared=False).table.variables["y"].definition
    assert definition == (None if kept is None else Definition("aware", kept))


def test_a_wave_that_did_not_ask_takes_no_definition_from_those_that_did() -> None:
    y = EARLIER.table.variables["y"]
    defined = Variable(y.n, y.wn, y.wy, y.wyy, Definition("aware", "1"))
    asked = Table(**{**vars(EARLIER.table), "variables": {"y": defined}})
    silent = Table(**{**vars(EARLIER.table), "variables": {}})
    samples = [Sample("2020", asked, EARLIER.design), Sample("2021", silent, EARLIER.design)]
    assert stacked(samples, shared=False).table.variables["y"].definition == Definition("aware", "1")
