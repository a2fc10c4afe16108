"""Tests of independence by hand, and by what may not change them; R stands in test_independence_oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from surveys.analysis.design import Design
from surveys.analysis.estimands.independence import STATISTICS, IndependenceTest, independence
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import Labels, Table, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin


def result(outcome: IndependenceTest | NotEstimable) -> IndependenceTest:
    assert isinstance(outcome, IndependenceTest), outcome
    return outcome


def people(row: list[str], column: list[str], psu: list[int] | None = None) -> Estimator:
    """Persons of weight 1 from one stratum; each a PSU of his own where none are given."""
    place = list(range(len(row))) if psu is None else psu
    keys = {"row": np.array(row, object), "column": np.array(column, object)}
    table = Table.of_units(np.zeros(len(row)), place, np.ones(len(row)), {}, keys)
    return Estimator(table, Design.of_table(table))


def counted(cells: dict[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    pairs = [pair for pair, count in cells.items() for _ in range(count)]
    return [row for row, _ in pairs], [column for _, column in pairs]


FOUR = {("a", "x"): 20, ("a", "y"): 10, ("b", "x"): 10, ("b", "y"): 20}


def test_four_cells_by_hand() -> None:
    """Pearson's X² = 60·(20·20 − 10·10)² / 30⁴ = 6.667; alone in their PSUs, persons have an effect of n/(n − 1)."""
    first = result(independence(people(*counted(FOUR)), "row", "column", statistic="Chisq"))
    assert first.statistic == pytest.approx(60 * 300**2 / 30**4)
    assert first.p == pytest.approx(chdtrc(1, first.statistic * 59 / 60))
    second = result(independence(people(*counted(FOUR)), "row", "column"))
    assert second.statistic == pytest.approx(first.statistic * 59 / 60)
    assert second.parameter == pytest.approx((1, 59))
    assert (second.n, second.df, second.method) == (60, 59, "F")


def test_the_wald_test_by_hand() -> None:
    """Observed − expected = 20 − 30·30/60 = 5; its linearised values are ±1/4: variance 60/59·(60/16 − 25/60)."""
    square = 5**2 / (60 / 59 * (60 / 16 - 25 / 60))
    by = people(*counted(FOUR))
    assert result(independence(by, "row", "column", statistic="Wald")).statistic == pytest.approx(square)
    assert result(independence(by, "row", "column", statistic="adjWald")).parameter == (1, 59)
    assert result(independence(by, "row", "column", statistic="wls-score")).statistic == pytest.approx(square / 4)
    assert result(independence(by, "row", "column", statistic="wls-score")).parameter == (1, 57)


def test_asking_every_household_twice_doubles_pearsons_x2_and_proves_nothing_more() -> None:
    row, column = counted(FOUR)
    once, twice = people(row, column), people(row * 2, column * 2, [*range(60), *range(60)])
    for statistic in STATISTICS:
        alone, doubled = (result(independence(by, "row", "column", statistic=statistic)) for by in (once, twice))
        assert doubled.p == pytest.approx(alone.p, rel=1e-9)
    assert result(independence(twice, "row", "column", statistic="Chisq")).statistic == pytest.approx(2 * 60 / 9)


def test_missing_answers_are_no_category_but_their_psus_count_for_r() -> None:
    """60 of 62 PSUs have both answers; the others are zeros in the variance: F = 60/9 · 61/62."""
    row, column = counted(FOUR)
    gaps: list[tuple[list[str], list[str]]] = [(["d", "r"], ["x", "y"]), (["a", "b"], ["d", "d"])]
    for more_rows, more_columns in gaps:
        by = people(row + more_rows, column + more_columns)
        ours = result(independence(by, "row", "column", missing=("d", "r")))
        assert (ours.n, ours.df) == (60, 59)
        assert ours.statistic == pytest.approx(60 / 9 * 61 / 62)
        assert result(independence(by, "row", "column", missing=("d", "r"), df="design")).df == 61
        first = result(independence(by, "row", "column", missing=("d", "r"), statistic="Chisq"))
        assert first.statistic == pytest.approx(62 / 9)  # X² as R prints it, on all who were asked


def test_none_and_nan_are_missing_without_being_named() -> None:
    row, column = counted(FOUR)
    named = people([*row, "d"], [*column, "x"])
    expected = result(independence(named, "row", "column", missing=["d"]))
    for nothing in (None, float("nan")):
        table = named.table
        keys = {"row": np.array([*row, nothing], object), "column": table.keys["column"]}
        unnamed = Table.of_units(np.zeros(61), np.arange(61), np.ones(61), {}, keys)
        assert independence(Estimator(unnamed, Design.of_table(unnamed)), "row", "column") == expected


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({("a", "x"): 5, ("a", "y"): 5}, NotEstimable("no_variation", value=1.0, n=10)),
        ({("a", "x"): 5, ("b", "x"): 5}, NotEstimable("no_variation", value=1.0, n=10)),
        ({("d", "x"): 5, ("a", "d"): 5}, NotEstimable("no_answers")),
    ],
)
def test_one_category_or_nobody_is_nothing_to_test(cells: dict[tuple[str, str], int], reason: NotEstimable) -> None:
    outcome = independence(people(*counted(cells)), "row", "column", missing=("d",))
    assert isinstance(outcome, NotEstimable)
    assert outcome.code in (reason.code, "no_members")


def test_too_many_empty_cells_are_refused() -> None:
    cells = {("a", "z"): 5, ("b", "z"): 5, ("c", "x"): 5, ("c", "y"): 5, ("c", "z"): 5}
    outcome = independence(people(*counted(cells)), "row", "column")
    assert outcome == NotEstimable("empty_cells", cells=4)
    assert isinstance(independence(people(*counted({("a", "x"): 5, ("b", "y"): 9})), "row", "column"), IndependenceTest)


@pytest.mark.parametrize("statistic", ["Wald", "adjWald", "wls-score"])
def test_wald_tests_need_more_psus_than_contrasts(statistic: str) -> None:
    nine = {(row, column): 4 for row in "abc" for column in "xyz"} | {("a", "x"): 9, ("b", "y"): 7}
    row, column = counted(nine)
    by = people(row, column, [place % 4 for place in range(len(row))])
    assert independence(by, "row", "column", statistic=statistic) == NotEstimable("too_few_psus", df=3)
    assert isinstance(independence(by, "row", "column"), IndependenceTest)


def test_the_score_test_has_fewer_degrees_of_freedom_than_the_wald_test() -> None:
    """Two rows, three columns, 3 PSUs: ν = 2 is enough for two contrasts and leaves 2 + 2 − 5 for R's denominator."""
    six = {("a", "x"): 4, ("a", "y"): 9, ("a", "z"): 5, ("b", "x"): 8, ("b", "y"): 3, ("b", "z"): 6}
    row, column = counted(six)
    by = people(row, column, [place % 3 for place in range(35)])
    assert result(independence(by, "row", "column", statistic="Wald")).parameter == (2, 2)
    assert independence(by, "row", "column", statistic="wls-score") == NotEstimable("too_few_psus", df=2)


def test_one_psu_in_a_stratum_tells_nothing() -> None:
    row, column = counted(FOUR)
    for statistic in STATISTICS:
        alone = independence(people(row, column, [0] * 60), "row", "column", statistic=statistic)
        assert alone == NotEstimable("too_few_psus", df=0)
    table = people(row, column).table
    lonely = Table.of_units([0] * 59 + [1], np.arange(60), np.ones(60), {}, table.keys)
    by = Estimator(lonely, Design.of_table(lonely))
    for statistic in STATISTICS:
        assert independence(by, "row", "column", statistic=statistic) == NotEstimable("one_psu", strata=("1",))


def test_a_table_that_was_calibrated_to_its_own_cells_has_no_sampling_error_left() -> None:
    table = people(*counted(FOUR)).table
    cells = np.array([f"{r}{c}" for r, c in zip(table.keys["row"], table.keys["column"], strict=True)])
    known = calibrate(table, [Margin("cell", cells, {"ax": 25, "ay": 10, "bx": 10, "by": 25})])
    by = Estimator(table, Design.of_table(table), known)
    for statistic in STATISTICS:
        assert independence(by, "row", "column", statistic=statistic) == NotEstimable("psus_alike", n=60)


@pytest.mark.parametrize(
    ("keys", "settings_", "code"),
    [
        (("row", "colour"), {}, "table.no_key"),
        (("row", "column"), {"statistic": "G2"}, "independence.statistic"),
        (("row", "column"), {"df": "residual"}, "df.rule"),
    ],
)
def test_a_key_statistic_or_rule_that_is_not_there_is_refused(
    keys: tuple[str, str], settings_: dict[str, str], code: str
) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        independence(people(*counted(FOUR)), *keys, **settings_)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_domain_that_is_no_mask_is_refused() -> None:
    with pytest.raises(AnalysisRefused, match="domain"):
        independence(people(*counted(FOUR)), "row", "column", np.ones(3, bool))


def survey(seed: int) -> tuple[Table, Design]:
    """Two strata of six PSUs, unequal weights, answers that hang together inside PSUs."""
    generator = np.random.default_rng(seed)
    psu = np.repeat(np.arange(12), 15)
    taste = generator.normal(size=12)[psu]
    row = np.where(generator.normal(size=180) + taste > 0, "yes", "no")
    column = np.array(["low", "mid", "high"])[np.digitize(generator.normal(size=180) + taste, [-0.5, 0.6])]
    table = Table.of_units(psu // 6, psu, generator.uniform(1, 4, 180), {}, {"row": row, "column": column})
    return table, Design.of_table(table)


def all_statistics(by: Estimator, rows: str = "row", columns: str = "column") -> list[float]:
    names = [name for name in STATISTICS if name != "wls-score"]  # R's rule for it knows rows from columns
    outcomes = [result(independence(by, rows, columns, statistic=name)) for name in names]
    return [number for one in outcomes for number in (one.statistic, one.p)]


def renamed(labels: Labels, names: dict[str, str]) -> Labels:
    return np.array([names[label] for label in labels.tolist()])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.permutations(["low", "mid", "high"]), st.floats(0.01, 1000))
def test_names_order_side_grouping_and_scale_of_weights_change_nothing(
    seed: int, names: list[str], scale: float
) -> None:
    table, design = survey(seed)
    expected = all_statistics(Estimator(table, design))
    assert all_statistics(Estimator(table, design), "column", "row") == pytest.approx(expected, rel=1e-8)
    small = grouped(table, ["row", "column"])
    assert all_statistics(Estimator(small, design)) == pytest.approx(expected, rel=1e-8)
    shuffle = np.random.default_rng(seed).permutation(len(table.w))
    column = renamed(table.keys["column"], dict(zip(["low", "mid", "high"], names, strict=True)))
    other = Table.of_units(
        table.stratum[shuffle],
        table.psu[shuffle],
        table.w[shuffle] * scale,
        {},
        {"row": renamed(table.keys["row"], {"yes": "1", "no": "2"})[shuffle], "column": column[shuffle]},
    )
    assert all_statistics(Estimator(other, design)) == pytest.approx(expected, rel=1e-8)
