"""Groups of people under their headings, with the district's line."""

from __future__ import annotations

from surveys.reporting.charts import CHARTS, Chart, Size, Spec
from surveys.reporting.dots import Row, dots
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import value_text
from surveys.reporting.words import said


class Groups(Chart):
    """The headline indicator by type of town, sex, age and education."""

    def spec(self, edition: Edition, size: Size, language: str) -> Spec | None:
        headline = edition.headline
        figures = edition.part("groups", headline.indicator) if headline else []
        if headline is None or not figures:
            return None
        rows: list[Row] = []
        domain = ""
        for figure in figures:
            if figure.domain != domain:
                domain = figure.domain
                rows.append(Row(edition.domain_title(domain, language)))
            rows.append(Row(edition.label(domain, figure.domain_code, language), figure))
        title = said("chart.groups", language, {"title": edition.title_of(headline.indicator, language)})
        note = said("sentence.chart_groups", language, {"value": value_text(headline)})
        return dots(title + edition.mark(language), note, rows, size, language, headline)


CHARTS.add("groups", Groups())
