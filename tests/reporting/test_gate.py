"""The disclosure gate: what is hidden, what is refused, and what cannot be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.analysis.drafts import DISTRICT, Draft
from surveys.records.kinds import Audience
from surveys.reporting.gate import THRESHOLD, gated
from surveys.reporting.suppression import Nesting, Sum, complemented, hidden_cells

PUBLIC, OFFICIAL = Audience.PUBLIC, Audience.OFFICIAL


def draft(n: int, code: str = "", domain: str = "town", indicator: str = "rate", **more: Any) -> Draft:
    """A precise figure of n answers."""
    base = Draft("towns", indicator, "1", "percent", domain, code, n=n)
    sure = replace(base, n_eff=200.0, df=50, value=0.8, se=0.02, lower=0.76, upper=0.84, method="korn_graubard")
    return replace(sure, **more)


def district(n: int, **more: Any) -> Draft:
    return draft(n, domain=DISTRICT, **more)


def shown(drafts: list[Draft], audience: Audience = PUBLIC, *nestings: Nesting) -> dict[str, bool]:
    return {one.domain_code: one.value is not None for one in gated(drafts, audience, nestings)}


def test_cells_of_ten_are_public_and_cells_of_five_are_for_officials() -> None:
    cells = [draft(9, "a"), draft(40, "b"), draft(50, "c"), draft(60, "d")]
    assert shown(cells) == {"a": False, "b": False, "c": True, "d": True}
    assert all(shown(cells, OFFICIAL).values())


def test_the_next_smallest_cell_is_hidden_beside_a_single_one() -> None:
    assert hidden_of({"a": 3, "b": 90, "c": 40}) == {"a", "c"}
    assert hidden_of({"a": 30, "b": 90, "c": 40}) == set()


def test_hidden_cells_hold_the_threshold_between_them() -> None:
    assert hidden_of({"a": 2, "b": 3, "c": 40, "d": 50}) == {"a", "b", "c"}


def test_people_without_an_answer_are_a_cell_that_a_sum_must_not_give_away() -> None:
    """170 answered; men 90, women 77: the 3 who said neither are the difference of what is printed."""
    assert hidden_of({"a": 90, "b": 77}, exposed=True) == {"b"}
    assert hidden_of({"a": 90, "b": 4}, exposed=True) == {"a", "b"}  # the missing are counted in the notes
    cells = [draft(90, "1", "sex"), draft(77, "2", "sex")]
    for missing, hidden in ((0, False), (1, True), (9, True), (10, False)):
        found = {one.domain_code: one.value is None for one in gated([district(167 + missing), *cells], PUBLIC)}
        assert found == {"": False, "1": False, "2": hidden}
    assert shown([district(167 + 4), *cells], OFFICIAL)["2"] is False
    assert shown([district(167 + 5), *cells], OFFICIAL)["2"] is True


def test_those_missing_are_counted_for_each_indicator_and_volunteers_are_others() -> None:
    cells = [draft(90, "1", "sex"), draft(77, "2", "sex")]
    told = [draft(80, "1", "sex", indicator="told"), draft(70, "2", "sex", indicator="told")]
    found = gated([district(167), *cells, district(153, indicator="told"), *told], PUBLIC)
    assert {(one.indicator, one.domain_code) for one in found if one.value is None} == {("told", "2")}
    opened = replace(district(170), part="volunteers", n_eff=None, df=None, se=None, lower=None, upper=None)
    assert all(one.value is not None for one in gated([district(167), *cells, opened], PUBLIC))


def test_a_hidden_kind_is_not_the_sum_of_towns_that_are_shown() -> None:
    """k and t are hidden for a's sake; were all of t's towns printed, t would be known again, and k with it."""
    kinds = Nesting("town", "kind", {"a": "k", "b": "t", "c": "t", "d": "u", "e": "u"})
    cells = [draft(n, code) for code, n in {"a": 4, "b": 40, "c": 45, "d": 30, "e": 100}.items()]
    cells += [draft(n, code, domain="kind") for code, n in {"k": 4, "t": 85, "u": 130}.items()]
    assert shown(cells, PUBLIC, kinds) == {
        "a": False, "b": False, "c": True, "d": True, "e": True, "k": False, "t": False, "u": True,
    }  # fmt: skip


def hidden_of(cells: dict[str, int], exposed: bool = False) -> set[str]:
    """The hidden codes of one table that adds up to a published sum."""
    places = {("town", code): n for code, n in cells.items()}
    return {code for _, code in complemented(places, [Sum(tuple(places), None, exposed)], 10)}


def test_an_empty_cell_a_small_one_and_the_second_hidden_one_look_the_same() -> None:
    cells = [
        replace(draft(0, "a"), value=None, lower=None, upper=None, se=None, reason="no_answers"),
        draft(40, "b"),
        draft(90, "c"),
    ]
    empty, second, _ = gated(cells, PUBLIC)
    assert replace(empty, domain_code="") == replace(second, domain_code="")
    assert (empty.reason, empty.reason_values, empty.n) == ("confidential", {"threshold": 10}, None)


def test_a_question_few_were_asked_hides_its_own_cells_and_no_others() -> None:
    cells = [draft(12, "a"), draft(40, "b"), draft(50, "c"), draft(8, "a", indicator="told")]
    cells += [draft(38, "b", indicator="told"), draft(47, "c", indicator="told")]
    hidden = {(one.indicator, one.domain_code) for one in gated(cells, PUBLIC) if one.n is None}
    assert hidden == {("told", "a"), ("told", "b")}


def test_what_is_hidden_of_all_is_hidden_of_every_part_of_them() -> None:
    cells = [draft(8, "a"), draft(40, "b"), draft(42, "c"), draft(7, "a", indicator="told")]
    cells += [draft(40, "b", indicator="told"), draft(30, "c", indicator="told")]  # its own second cell would be c
    hidden = {(one.indicator, one.domain_code) for one in gated(cells, PUBLIC) if one.n is None}
    assert hidden == {("rate", "a"), ("rate", "b"), ("told", "a"), ("told", "b")}


def test_all_figures_of_an_item_are_hidden_together() -> None:
    shares = [draft(n, code, indicator="satisfied", item="sat") for code, n in {"a": 8, "b": 40, "c": 50}.items()]
    of_all = [draft(n, code, indicator="of_all", item="sat") for code, n in {"a": 30, "b": 41, "c": 52}.items()]
    hidden = {(one.indicator, one.domain_code) for one in gated([*shares, *of_all], PUBLIC) if one.n is None}
    assert hidden == {("satisfied", "a"), ("satisfied", "b"), ("of_all", "a"), ("of_all", "b")}


def test_a_town_is_hidden_together_with_one_of_its_own_kind() -> None:
    kinds = Nesting("town", "kind", {"a": "k", "b": "k", "c": "t", "d": "t"})
    cells = [draft(4, "a"), draft(80, "b"), draft(40, "c"), draft(50, "d")]
    cells += [draft(84, "k", domain="kind"), draft(90, "t", domain="kind")]
    assert shown(cells, PUBLIC, kinds) == {"a": False, "b": False, "c": True, "d": True, "k": True, "t": True}


def test_a_kind_whose_only_town_is_hidden_is_hidden_too() -> None:
    kinds = Nesting("town", "kind", {"a": "k", "b": "t", "c": "t"})
    cells = [draft(4, "a"), draft(80, "b"), draft(40, "c")]
    cells += [draft(4, "k", domain="kind"), draft(120, "t", domain="kind")]
    assert shown(cells, PUBLIC, kinds)["k"] is False
    assert shown(cells, PUBLIC, kinds)["t"] is False


Tables = dict[str, tuple[str, int]]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.sampled_from("kt"), st.integers(0, 60)), min_size=1))
def test_no_sum_gives_a_hidden_cell_away(towns: Tables) -> None:
    nesting = Nesting("town", "kind", {code: kind for code, (kind, _) in towns.items()})
    totals: dict[str, int] = {}
    for kind, n in towns.values():
        totals[kind] = totals.get(kind, 0) + n
    drafts = [draft(n, code) for code, (_, n) in towns.items()]
    drafts += [draft(n, kind, domain="kind") for kind, n in totals.items()]
    hidden = hidden_cells(drafts, 10, [nesting])
    _underivable(
        {code: n for code, (_, n) in towns.items()}, {code for _, level, code in hidden if level == "town"}, False
    )
    for kind, total in totals.items():
        of_kind = {code: n for code, (its, n) in towns.items() if its == kind}
        _underivable(
            of_kind,
            {code for _, level, code in hidden if level == "town"} & set(of_kind),
            ("rate", "kind", kind) in hidden,
        )
        assert total >= 10 or ("rate", "kind", kind) in hidden
    assert all(n >= 10 or ("rate", "town", code) in hidden for code, (_, n) in towns.items())


def _underivable(cells: Mapping[str, int], hidden: set[str], sum_hidden: bool) -> None:
    """Whoever knows the sum learns only the sum of the hidden: at least two cells and ten answers."""
    if sum_hidden:
        assert hidden
    elif hidden and hidden != set(cells):
        assert len(hidden) >= 2
        assert sum(cells[code] for code in hidden) >= 10


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"n_eff": 29.9}, "n_eff_below_30"),
        ({"df": 2}, "df_below_3"),
        ({"lower": 0.55, "upper": 0.85}, "width_30_points"),
    ],
)
def test_noise_is_withheld_with_its_reason_and_without_a_second_cell(more: dict[str, Any], reason: str) -> None:
    noisy, other = gated([draft(80, "a", **more), draft(90, "b")], PUBLIC)
    assert (noisy.value, noisy.lower, noisy.reason) == (None, None, reason)
    assert noisy.n == 80
    assert other.value == 0.8


def test_scores_are_wide_in_points() -> None:
    score = district(90, unit="points", value=60.0, lower=44.9, upper=75.0)
    assert gated([score], PUBLIC)[0].reason == "width_30_points"
    assert gated([replace(score, lower=45.1)], PUBLIC)[0].value == 60.0


def test_few_degrees_of_freedom_are_flagged() -> None:
    assert gated([district(90, df=7)], PUBLIC)[0].flag == "few_df"
    assert gated([district(90, df=8)], PUBLIC)[0].flag == ""


def test_a_true_zero_is_a_figure_with_its_upper_bound() -> None:
    zero = district(90, value=0.0, lower=0.0, upper=0.05, se=0.0, deff=None)
    assert gated([zero], PUBLIC) == [zero]


def test_an_interval_without_width_is_never_printed() -> None:
    alike = district(90, unit="points", value=60.0, lower=60.0, upper=60.0, se=0.0)
    assert gated([alike], PUBLIC)[0].reason == "psus_alike"


def test_counts_of_the_fieldwork_are_counts() -> None:
    count = Draft("fieldwork", "partials", "1", "count", n=3, value=3.0, method="count")
    assert gated([count], PUBLIC) == [count]


def test_an_empty_district_says_that_nobody_answered() -> None:
    nobody = Draft("headline", "rate", "1", "percent", n=0, reason="no_answers")
    assert gated([nobody], PUBLIC) == [nobody]


def test_cases_are_listed_for_officials_only() -> None:
    row = Draft("cases", "score", "1", "points", "case", "c1", n=3, value=80.0, officials_only=True, of_cases=True)
    assert gated([row], PUBLIC) == []
    assert gated([row], OFFICIAL) == [row]


def test_parties_need_their_own_minimum_from_every_audience() -> None:
    parties = district(9, unit="points", value=60.0, lower=55.0, upper=65.0, minimum=10)
    assert gated([parties], OFFICIAL)[0].reason_values == {"threshold": 10}


def test_parties_and_cases_have_minimums_of_their_own_instead_of_an_effective_n_of_thirty() -> None:
    few = district(19, n_eff=19.0, unit="points", value=60.0, lower=50.0, upper=70.0)
    assert gated([few], OFFICIAL)[0].reason == "n_eff_below_30"
    assert gated([replace(few, minimum=10)], OFFICIAL)[0].value == 60.0
    assert gated([replace(few, of_cases=True)], OFFICIAL)[0].value == 60.0
    assert gated([replace(few, minimum=10, lower=40.0)], OFFICIAL)[0].reason == "width_30_points"


def test_the_thresholds_are_ten_and_five() -> None:
    assert THRESHOLD == {PUBLIC: 10, OFFICIAL: 5}
