"""Whole sentences about a release, each with 「模拟数据」 inside it when the wave is synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.uncalibrated import why_base_weights
from surveys.reporting.words import margin_name, reason_text, said

SMALL_GAP = 1e-6  # relative


def common(edition: Edition, language: str) -> dict[str, object]:
    """What nearly every sentence needs."""
    return {
        "area": edition.label("district", "", language),
        "year": edition.year,
        "mark": edition.mark(language),
        "assessor": edition.wave.assessor_name.get(language) or edition.wave.assessor_name["zh"],
    }


def figure_values(edition: Edition, figure: Figure, language: str) -> dict[str, object]:
    """A figure's numbers as sentences print them."""
    numbers = rounded(figure)
    return {
        "title": _inside(edition.title_of(figure.indicator, language), language),
        "value": value_text(figure),
        "unit": {"zh": " 分", "en": " points"}[language] if figure.unit == "points" else "",
        "interval": interval_text(figure),
        "n": number_text(numbers.n),
        "n_eff": number_text(numbers.n_eff),
        "version": figure.version,
        "definition": edition.definition_of(figure.indicator, language),
        "reason": reason_text(figure.reason, figure.reason_values, language),
    }


def _inside(title: str, language: str) -> str:
    """A title inside an English sentence starts small."""
    return title[:1].lower() + title[1:] if language == "en" else title


def title(edition: Edition, language: str = "zh", marked: bool = True) -> str:
    """The report's title, marked when synthetic; unmarked only where the mark stands right beside it."""
    code = "title.case_report" if "cases" in edition.fact else "title.report"
    return said(code, language, common(edition, language)) + (edition.mark(language) if marked else "")


def headline(edition: Edition, language: str = "zh") -> str:
    """The headline figure in one sentence, or why there is none; empty for a release without figures."""
    figure = edition.headline
    if figure is None:
        return ""
    values = common(edition, language) | figure_values(edition, figure, language)
    if part := _part(edition):
        values["area"] = said("whole.area", language, values | part)
    return said("sentence.headline" if figure.value is not None else "sentence.headline_missing", language, values)


def annual_paragraph(edition: Edition, language: str = "zh") -> str:
    """The paragraph for the district's annual report: sample, rate with interval and n, definition; cases beside it."""
    parts = list(_annual_rate(edition, language)) if "fieldwork" in edition.fact else []
    of_cases = edition if "cases" in edition.fact else edition.companion
    if of_cases is not None:
        parts.append(_annual_cases(of_cases, language))
    return ("" if language == "zh" else " ").join(parts)


def _annual_rate(edition: Edition, language: str) -> Iterator[str]:
    figure = edition.headline
    part = _part(edition)
    values = common(edition, language) | counts(edition) | {"towns": _towns(edition)}
    values["whole"] = said("whole.part" if part else "whole.all", language, part)
    yield said("sentence.annual_sample", language, values)
    if figure is None:
        return
    values |= figure_values(edition, figure, language)
    values["beside"] = said("synthetic.beside", language) if edition.synthetic else ""
    shown = figure.value is not None
    yield said("sentence.annual_rate" if shown else "sentence.annual_missing", language, values)
    yield said("sentence.annual_definition", language, values)


def _annual_cases(edition: Edition, language: str) -> str:
    values = common(edition, language) | edition.fact["cases"] | {"evaluated": counts(edition)["cases_evaluated"]}
    figure = edition.headline
    if figure is None:
        return ""
    values |= figure_values(edition, figure, language)
    code = "sentence.annual_cases" if figure.value is not None else "sentence.annual_cases_missing"
    return said(code, language, values)


def counts(edition: Edition) -> dict[str, str]:
    """The fieldwork's counts and rate as text, by indicator; "—" for a rate that cannot be."""
    return {figure.indicator: value_text(figure) or "—" for figure in edition.part("fieldwork")}


def method_paragraphs(edition: Edition, language: str = "zh") -> list[str]:
    """How the figures were made: approval, sample, response, weights, error, release."""
    facts, values = edition.fact, common(edition, language) | counts(edition)
    paragraphs = [said("sentence.approval", language, values | _approval(edition, language))]
    if "design" in facts:
        paragraphs.append(said("sentence.design", language, values | _design(edition, language)))
        paragraphs.append(said("sentence.response", language, values))
        paragraphs.append(said("sentence.complete", language, values | _complete(edition, language)))
        paragraphs.append(_weights(edition, language, values))
        paragraphs.append(said("sentence.variance", language, values) + _lonely(edition, language))
    if "cases" in facts:
        paragraphs.append(said("sentence.case_design", language, values | facts["cases"]))
        if facts["cases"]["reweighted"]:
            paragraphs.append(
                said("sentence.case_reweighted", language, values | {"count": facts["cases"]["reweighted"]})
            )
    return [*paragraphs, *_plan(edition, language), release_line(edition, language)]


def _plan(edition: Edition, language: str) -> Iterator[str]:
    """Which analysis plan holds, by its hash; nothing for a release that has none."""
    plan = edition.fact.get("plan")
    if plan is not None:
        code = "sentence.plan_default" if plan["default"] else "sentence.plan_lodged"
        values = {"sha256": plan["sha256"], "lodged": plan["lodged_at"][:10]}
        yield said(code, language, common(edition, language) | values)


def release_line(edition: Edition, language: str = "zh") -> str:
    """Number, instrument version and time of the release; and what it corrects."""
    prepared = edition.release.prepared_at.astimezone(ZoneInfo(edition.wave.time_zone))
    values = common(edition, language) | {
        "number": edition.release.number,
        "instrument": f"{edition.fact['instrument']['code']} {edition.fact['instrument']['version']}",
        "prepared": prepared.strftime("%Y-%m-%d %H:%M"),
    }
    line = said("sentence.release", language, values)
    return line if edition.corrects is None else f"{erratum(edition, language)}{'' if language == 'zh' else ' '}{line}"


def erratum(edition: Edition, language: str = "zh") -> str:
    """What this release corrects and why; empty when it corrects nothing."""
    if edition.corrects is None:
        return ""
    values = common(edition, language) | {
        "number": edition.release.number,
        "corrected": edition.corrects.number,
        "reason": edition.release.reason,
    }
    return said("sentence.erratum", language, values)


def limits(edition: Edition, language: str = "zh") -> list[str]:
    """What a reader must keep in mind."""
    part = _part(edition)
    rules = ["sampling", *(["part"] if part else []), "nonresponse", "inducement", "definition", "threshold"]
    if "cases" in edition.fact:
        rules = ["sampling", "cases", "definition", "threshold"]
    elif edition.companion is not None:
        rules.append("cases")
    return [said(f"limit.{rule}", language, common(edition, language) | part) for rule in rules]


def volunteers_note(edition: Edition, language: str = "zh") -> str:
    return said("sentence.volunteers", language, common(edition, language))


def _approval(edition: Edition, language: str) -> dict[str, object]:
    wave = edition.fact["wave"]
    return {
        "body": wave["approval_body"],
        "number": wave["approval_number"],
        "expires": wave["approval_expires"],
        "commissioner": wave["commissioner_name"].get(language) or wave["commissioner_name"]["zh"],
        "opens": wave["opens_on"],
        "closes": wave["closes_on"],
    }


def _towns(edition: Edition) -> int:
    """Towns in the sample; a release from before certainty PSUs had strata of their own counts strata."""
    design: dict[str, int] = edition.fact["design"]
    return design.get("towns", design["strata"])


def _part(edition: Edition) -> dict[str, object]:
    """How many of the area's towns were sampled, where not all were; empty for the whole area and for cases."""
    every = edition.fact.get("design", {}).get("towns_in_area", 0)
    return {"towns": _towns(edition), "all": every} if every and _towns(edition) < every else {}


def _design(edition: Edition, language: str) -> dict[str, object]:
    design = edition.fact["design"]
    certain, takes = design.get("certain", 0), design["take"]
    return {
        "strata": design["strata"],
        "psus": design["psus_drawn"],
        "answering": design["psus_answering"],
        "take": "–".join(dict.fromkeys(map(str, takes[:1] + takes[-1:]))),
        "certain": said("sentence.design_certain", language, {"count": certain}) if certain else "",
    }


def _complete(edition: Edition, language: str) -> dict[str, object]:
    return {"definition": edition.definition_of("completes", language)}


def _lonely(edition: Edition, language: str) -> str:
    """Strata of one primary unit and the rule for them; empty when there is none."""
    design = edition.fact["design"]
    if not design.get("lonely_strata"):
        return ""
    values = {"count": design["lonely_strata"], "rule": said(f"lonely.{design['lonely']}", language)}
    sentence = said("sentence.lonely", language, common(edition, language) | values)
    return sentence if language == "zh" else f" {sentence}"


def _gap(gap: float, language: str) -> str:
    return said("gap.none", language) if gap < SMALL_GAP else said("gap.some", language, {"gap": f"{100 * gap:.4f}"})


def _weights(edition: Edition, language: str, values: dict[str, object]) -> str:
    weights: dict[str, Any] = edition.fact["weights"]
    values = values | {"people_missing": weights["people_missing"]}
    if weights["method"] == "base":
        return said("sentence.weights_base", language, values | {"reason": why_base_weights(edition, language)})
    named = ("；" if language == "zh" else "; ").join(_margin(margin, language) for margin in weights["margins"])
    more = {
        "margins": named,
        "way": said(_way(weights), language),
        "level": f"{weights['level']:.2f}",
        "gap": _gap(weights["gap"], language),
        "smallest": f"{weights['smallest']:.2f}",
        "largest": f"{weights['largest']:.2f}",
        "low": weights["bounds"][0],
        "high": weights["bounds"][1],
        "kish": f"{weights['kish_deff']:.2f}",
    }
    return said("sentence.weights", language, values | more)


def _way(weights: dict[str, Any]) -> str:
    """The calibration's way; logit in place of raking says why."""
    planned = weights.get("planned", "raking")
    return "way.logit_planned" if weights["method"] == planned == "logit" else f"way.{weights['method']}"


def _gap_before(margin: dict[str, Any], language: str) -> str:
    """How far the sample was off before calibration; releases of the first version do not say."""
    gap = margin.get("gap_before")
    return "" if gap is None else said("sentence.margin_before", language, {"gap": f"{100 * gap:.1f}"})


def _margin(margin: dict[str, Any], language: str) -> str:
    more = {
        "filling": said("sentence.margin_filled", language, margin) if margin["filled"] else "",
        "joining": said("sentence.margin_joined", language, margin) if margin["joined"] else "",
        "before": _gap_before(margin, language),
    }
    return said("sentence.margin", language, margin | more | {"name": margin_name(margin["name"], language)})
