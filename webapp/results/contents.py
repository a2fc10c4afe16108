"""The sections of a report page, from an edition: which tables, in which order, under which names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from surveys.collection.publish import instrument_of
from surveys.records.releases import Figure
from surveys.reporting import sentences
from surveys.reporting.comparisons import bands
from surveys.reporting.edition import Edition
from surveys.reporting.topics import by_topic
from surveys.reporting.words import said
from webapp.results.comparisons import Comparisons, comparisons, with_bands
from webapp.results.lines import Line, Table, by_title, each_indicator, line, of_indicator

INDUCEMENT = "induced"


@dataclass(frozen=True)
class Contents:
    """A survey's release in a language; a section without figures is empty, and the page leaves it out."""

    edition: Edition
    language: str
    by_band: bool = False  # towns sorted by band, then by name, in place of the register's order

    @cached_property
    def headline(self) -> Line | None:
        """The figure on top."""
        figure = self.edition.headline
        return self._titled(figure) if figure else None

    @cached_property
    def beside(self) -> Table:
        """What always stands beside the headline: mean score, reach, the sensitivity variant."""
        figures = [one for one in self.edition.part("headline")[1:] if one.indicator != INDUCEMENT]
        return self._indicators("beside", figures)

    @cached_property
    def inducement(self) -> Table:
        """How many were told what to answer."""
        return self._indicators(INDUCEMENT, self.edition.part("headline", INDUCEMENT))

    @cached_property
    def satisfaction(self) -> Table:
        """One line an indicator and question, never pooled."""
        return self._indicators("satisfaction", self.edition.part("satisfaction"))

    @cached_property
    def grades_given(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """By satisfaction question how many gave each grade: counts of people, unweighted."""
        firsts: dict[str, Figure] = {}
        for figure in self.edition.part("satisfaction"):
            firsts.setdefault(figure.item, figure)
        marks = self.edition.release.labels.get("mark", {}).get("codes", {})
        return [
            (self.edition.item(figure, self.language), self._counts(figure, marks.get(item, {})))
            for item, figure in firsts.items()
        ]

    @cached_property
    def towns(self) -> list[Table]:
        """One table an indicator, towns in register order or by band, the headline's first."""
        found = self._each("towns", said("domain.town", self.language))
        return [with_bands(self.edition, table, self.language, self.by_band) for table in found]

    @cached_property
    def has_bands(self) -> bool:
        """Whether the plan compared the towns of the first table with the rest of the district."""
        return bool(self.towns and bands(self.edition, self.towns[0].lines[0].figure.indicator))

    @cached_property
    def comparisons(self) -> Comparisons | None:
        """The plan's comparisons."""
        return comparisons(self.edition, self.language)

    @cached_property
    def groups(self) -> list[Table]:
        """One table an indicator, grouped by kind of domain."""
        heading = said("column.domain", self.language)
        return [
            of_indicator(
                self.edition,
                figures,
                self.language,
                heading,
                lambda figure: self.edition.domain_title(figure.domain, self.language),
            )
            for figures in each_indicator(self.edition.part("groups"))
        ]

    @cached_property
    def items(self) -> Table | None:
        """Shares right by topic, each with the law behind it."""
        figures = self.edition.part("items")
        if not figures:
            return None
        whole = of_indicator(self.edition, figures, self.language, said("column.item", self.language))
        groups = tuple(
            (self.edition.label("topic", topic, self.language), tuple(self._item(figure) for figure in of_topic))
            for topic, of_topic in by_topic(self.edition, figures)
        )
        return Table(whole.code, whole.title, whole.heading, groups, whole.definition, whole.version)

    @cached_property
    def choices(self) -> list[Table]:
        """Channels, needs and who filled in: one table a question."""
        return self._each("choices", said("column.item", self.language))

    @cached_property
    def volunteers(self) -> Table:
        """Open-link answers, apart."""
        return self._indicators("volunteers", self.edition.part("volunteers"))

    @cached_property
    def fieldwork(self) -> Table:
        """Counts and the response rate, with what each counts."""
        figures = self.edition.part("fieldwork")
        lines = tuple(line(self.edition, one, self.language, *self._counted(one.indicator)) for one in figures)
        return Table("fieldwork", said("part.fieldwork", self.language), "", (("", lines),))

    @cached_property
    def definitions(self) -> list[tuple[str, str, str]]:
        """Title, version and definition of every indicator that is printed."""
        printed = dict.fromkeys(one.indicator for one in self.edition.figures if one.part != "fieldwork")
        return [self.definition(code) for code in printed if self.edition.definition_of(code, self.language)]

    def definitions_of(self, *tables: Table) -> list[tuple[str, str, str]]:
        """The same for the indicators of some tables."""
        return [
            self.definition(code) for code in dict.fromkeys(one.figure.indicator for t in tables for one in t.lines)
        ]

    def definition(self, code: str) -> tuple[str, str, str]:
        """An indicator's title, version and printed definition."""
        version = str(self.edition.release.definitions.get(code, {}).get("version", ""))
        return self.edition.title_of(code, self.language), version, self.edition.definition_of(code, self.language)

    @property
    def annual(self) -> str:
        """The paragraph for the district's annual report."""
        return sentences.annual_paragraph(self.edition, self.language)

    def _counted(self, code: str) -> tuple[str, str]:
        title, _, definition = self.definition(code)
        return title, definition

    def _each(self, part: str, heading: str) -> list[Table]:
        return [
            of_indicator(self.edition, figures, self.language, heading)
            for figures in each_indicator(self.edition.part(part))
        ]

    def _titled(self, figure: Figure) -> Line:
        return line(self.edition, figure, self.language, self.edition.title_of(figure.indicator, self.language))

    def _indicators(self, code: str, figures: Sequence[Figure]) -> Table:
        lines = by_title(self.edition, figures, self.language)
        return Table(code, "", said("column.indicator", self.language), (("", lines),) if lines else ())

    def _counts(self, figure: Figure, words: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
        named = [(words[mark].get(self.language, mark), mark) for mark in words if mark in figure.counts]
        return [(name, f"{figure.counts[mark]:,}") for name, mark in named]

    def _item(self, figure: Figure) -> Line:
        name = self.edition.item(figure, self.language)
        return line(self.edition, figure, self.language, name, self._law(figure.item))

    def _law(self, item: str) -> str:
        code = self.edition.release.labels.get("item", {}).get("questions", {}).get(item, "")
        question = instrument_of(self.edition.wave).questions.get(code)
        if question is None or question.law is None:
            return ""
        article = f" {question.law.article[self.language]}" if question.law.article else ""
        return question.law.text[self.language] + article
