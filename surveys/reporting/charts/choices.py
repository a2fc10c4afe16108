"""Channels and needs: the choices of a question, under its title."""

from __future__ import annotations

from surveys.reporting.charts import CHARTS, Chart, Size, Spec
from surveys.reporting.dots import Row, dots
from surveys.reporting.edition import Edition
from surveys.reporting.words import said


class Choices(Chart):
    """The share that picked each choice, in the order of the questionnaire."""

    def spec(self, edition: Edition, size: Size, language: str) -> Spec | None:
        indicators = edition.indicators("choices")
        if not indicators:
            return None
        rows: list[Row] = []
        for indicator in indicators:
            rows.append(Row(edition.title_of(indicator, language)))
            rows += [Row(edition.item(figure, language), figure) for figure in edition.part("choices", indicator)]
        title = said("part.choices", language) + edition.mark(language)
        return dots(title, said("sentence.chart_choices", language), rows, size, language, None)


CHARTS.add("choices", Choices())
