"""Knowledge items under their topics."""

from __future__ import annotations

from dataclasses import replace

from surveys.reporting.charts import CHARTS, Chart, Size, Spec
from surveys.reporting.dots import Row, dots
from surveys.reporting.edition import Edition
from surveys.reporting.topics import by_topic
from surveys.reporting.words import said


class Items(Chart):
    """The share right of every item, in the order of topics."""

    def spec(self, edition: Edition, size: Size, language: str) -> Spec | None:
        figures = edition.part("items")
        if not figures:
            return None
        rows = [
            Row(edition.item(figure, language) if not size.narrow else edition.label("topic", topic, language), figure)
            for topic, of_topic in by_topic(edition, figures)
            for figure in of_topic
        ]
        title = edition.title_of(figures[0].indicator, language) + edition.mark(language)
        roomy = size if size.narrow else replace(size, labels=400)
        return dots(title, said("sentence.chart_items", language), rows, roomy, language, None)


CHARTS.add("items", Items())
