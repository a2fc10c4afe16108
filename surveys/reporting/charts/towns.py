"""Towns in register order with the district's line."""

from __future__ import annotations

from surveys.reporting.charts import CHARTS, Chart, Size, Spec
from surveys.reporting.dots import Row, dots
from surveys.reporting.edition import Edition
from surveys.reporting.numbers import value_text
from surveys.reporting.words import said


class Towns(Chart):
    """The headline indicator by town: a point, its interval, and the whole district as a line."""

    def spec(self, edition: Edition, size: Size, language: str) -> Spec | None:
        headline = edition.headline
        if headline is None:
            return None
        figures = edition.part("towns", headline.indicator)
        if not figures:
            return None
        rows = [Row(edition.label("town", figure.domain_code, language), figure) for figure in figures]
        title = said("chart.towns", language, {"title": edition.title_of(headline.indicator, language)})
        note = said("sentence.chart_towns", language, {"value": value_text(headline)})
        return dots(title + edition.mark(language), note, rows, size, language, headline)


CHARTS.add("towns", Towns())
