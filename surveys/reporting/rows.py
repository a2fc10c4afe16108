"""A figure as one row of a data file: codes, words, rounded numbers, definition. CSV and Excel write these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.analysis.waves.groups import COMPARISONS
from surveys.records.releases import Figure
from surveys.reporting.comparisons import places_text, verdict_text
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import Rounded, p_text, rounded
from surveys.reporting.suppression import FIELDWORK, VOLUNTEERS
from surveys.reporting.uncalibrated import uncalibrated
from surveys.reporting.words import flag_text, method_text, reason_text, said

Cell = str | float | int | None


@dataclass(frozen=True)
class Field:
    """A column: its name in data files, the code of its heading, and how wide a sheet shows it."""

    name: str
    heading: str
    width: int


FIELDS = (
    Field("part", "column.part", 12),
    Field("indicator", "column.indicator", 26),
    Field("item", "column.item", 34),
    Field("domain", "column.domain", 12),
    Field("where", "column.where", 18),
    Field("value", "column.value", 11),
    Field("unit", "column.unit", 7),
    Field("lower", "column.lower", 10),
    Field("upper", "column.upper", 10),
    Field("se", "column.se", 12),
    Field("n", "column.n", 8),
    Field("n_eff", "column.n_eff", 11),
    Field("df", "column.df", 8),
    Field("deff", "column.deff", 9),
    Field("dont_know", "column.dont_know", 10),
    Field("refused", "column.refused", 10),
    Field("method", "column.method", 30),
    Field("reason", "column.reason", 44),
    Field("note", "column.flag", 30),
    Field("version", "column.version", 10),
    Field("p", "column.p", 9),
    Field("p_adjusted", "column.p_adjusted", 11),
    Field("verdict", "column.verdict", 16),
    Field("places", "column.places", 12),
)


@dataclass(frozen=True)
class Row:
    """One figure with its edition, which may be that of the case evaluation shown beside a survey."""

    edition: Edition
    figure: Figure

    @property
    def numbers(self) -> Rounded:
        return rounded(self.figure)

    def cells(self, language: str) -> dict[str, Cell]:
        """The cells by field name; numbers as numbers, percent on a scale of 100."""
        figure, numbers, edition = self.figure, self.numbers, self.edition
        return {
            "part": said(f"part.{figure.part}", language),
            "indicator": edition.title_of(figure.indicator, language),
            "item": edition.item(figure, language),
            "domain": edition.domain_title(figure.domain, language) if figure.domain != "district" else "",
            "where": _where(edition, figure, language),
            "value": _number(numbers.value),
            "unit": said(f"unit.{figure.unit}", language),
            "lower": _number(numbers.lower),
            "upper": _number(numbers.upper),
            "se": _number(numbers.se),
            "n": numbers.n,
            "n_eff": _number(numbers.n_eff),
            "df": _number(numbers.df),
            "deff": _number(numbers.deff),
            "dont_know": figure.counts.get("d"),
            "refused": figure.counts.get("r"),
            "method": method_text(figure.method, language),
            "reason": reason_text(figure.reason, figure.reason_values, language),
            "note": _note(edition, figure, language),
            "version": figure.version,
            "p": p_text(figure.reason_values.get("p")),
            "p_adjusted": p_text(figure.reason_values.get("p_adjusted")),
            "verdict": verdict_text(figure, language),
            "places": places_text(figure),
        }

    def codes(self) -> dict[str, Cell]:
        """What a program reads: codes instead of words."""
        figure = self.figure
        return {
            "release": self.edition.release.number,
            "wave": self.edition.wave.code,
            "synthetic": "1" if self.edition.synthetic else "0",
            "part_code": figure.part,
            "indicator_code": figure.indicator,
            "item_code": figure.item,
            "domain_code": figure.domain,
            "where_code": figure.domain_code,
            "unit_code": figure.unit,
            "method_code": figure.method,
            "reason_code": figure.reason,
            "family_code": str(figure.reason_values.get("family", "")),
            "verdict_code": str(figure.reason_values.get("verdict", "")),
        }


def rows(edition: Edition) -> Iterator[Row]:
    """Every figure in print order; the case evaluation's after the survey's."""
    yield from (Row(edition, figure) for figure in edition.figures)
    if edition.companion is not None:
        yield from rows(edition.companion)


def _number(number: object) -> float | None:
    return None if number is None else float(str(number))


def _where(edition: Edition, figure: Figure, language: str) -> str:
    if figure.part == COMPARISONS:
        return edition.where(figure, language)
    return edition.label(figure.domain, figure.domain_code, language)


def _note(edition: Edition, figure: Figure, language: str) -> str:
    """The flag in words, a case's grade, and of a weighted figure that its weights do not meet the totals."""
    grade = figure.reason_values.get("grade") if figure.value is not None else None
    named = edition.label("grade", str(grade), language) if grade else ""
    unmet = uncalibrated(edition, language) if figure.value is not None and _is_weighted(figure) else ""
    return said("list.apart", language).join(filter(None, [named, flag_text(figure.flag, language), unmet]))


def _is_weighted(figure: Figure) -> bool:
    return figure.part not in (FIELDWORK, VOLUNTEERS) and figure.unit != "count"
