"""An analysis plan is read whole or refused with every fault, and means the same however it is laid out."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.analysis.waves.groups import group_codes, kinds_of_domain
from surveys.analysis.waves.plan import AnalysisPlan, PlannedComparison, PlannedFamily
from surveys.analysis.waves.plan_kept import shipped
from surveys.analysis.waves.published import is_by_domain, published
from surveys.errors import FileRefused
from tests.analysis.plans import HEAD, TOWNS, codes, compared, faults, pair_of, plan_of
from tests.reporting.made import AWARENESS, EVALUATION

INDICATORS = tuple(indicator.code for indicator in published(AWARENESS))
FITTING = [indicator.code for indicator in published(AWARENESS) if is_by_domain(indicator)]
DOMAINS = tuple(kinds_of_domain(AWARENESS))
SEX = AWARENESS.questions["sex"]
AGAIN = "[[family]]\nname = 'more'\nmethod = 'holm'\ncomparisons = ['towns']\n"
LINE = st.text(st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs"]), max_size=40)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


def some(values: tuple[str, ...], always: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.sets(st.sampled_from(values))
    return chosen.map(lambda kept: tuple(value for value in values if value in kept or value in always))


@st.composite
def comparisons(draw: st.DrawFn, indicators: tuple[str, ...], domains: tuple[str, ...]) -> list[PlannedComparison]:
    """Differences that no other names: one comparison for an indicator and a domain."""
    fitting = [code for code in indicators if code in FITTING]
    places = [(code, domain) for code in fitting for domain in domains if domain != "district"]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=5)) if places else []
    names = draw(st.lists(NAMES, min_size=len(chosen), max_size=len(chosen), unique=True))
    found = []
    for name, (indicator, domain) in zip(names, chosen, strict=True):
        way = "each" if domain == "town" else draw(st.sampled_from(("each", "pairs", "pair")))
        known = ["town", "subdistrict"] if domain == "kind" else group_codes(AWARENESS.questions.get(domain) or SEX)
        pair = (domain, *draw(st.permutations(known))[:2])
        ways = {"each": {"each": domain}, "pairs": {"pairs": domain}, "pair": {"pair": pair}}
        found.append(PlannedComparison(name, indicator, **ways[way]))  # type: ignore[arg-type]
    return found


@st.composite
def plans(draw: st.DrawFn) -> AnalysisPlan:
    indicators = draw(some(INDICATORS, ("awareness_rate",)))
    domains = draw(some(DOMAINS, ("district",)))
    found = draw(comparisons(indicators, domains))
    lonely = draw(st.sampled_from(("fail", "collapse", "adjust", "average", "certainty")))
    share = st.floats(0.001, 0.2)
    methods = st.sampled_from(("holm", "benjamini_hochberg"))
    families = [PlannedFamily(f"of_{one.name}", draw(methods), draw(share), (one.name,)) for one in found]
    return AnalysisPlan(
        title="方案" + draw(LINE),
        stopping_date=draw(st.dates()),
        indicators=indicators,
        domains=domains,
        margins=draw(st.sampled_from((None, (), ("town",), ("age*sex", "town")))),
        method=draw(st.sampled_from(("raking", "logit", "linear"))),
        bounds=(draw(st.floats(0, 0.99)), draw(st.floats(1.01, 1000))),
        lonely=lonely,
        order=tuple(draw(st.lists(NAMES, unique=True, max_size=3))) if lonely == "collapse" else (),
        assumed_icc=draw(st.floats(0, 0.99)),
        joins_empty_cells=draw(st.booleans()),
        comparisons=tuple(found),
        families=tuple(families),
    )


@given(plans())
def test_the_canonical_text_is_the_same_plan_again(plan: AnalysisPlan) -> None:
    again = plan_of(plan.text)
    assert again == plan
    assert again.text == plan.text
    assert plan.sha256 == hashlib.sha256(plan.text.encode()).hexdigest()


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_is_refused(text: str) -> None:
    with pytest.raises(FileRefused):
        plan_of(text)


def test_layout_and_comments_do_not_change_the_hash_and_a_choice_does() -> None:
    plan = plan_of(HEAD + TOWNS)
    assert plan_of("# 说明\n\n" + HEAD.replace(" = ", "=") + TOWNS).sha256 == plan.sha256
    assert plan_of(HEAD + TOWNS + "# 完").sha256 == plan.sha256
    assert plan_of(HEAD + "[degenerate]\nassumed_icc = 0.06\n" + TOWNS).sha256 != plan.sha256
    assert plan_of(HEAD + TOWNS.replace("benjamini_hochberg", "holm")).sha256 != plan.sha256


def test_all_is_spelled_out_in_the_instruments_order() -> None:
    plan = plan_of(HEAD)
    assert plan.indicators == INDICATORS
    assert "complete" not in plan.indicators
    assert plan.domains == ("district", "town", "kind", "age", "sex", "edu")
    assert plan_of(HEAD + 'indicators = ["reach", "awareness_rate"]').indicators == ("awareness_rate", "reach")
    said = tomllib.loads(plan.text)
    assert said["indicators"] == list(INDICATORS)
    assert said["margins"] == {"names": "all", "method": "raking", "bounds": [0.3, 3.0]}


def test_the_headline_of_a_comparison_is_the_first_indicator_of_persons_that_the_plan_reports() -> None:
    assert plan_of(HEAD + TOWNS).comparisons[0].indicator == "awareness_rate"
    without = 'indicators = ["item_rate", "reach", "knowledge_score"]\n'
    assert plan_of(HEAD + without + TOWNS).comparisons[0].indicator == "knowledge_score"


def test_the_shipped_plan_is_sound_and_fits_every_instrument() -> None:
    plan = plan_of(shipped())
    assert [family.name for family in plan.families] == ["towns", "groups"]
    assert plan.family_of("ages").method == "holm"
    fitted = AnalysisPlan.fitted(shipped(), EVALUATION, date(2026, 1, 2))
    assert {one.domain for one in fitted.comparisons} == {"town", "kind"}
    assert fitted.stopping_date == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title = ", [("not_toml", "")]),
        ("x = " + "9" * 5000, [("not_toml", "")]),
        ("x = 1" + " " * 100_000, [("too_long", "")]),
        ("title = 'x'", [("missing", "stopping_date")]),
        ("title = ' '\nstopping_date = 2021-12-01", [("not_in_this_form", "title")]),
        (f"title = '{'x' * 201}'\nstopping_date = 2021-12-01", [("out_of_range", "title")]),
        ("title = 'x'\nstopping_date = 2021-12-01T00:00:00", [("wrong_type", "stopping_date")]),
        (HEAD + "color = 1", [("unknown_field", "color")]),
        (HEAD + "comparison = 1", [("wrong_type", "comparison")]),
        (HEAD + "indicators = 'some'", [("wrong_type", "indicators")]),
        (HEAD + "indicators = []", [("no_indicator", "indicators")]),
        (HEAD + "indicators = ['reach', 'complete', 'x']", [("unknown_indicator", "indicators")] * 2),
        (HEAD + "indicators = ['reach', 'reach']", [("repeated", "indicators")]),
        (HEAD + "domains = ['district', 'k']", [("unknown_domain", "domains")]),
        (HEAD + "domains = ['town']", [("no_district", "domains")]),
        (HEAD + "margins.names = ['age*k']", [("unknown_margin", "margins.names")]),
        (HEAD + "margins.names = ['age*age']", [("unknown_margin", "margins.names")]),
        (HEAD + "margins.method = 'rake'", [("not_in_this_form", "margins.method")]),
        (HEAD + "margins.bounds = [0.3]", [("out_of_range", "margins.bounds")]),
        (HEAD + "margins.bounds = [0.3, inf]", [("out_of_range", "margins.bounds[2]")]),
        (HEAD + "margins.bounds = [1.2, 3]", [("bounds", "margins.bounds")]),
        (HEAD + "lonely.rule = 'remove'", [("not_in_this_form", "lonely.rule")]),
        (HEAD + "lonely.order = ['a']", [("order_without_collapse", "lonely.order")]),
        (HEAD + "degenerate.assumed_icc = 1", [("out_of_range", "degenerate.assumed_icc")]),
        (HEAD + "degenerate.assumed_icc = nan", [("out_of_range", "degenerate.assumed_icc")]),
        (HEAD + "degenerate.empty_cell = 'drop'", [("not_in_this_form", "degenerate.empty_cell")]),
        (HEAD + compared("a", "each = 'k'"), [("unknown_domain", "comparison[a].each")]),
        (HEAD + compared("a", "each = 'district'"), [("unknown_domain", "comparison[a].each")]),
        (HEAD + compared("a", "pairs = 'town'"), [("towns_with_each_other", "comparison[a].pairs")]),
        (
            HEAD + compared("a", pair_of("town", "x", "y")),
            [("towns_with_each_other", "comparison[a].pair.of")],
        ),
        (HEAD + compared("a", "each = 'sex'\npairs = 'sex'"), [("one_way", "comparison[a]")]),
        (HEAD + compared("a", ""), [("one_way", "comparison[a]")]),
        (HEAD + compared("a", pair_of("sex", "9", "1")), [("unknown_group", "comparison[a].pair.first")]),
        (HEAD + compared("a", pair_of("sex", "1", "1")), [("same_group", "comparison[a].pair")]),
        (HEAD + compared("a", "each = 'sex'", "item_rate"), [("not_by_domain", "comparison[a].indicator")]),
        (
            HEAD + compared("a", "each = 'sex'", "awareness_rate_refused_out"),
            [("not_by_domain", "comparison[a].indicator")],
        ),
        (HEAD + compared("a", "each = 'sex'", "x"), [("unknown_indicator", "comparison[a].indicator")]),
        (HEAD + "indicators = ['item_rate']\n" + TOWNS, [("no_headline", "comparison[towns].indicator")]),
        (HEAD + "domains = ['district']\n" + TOWNS, [("unknown_domain", "comparison[towns].each")]),
        (HEAD + TOWNS.replace('["towns"]', '["towns", "x"]'), [("unknown_comparison", "family[bands].comparisons")]),
        (HEAD + TOWNS.replace('["towns"]', "[]"), [("out_of_range", "family[bands].comparisons")]),
        (HEAD + TOWNS + "level = 0.5", [("out_of_range", "family[bands].level")]),
        (HEAD + TOWNS.replace("benjamini_hochberg", "none"), [("not_in_this_form", "family[bands].method")]),
        (HEAD + TOWNS.partition("[[family]]")[0], [("no_family", "comparison[towns]")]),
        (HEAD + TOWNS + AGAIN, [("two_families", "comparison[towns]")]),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert codes(text) == expected


def test_the_same_difference_is_declared_once() -> None:
    pairs = compared("a", "pairs = 'sex'")
    turned = compared("b", pair_of("sex", "2", "1"), "headline")
    assert codes(HEAD + pairs + turned) == [("compared_twice", "comparison[b]")]
    other = compared("c", pair_of("sex", "1", "2"))
    assert codes(HEAD + turned + other) == [("compared_twice", "comparison[c]")]
    apart = plan_of(HEAD + pairs + compared("d", "each = 'sex'") + compared("e", "pairs = 'sex'", "reach"))
    assert [one.name for one in apart.comparisons] == ["a", "d", "e"]


def test_all_faults_are_reported_at_once_with_what_stood_there() -> None:
    text = "stopping_date = 2021-12-01\nmargins.bounds = [2, 3]\ndomains = ['x']\n[[comparison]]\nname = 'A'\n"
    assert codes(text) == [
        ("missing", "title"), ("not_in_this_form", "comparison[A].name"), ("missing", "comparison[A].indicator"),
        ("no_family", "comparison[A]"),
    ]  # fmt: skip
    text = "title = 'x'\n" + text + compared("b", "each = 'y'")
    assert [(fault.code, fault.value) for fault in faults(text)][2:] == [
        ("analysis_plan.unknown_domain", "x"), ("analysis_plan.no_district", ""), ("analysis_plan.bounds", "2.0, 3.0"),
        ("analysis_plan.unknown_domain", "y"), ("analysis_plan.no_family", "A"),
    ]  # fmt: skip


def test_a_file_must_be_text() -> None:
    with pytest.raises(FileRefused) as refusal:
        AnalysisPlan.read(b"\xff\xfe", AWARENESS)
    assert [fault.code for fault in refusal.value.faults] == ["analysis_plan.not_text"]
    assert AnalysisPlan.read(b"\xef\xbb\xbf" + HEAD.encode(), AWARENESS) == plan_of(HEAD)


def test_the_stopping_date_must_be_the_closing() -> None:
    with pytest.raises(FileRefused) as refusal:
        AnalysisPlan.parse(HEAD, AWARENESS, date(2021, 12, 2))
    fault = refusal.value.faults[0]
    assert (fault.code, fault.value, fault.values) == (
        "analysis_plan.stopping_date", "2021-12-01", {"closes": "2021-12-02"},
    )  # fmt: skip
    assert AnalysisPlan.parse(HEAD, AWARENESS, date(2021, 12, 1)).stopping_date == date(2021, 12, 1)
