"""Does an analysis plan make sense for its instrument? Every fault with its place; no part is blamed twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from surveys.analysis.drafts import DISTRICT
from surveys.analysis.waves.groups import KIND, TOWN, group_codes, group_questions, kinds_of_domain
from surveys.analysis.waves.plan_format import ComparisonPart, HeadPart, PairPart, PlanParts
from surveys.analysis.waves.published import is_by_domain, published
from surveys.errors import FileFault
from surveys.instrument import Indicator, Instrument

HEADLINE = "headline"
MARGINS, LONELY = "margins", "lonely"


def faults_of(parts: PlanParts, instrument: Instrument, closes: date | None = None) -> list[FileFault]:
    """All faults of sense in the sound parts; with `closes` the stopping date must be that day."""
    found: list[FileFault] = []
    if parts.head is not None:
        found += [*_head(parts.head, instrument), *_rules(parts.head, instrument), *_days(parts.head, closes)]
    found += _repeated("comparison", parts.declared)
    found += _repeated("family", [family.name for family in parts.families])
    for comparison in parts.comparisons:
        found += _comparison(comparison, parts.head, instrument)
    return [*found, *_compared_twice(parts, instrument), *_families(parts)]


def _repeated(place: str, names: Iterable[str]) -> Iterator[FileFault]:
    for name, times in Counter(names).items():
        if times > 1:
            yield FileFault("analysis_plan.repeated", column=place, value=name, values={"times": times})


def _unlisted(place: str, code: str, given: Iterable[str], known: Iterable[str]) -> Iterator[FileFault]:
    there = list(known)
    for name in given:
        if name not in there:
            yield FileFault(code, column=place, value=name, values={"known": there})


def _head(head: HeadPart, instrument: Instrument) -> Iterator[FileFault]:
    indicators, domains = head.indicators or [], head.domains or []
    codes = [indicator.code for indicator in published(instrument)]
    yield from _unlisted("indicators", "analysis_plan.unknown_indicator", indicators, codes)
    if head.indicators is not None and not indicators:
        yield FileFault("analysis_plan.no_indicator", column="indicators")
    yield from _unlisted("domains", "analysis_plan.unknown_domain", domains, kinds_of_domain(instrument))
    if head.domains is not None and DISTRICT not in domains:
        yield FileFault("analysis_plan.no_district", column="domains", values={"district": DISTRICT})
    for place, names in (("indicators", indicators), ("domains", domains)):
        yield from _repeated(place, names)


def _rules(head: HeadPart, instrument: Instrument) -> Iterator[FileFault]:
    names, order = head.margins.names or [], head.lonely.order
    yield from _repeated(f"{MARGINS}.names", names)
    yield from _repeated(f"{LONELY}.order", order)
    asked = {question.code for question in group_questions(instrument)} | {TOWN}
    for name in names:
        questions = name.split("*")
        if len(set(questions)) < len(questions) or not asked.issuperset(questions):
            yield FileFault("analysis_plan.unknown_margin", column=f"{MARGINS}.names", value=name)
    low, high = head.margins.bounds
    if not low < 1 < high:
        yield FileFault("analysis_plan.bounds", column=f"{MARGINS}.bounds", value=f"{low}, {high}")
    if order and head.lonely.rule != "collapse":
        yield FileFault("analysis_plan.order_without_collapse", column=f"{LONELY}.order", value=head.lonely.rule)


def _days(head: HeadPart, closes: date | None) -> Iterator[FileFault]:
    if closes is not None and head.stopping_date != closes:
        stood, place = head.stopping_date.isoformat(), "stopping_date"
        yield FileFault("analysis_plan.stopping_date", column=place, value=stood, values={"closes": closes.isoformat()})


def _comparison(part: ComparisonPart, head: HeadPart | None, instrument: Instrument) -> Iterator[FileFault]:
    place = f"comparison[{part.name}]"
    yield from _indicator(f"{place}.indicator", part.indicator, head, instrument)
    ways = {name: getattr(part, name) for name in ("each", "pairs", "pair") if getattr(part, name) is not None}
    if len(ways) != 1:
        yield FileFault("analysis_plan.one_way", column=place, value=", ".join(ways))
        return
    [(way, domain)] = ways.items()
    domain = domain.of if isinstance(domain, PairPart) else domain
    column = f"{place}.{way}" + (".of" if part.pair else "")
    reported = kinds_of_domain(instrument) if head is None or head.domains is None else head.domains
    compared = [kind for kind in kinds_of_domain(instrument) if kind != DISTRICT and kind in reported]
    yield from _unlisted(column, "analysis_plan.unknown_domain", [domain], compared)
    if domain == TOWN and way != "each":
        yield FileFault("analysis_plan.towns_with_each_other", column=column, value=domain)
    if part.pair is not None:
        yield from _pair(f"{place}.pair", part.pair, instrument)


def _indicator(place: str, code: str, head: HeadPart | None, instrument: Instrument) -> Iterator[FileFault]:
    reported = _reported(head, instrument)
    fitting, known = [one.code for one in reported if is_by_domain(one)], [one.code for one in reported]
    if code == HEADLINE:
        if not compared_indicator(code, head, instrument):
            yield FileFault("analysis_plan.no_headline", column=place, value=code, values={"known": fitting})
        return
    yield from _unlisted(place, "analysis_plan.unknown_indicator", [code], known)
    if code in known and code not in fitting:
        yield FileFault("analysis_plan.not_by_domain", column=place, value=code, values={"known": fitting})


def _pair(place: str, pair: PairPart, instrument: Instrument) -> Iterator[FileFault]:
    codes = {question.code: group_codes(question) for question in group_questions(instrument)}
    if pair.of in codes:  # the register, not the instrument, knows the types of towns
        known = codes[pair.of]
        yield from _unlisted(f"{place}.first", "analysis_plan.unknown_group", [pair.first], known)
        yield from _unlisted(f"{place}.second", "analysis_plan.unknown_group", [pair.second], known)
    if pair.first == pair.second and (pair.of in codes or pair.of == KIND):
        yield FileFault("analysis_plan.same_group", column=place, value=pair.first)


def _compared_twice(parts: PlanParts, instrument: Instrument) -> Iterator[FileFault]:
    """The same difference declared under two names would be printed twice, with two verdicts."""
    seen: list[tuple[str, str, frozenset[str] | None]] = []
    for part in parts.comparisons:
        indicator = compared_indicator(part.indicator, parts.head, instrument)
        groups = None if part.each else frozenset((part.pair.first, part.pair.second) if part.pair else ())
        for other, domain, known in seen:
            same = groups == known or (groups is not None and known is not None and not (groups and known))
            if (other, domain) == (indicator, domain_of(part)) and same:
                yield FileFault("analysis_plan.compared_twice", column=f"comparison[{part.name}]", value=part.name)
        seen.append((indicator, domain_of(part), groups))


def domain_of(part: ComparisonPart) -> str:
    """The kind of domain a comparison is about."""
    return part.each or part.pairs or (part.pair.of if part.pair else "")


def compared_indicator(code: str, head: HeadPart | None, instrument: Instrument) -> str:
    """The indicator a comparison names; "headline" is the one that the report opens with, a person's own."""
    if code != HEADLINE:
        return code
    opening = (one.code for one in _reported(head, instrument) if one.per_person and is_by_domain(one))
    return next(opening, "")


def _reported(head: HeadPart | None, instrument: Instrument) -> list[Indicator]:
    named = None if head is None else head.indicators
    return [one for one in published(instrument) if named is None or one.code in named]


def _families(parts: PlanParts) -> Iterator[FileFault]:
    declared = list(dict.fromkeys(parts.declared))
    named: Counter[str] = Counter()
    for family in parts.families:
        place = f"family[{family.name}].comparisons"
        yield from _unlisted(place, "analysis_plan.unknown_comparison", family.comparisons, declared)
        named.update(family.comparisons)
    for name in declared:
        if named[name] > 1:
            yield FileFault("analysis_plan.two_families", column=f"comparison[{name}]", value=name)
    in_doubt = any(fault.column.startswith("family") for fault in parts.faults)  # what a family holds is not known then
    if not in_doubt:
        for name in (name for name in declared if not named[name]):
            yield FileFault("analysis_plan.no_family", column=f"comparison[{name}]", value=name)
