"""The case evaluation on a report page: the district's mean, grades, cases by body, parties apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from surveys.collection.publish import instrument_of
from surveys.records.releases import Figure
from surveys.reporting.edition import Edition, worded
from surveys.reporting.words import said
from webapp.results.lines import Line, Table, by_place, by_title, each_indicator, line, of_indicator

PARTY = ("party",)
GRADE = "grade"


@dataclass(frozen=True)
class CaseLine:
    """One evaluated case: its score, grade and the vetoes that were confirmed."""

    line: Line
    grade: str
    vetoes: tuple[str, ...]


@dataclass(frozen=True)
class CaseContents:
    """A case evaluation's release in a language."""

    edition: Edition
    language: str

    @cached_property
    def mean(self) -> Line | None:
        """The district's mean of the panel's scores."""
        figure = self.edition.headline
        return by_title(self.edition, [figure], self.language)[0] if figure else None

    @cached_property
    def grades(self) -> list[Line]:
        """How many cases have each grade."""
        return list(by_place(self.edition, self._figures(lambda figure: figure.indicator == GRADE), self.language))

    @cached_property
    def bodies(self) -> list[tuple[Line, list[CaseLine]]]:
        """Every body with its mean, or the reason why it has none, and its cases; in register order, never a rank."""
        score = self.edition.headline
        found = self._figures(lambda one: score is not None and one.indicator == score.indicator, "body")
        body_of: dict[str, str] = self.edition.release.labels.get("case", {}).get("bodies", {})
        cases = self._figures(lambda _: True, "case")
        return [
            (mean, [self._case(one) for one in cases if body_of.get(one.domain_code) == mean.figure.domain_code])
            for mean in by_place(self.edition, found, self.language)
        ]

    @cached_property
    def marks(self) -> Table:
        """The panel's mean mark on each indicator."""
        return self._indicators("marks", self._figures(lambda one: self._is_of_panel(one) and not self._split(one)))

    @cached_property
    def more(self) -> list[Table]:
        """Other answers of the panel by item: the veto items they raised."""
        return self._each(self._figures(lambda one: self._is_of_panel(one) and self._split(one)))

    @cached_property
    def parties(self) -> Table:
        """What the parties said in the district: an indicator apart."""
        mine = self._figures(lambda one: self._is_of_parties(one) and not self._split(one))
        return self._indicators("parties", mine)

    @cached_property
    def parties_more(self) -> list[Table]:
        """Parties' answers by item, and by body where there are enough of them."""
        by_item = self._each(self._figures(lambda one: self._is_of_parties(one) and self._split(one)))
        bodies = self._figures(self._is_of_parties, "body")
        heading = said("domain.body", self.language)
        return by_item + [of_indicator(self.edition, some, self.language, heading) for some in each_indicator(bodies)]

    @cached_property
    def counts(self) -> Table:
        """Register, draw and answers as counts, with what each counts."""
        lines = tuple(
            line(
                self.edition,
                one,
                self.language,
                self.edition.title_of(one.indicator, self.language),
                self.edition.definition_of(one.indicator, self.language),
            )
            for one in self.edition.part("fieldwork")
        )
        return Table("case-counts", "", "", (("", lines),))

    @cached_property
    def definitions(self) -> list[tuple[str, str, str]]:
        """Title, version and definition of every indicator that is printed."""
        printed = dict.fromkeys(one.indicator for one in self.edition.figures if one.part != "fieldwork")
        known = self.edition.release.definitions
        return [
            (self.edition.title_of(code, self.language), str(known[code]["version"]), definition)
            for code in printed
            if (definition := self.edition.definition_of(code, self.language))
        ]

    def _figures(self, wanted: Callable[[Figure], bool], domain: str = "district") -> list[Figure]:
        return [one for one in self.edition.part("cases", domain=domain) if wanted(one)]

    def _each(self, figures: list[Figure]) -> list[Table]:
        heading = said("column.item", self.language)
        return [of_indicator(self.edition, some, self.language, heading) for some in each_indicator(figures)]

    def _case(self, figure: Figure) -> CaseLine:
        kind = self.edition.release.labels.get("case", {}).get("kinds", {}).get(figure.domain_code, "")
        name = self.edition.where(figure, self.language)
        values = figure.reason_values if figure.value is not None else {}
        grade = self._label("grade", str(values.get("grade", "")))
        vetoes = tuple(self._label("veto", str(code)) for code in values.get("vetoes", []))
        return CaseLine(line(self.edition, figure, self.language, name, kind), grade, vetoes)

    def _label(self, table: str, code: str) -> str:
        return worded(self.edition.release.labels.get(table, {}).get("codes", {}).get(code), self.language, code)

    def _kind(self, figure: Figure) -> str:
        return str(self.edition.release.definitions.get(figure.indicator, {}).get("kind", ""))

    def _split(self, figure: Figure) -> bool:
        """Whether an indicator has a figure for each choice rather than one."""
        return self._kind(figure) == "choice_share"

    def _is_of_parties(self, figure: Figure) -> bool:
        known = instrument_of(self.edition.wave).indicators.get(figure.indicator)
        return known is not None and all(question.forms == PARTY for question in known.questions)

    def _is_of_panel(self, figure: Figure) -> bool:
        apart = figure.indicator == GRADE or figure is self.edition.headline
        return not apart and not self._is_of_parties(figure)

    def _indicators(self, code: str, figures: list[Figure]) -> Table:
        lines = by_title(self.edition, figures, self.language)
        return Table(code, "", said("column.indicator", self.language), (("", lines),) if lines else ())
