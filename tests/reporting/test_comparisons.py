"""Comparisons in a release: shown where both sides are, judged by family, and put into words and tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.estimands.families import benjamini_hochberg
from surveys.analysis.outcome import Estimate
from surveys.analysis.waves.plan_kept import LODGED_AT, SHA256, TEXT
from surveys.records.kinds import Audience
from surveys.records.releases import Figure
from surveys.reporting.comparisons import bands, comparison_texts, comparisons_of, sentence, table
from surveys.reporting.edition import Edition, edition
from surveys.reporting.formats.csv import content
from surveys.reporting.formats.excel import workbook
from surveys.reporting.gate import gated
from surveys.reporting.numbers import p_text, rounded, value_text
from surveys.reporting.outline import outline
from surveys.reporting.plain_text import report_text
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.sentences import method_paragraphs
from surveys.reporting.verdicts import judged
from tests.analysis.plans import HEAD, TOWNS, compared, plan_of
from tests.reporting.made import FIELDWORK, Said, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
BH: Mapping[str, Mapping[str, object]] = {"bands": {"method": "benjamini_hochberg", "level": 0.05}}
SHARES = {"a": 0.5, "b": 0.1, "c": 0.9, "d": 0.5}
PSUS = [f"{town}/{number}" for town in SHARES for number in range(1, 13)]
PLAN = TOWNS + compared("sexes", "pairs = 'sex'")


def figure(code: str, n: int = 100, value: float | None = 0.5, se: float = 0.05) -> Draft:
    """A town's share."""
    draft = Draft("towns", "rate", "1", "percent", "town", code, n=n, n_eff=float(n), df=20.0)
    if value is None:
        return draft.without_value("one_psu")
    return Draft(**vars(draft) | {"value": value, "se": se, "lower": value - 0.1, "upper": value + 0.1})


def difference(code: str, p: float | None = 0.01, value: float = 0.1, df: float = 20.0, against: str = "rest") -> Draft:
    """A town, or a pair of groups, in the family "bands"."""
    values: dict[str, object] = {"family": "bands", "comparison": "x", "first": code, "against": against}
    domain, whole = ("town", code) if against == "rest" else ("sex", f"{code}:{against}")
    return Draft(
        "comparisons", "rate", "1", "percent_points", domain, whole, n=90, df=df, value=value, se=0.04,
        lower=value - 0.4, upper=value + 0.4, method="t", reason_values=values | ({} if p is None else {"p": p}),
    )  # fmt: skip


ENDS = ("rank_first", "rank_last")


def joint(town: Draft, lower: float | None = None, upper: float | None = None) -> Estimate | None:
    """The town's figure with limits that hold for several at once, by default 0.15 to both sides."""
    if town.value is None:
        return None
    limits = (town.value - 0.15 if lower is None else lower, town.value + 0.15 if upper is None else upper)
    return Estimate(town.value, 0.05, 20, 100, None, None, *limits, "korn_graubard", 20, 0.999)


def passed(*drafts: Draft, audience: Audience = Audience.OFFICIAL) -> dict[str, Draft]:
    """Comparisons by code, after gate and family."""
    return {one.domain_code: one for one in judged(gated(drafts, audience), BH) if one.part == "comparisons"}


def test_a_difference_is_shown_where_its_town_is_however_wide_it_is() -> None:
    town = passed(figure("a"), figure("b"), difference("a"))["a"]
    assert (town.value, town.reason) == (0.1, "")
    assert town.reason_values["verdict"] == "above"


@pytest.mark.parametrize("town", [figure("a", n=3), figure("a", value=None)])
def test_the_difference_of_a_town_without_a_figure_is_hidden_with_its_p_and_n(town: Draft) -> None:
    found = passed(town, figure("b"), figure("c"), difference("a"), difference("b"))
    hidden = found["a"]
    assert (hidden.value, hidden.se, hidden.lower, hidden.n, hidden.df) == (None,) * 5
    assert hidden.reason == "side_not_shown"
    assert set(hidden.reason_values) == {"family", "comparison", "first", "against"}


def test_the_town_hidden_beside_a_small_one_is_not_compared_either() -> None:
    """Its difference from the rest would give back its share."""
    towns = [figure("a", n=3), figure("b", n=60), figure("c", n=100)]
    found = passed(*towns, *(difference(code) for code in "abc"))
    assert {code: one.reason for code, one in found.items()} == {"a": "side_not_shown", "b": "side_not_shown", "c": ""}


def test_the_public_is_shown_no_more_than_officials_and_never_a_bolder_verdict() -> None:
    drafts = [figure("a", n=7, value=None), *(figure(code) for code in "bcd")]
    drafts += [difference("a", 0.02), difference("b", 0.001), difference("c", 0.02), difference("d", 0.035)]
    officials, public = passed(*drafts), passed(*drafts, audience=Audience.PUBLIC)
    assert {code for code, one in public.items() if one.value is not None} == {"c", "d"}
    for code in "cd":
        said = [one[code].reason_values["p_adjusted"] for one in (officials, public)]
        assert isinstance(said[0], float)
        assert isinstance(said[1], float)
        assert said[0] <= said[1]


def test_a_pair_needs_both_its_groups() -> None:
    groups = [Draft(**vars(figure(code)) | {"part": "groups", "domain": "sex"}) for code in "12"]
    silent = Draft(**vars(figure("2", value=None)) | {"part": "groups", "domain": "sex"})
    assert passed(*groups, difference("1", against="2"))["1:2"].value == 0.1
    assert passed(groups[0], silent, difference("1", against="2"))["1:2"].reason == "side_not_shown"
    assert passed(silent, difference("1", against="2"))["1:2"].reason == "side_not_shown"


def test_few_degrees_of_freedom_withhold_or_flag_a_difference() -> None:
    assert passed(figure("a"), difference("a", df=2))["a"].reason == "df_below_3"
    assert "p" not in passed(figure("a"), difference("a", df=2))["a"].reason_values
    assert passed(figure("a"), difference("a", df=7))["a"].flag == "few_df"
    assert passed(figure("a"), difference("a", None))["a"].reason == "psus_alike"


def test_p_values_are_adjusted_within_the_family_as_planned_and_hidden_ones_make_them_more_cautious() -> None:
    drafts = [*(figure(code) for code in "abc"), figure("d", value=None)]
    raw = {"a": 0.001, "b": 0.02, "c": 0.04, "d": 0.0001}
    found = passed(*drafts, *(difference(code, p, -0.1 if code == "b" else 0.1) for code, p in raw.items()))
    expected = benjamini_hochberg([0.001, 0.02, 0.04, 1.0])  # 0.004, 0.04, 0.0533; d's own p is not told
    assert [found[code].reason_values["p_adjusted"] for code in "abc"] == pytest.approx(expected[:3])
    assert [found[code].reason_values["verdict"] for code in "abc"] == ["above", "below", "not_different"]
    assert found["a"].reason_values["p"] == 0.001


def test_towns_hold_joint_places_among_those_shown_and_never_one_by_itself() -> None:
    towns = [figure("a", value=0.9), figure("b", value=0.5), figure("c", value=0.48), figure("d", value=None)]
    found = passed(*towns, *(replace(difference(one.domain_code), joint=joint(one)) for one in towns))
    places = {
        code: tuple(found[code].reason_values.get(name) for name in ("rank_first", "rank_last", "ranked"))
        for code in "abcd"
    }
    assert places == {"a": (1, 1, 3), "b": (2, 3, 3), "c": (2, 3, 3), "d": (None, None, None)}


def test_places_come_from_the_joint_intervals_and_a_town_without_one_may_stand_anywhere() -> None:
    towns = [figure("a", value=0.9), figure("b", value=0.5), figure("c", value=0.1)]
    lopsided = [joint(towns[0], 0.49, 1.0), joint(towns[1]), joint(towns[2])]
    for joints, places in (
        (lopsided, {"a": (1, 2), "b": (1, 2), "c": (3, 3)}),  # value ± t·se would have kept a and b apart
        ([joint(towns[0]), None, joint(towns[2])], {"a": (1, 2), "b": (1, 3), "c": (2, 3)}),
    ):
        drafts = [replace(difference(one.domain_code), joint=own) for one, own in zip(towns, joints, strict=True)]
        found = passed(*towns, *drafts)
        assert {code: tuple(one.reason_values[end] for end in ENDS) for code, one in found.items()} == places


def test_a_town_that_is_not_compared_still_holds_a_place_among_the_others() -> None:
    """Everybody is aware there: no difference is tested, but its interval stands above b's and not above c's."""
    towns = [figure("a", value=0.99), figure("b", value=0.5), figure("c", value=0.9)]
    joints = [joint(towns[0], 0.93, 1.0), joint(towns[1]), joint(towns[2], 0.85, 0.95)]
    drafts = [replace(difference(one.domain_code), joint=own) for one, own in zip(towns, joints, strict=True)]
    drafts[0] = drafts[0].without_value("no_variation", **drafts[0].reason_values)
    found = passed(*towns, *drafts)
    assert [found["b"].reason_values[end] for end in ENDS] == [3, 3]
    assert [found["c"].reason_values[end] for end in ENDS] == [1, 2]
    assert found["a"].reason == "no_variation"


def test_a_difference_needs_enough_people_on_its_smaller_side_who_may_be_the_rest() -> None:
    """The town's figure is shown; the rest, the district without it, holds 9."""
    few = replace(difference("a"), n=9)
    public = passed(figure("a"), few, audience=Audience.PUBLIC)["a"]
    assert (public.reason, public.value, public.n, public.df) == ("side_not_shown", None, None, None)
    assert set(public.reason_values) == {"family", "comparison", "first", "against"}
    assert passed(figure("a"), few)["a"].value == 0.1  # officials may read of 5
    assert passed(figure("a"), replace(few, n=4))["a"].reason == "side_not_shown"
    assert passed(figure("a"), replace(few, n=10), audience=Audience.PUBLIC)["a"].value == 0.1


def test_a_difference_needs_an_effective_n_of_thirty_on_both_sides() -> None:
    noisy = passed(figure("a"), replace(difference("a"), n_eff=29.9))["a"]
    assert (noisy.reason, noisy.reason_values["n_eff"]) == ("n_eff_below_30", 29.9)
    assert "p" not in noisy.reason_values
    assert passed(figure("a"), replace(difference("a"), n_eff=30.0))["a"].value == 0.1


def release_of(box: Session, plan: str = PLAN, lodged: bool = True) -> Edition:
    """Four towns of twelve PSUs, c high, b low."""
    said = [
        Said(psu, {"awareness_rate": float((place * 5 + person * 3) % 13 < 13 * SHARES[psu[0]])}, cell=_cell(person))
        for place, psu in enumerate(PSUS)
        for person in range(10)
    ]
    parsed = plan_of(HEAD + plan)
    kept = {TEXT: parsed.text, SHA256: parsed.sha256, LODGED_AT: "2021-09-30T01:00:00+00:00"} if lodged else {}
    wave = survey(box, PSUS, said, kept)
    return edition(box, prepare_figures(box, wave, FIELDWORK, NOW), Audience.OFFICIAL)


def _cell(person: int) -> str:
    return f"age={1 + person % 7};edu=1;k=1;sex={1 + person % 2}"


def test_a_sentence_says_who_is_higher_and_lower_and_where_no_difference_is_seen(box: Session) -> None:
    read = release_of(box)
    towns, sexes = comparisons_of(read)
    assert sentence(read, towns, "zh") == (
        "法治宣传教育普及率（模拟数据），各镇街与全区其余地方相比：c较高，b较低，其余 2 项看不出差别"
        "（Benjamini–Hochberg 校正，水平 5%）。"
    )
    assert sentence(read, towns, "en") == (
        "Legal-awareness rate (synthetic data), each town against the rest of the district: higher: c; lower: b; "
        "no difference seen in the other 2 (Benjamini–Hochberg adjustment, level 5 %)."
    )
    assert "（模拟数据）" in sentence(read, sexes, "zh")
    assert bands(read, "awareness_rate") == {
        "a": "not_different", "b": "below", "c": "above", "d": "not_different",
    }  # fmt: skip
    assert bands(read, "reach") == {}


def test_a_table_prints_difference_interval_adjusted_p_verdict_and_places(box: Session) -> None:
    read = release_of(box)
    towns, sexes = (table(read, one, "zh") for one in comparisons_of(read))
    assert [column.heading for column in towns.columns] == [
        "与其余相比", "差（百分点）", "95% 置信区间", "校正后 p 值", "判断", "可能位次",
    ]  # fmt: skip
    assert [row[0] for row in towns.rows] == [*"abcd"]
    low, high = towns.rows[1], towns.rows[2]
    assert (high[3:], low[3:]) == (["<0.001", "较高", "1–1"], ["<0.001", "较低", "4–4"])
    assert str(high[1]).startswith("+")
    assert str(low[1]).startswith("−")
    assert " … " in str(high[2])
    assert len(sexes.columns) == 5
    assert sexes.rows[0][0] == "男 − 女"


def test_the_report_has_a_section_of_comparisons_and_names_the_plan(box: Session) -> None:
    read = release_of(box)
    text = report_text(read)
    assert "、比较\n" in text
    assert "看到答卷之前在分析方案里定下的" in text.replace("\n", "")
    plan = read.fact["plan"]
    assert plan["sha256"] == plan_of(HEAD + PLAN).sha256
    for language, words in (("zh", "开放之前（2021-09-30）登记"), ("en", "lodged before the opening (2021-09-30)")):
        assert any(words in said and plan["sha256"] in said for said in method_paragraphs(read, language))
    assert "analysis" not in read.fact["wave"]["plan"]


def test_a_release_without_a_lodged_plan_says_that_it_is_the_default(box: Session) -> None:
    read = release_of(box, lodged=False)
    assert any("默认方案" in said and read.fact["plan"]["sha256"] in said for said in method_paragraphs(read))
    assert "开放之前没有登记方案" in report_text(read).replace("\n", "")


def test_a_plan_without_comparisons_has_no_such_section(box: Session) -> None:
    read = release_of(box, "")
    assert comparisons_of(read) == []
    assert "比较" not in [getattr(block, "text", "")[-2:] for block in outline(read)]


def test_the_workbook_holds_the_sentences_and_the_figures(box: Session) -> None:
    read = release_of(box)
    book = openpyxl.load_workbook(io.BytesIO(workbook(read)))
    notes = [row[0].value for row in book["说明"].iter_rows()]
    assert set(comparison_texts(read, "zh")) <= set(notes)
    assert len(comparison_texts(read, "zh")) == 3
    cells = [[cell.value for cell in row] for row in book["数据"].iter_rows()]
    heads = cells[2]
    town = next(row for row in cells if row[0] == "比较" and row[heads.index("对象")] == "b（与其余相比）")
    assert [town[heads.index(name)] for name in ("判断", "可能位次", "单位")] == ["较低", "4–4", "百分点"]
    assert float(str(town[heads.index("结果")])) < -30


def test_the_csv_holds_p_verdict_and_places(box: Session) -> None:
    lines = csv.DictReader(io.StringIO(content(release_of(box)).decode("utf-8-sig")))
    town = next(line for line in lines if (line["part_code"], line["where_code"]) == ("comparisons", "b"))
    assert (town["verdict_code"], town["verdict_en"], town["places"]) == ("below", "below", "4–4")
    assert (town["p_adjusted"], town["family_code"], town["unit_zh"]) == ("<0.001", "bands", "百分点")
    assert town["value"].startswith("-")


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "<0.001"), (0.0005, "0.001"), (0.03449, "0.034"), (1.0, "1.000"), (None, "")]
)
def test_a_p_value_has_three_decimals(p: float | None, text: str) -> None:
    assert p_text(p) == text


@pytest.mark.parametrize(("value", "text"), [(-0.0003, "0.0"), (0.0, "0.0"), (-0.0126, "−1.3"), (0.0126, "+1.3")])
def test_a_difference_is_printed_with_its_sign_and_nothing_without(value: float, text: str) -> None:
    row = Figure(part="comparisons", unit="percent_points", value=value, lower=value - 0.01, upper=value + 0.01)
    assert value_text(row) == text
    assert str(rounded(row).value) == text.replace("−", "-").removeprefix("+")
