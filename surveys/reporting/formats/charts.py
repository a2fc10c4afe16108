"""Every chart as SVG, wide and narrow, in both languages, and as PNG for files that cannot hold SVG."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.reporting.charts import CHARTS, SIZES, WIDE
from surveys.reporting.drawing import png, svg
from surveys.reporting.edition import Edition
from surveys.reporting.formats import FORMATS, File, Format, filename
from surveys.reporting.words import LANGUAGES


class Charts(Format):
    """`chart-<name>-<wide|narrow>` in Chinese, with `-en` in English, and `chart-<name>-png`."""

    def render(self, edition: Edition) -> Iterator[File]:
        for name in CHARTS:
            for language in LANGUAGES:
                for size in SIZES:
                    spec = CHARTS[name].spec(edition, size, language)
                    if spec is None:
                        continue
                    form = f"chart-{name}-{size.name}" + ("" if language == "zh" else f"-{language}")
                    drawn = svg(spec)
                    yield File(form, filename(edition, f"{form}.svg"), "image/svg+xml", drawn)
                    if language == "zh" and size is WIDE:
                        form = f"chart-{name}-png"
                        yield File(form, filename(edition, f"{form}.png"), "image/png", png(drawn))


FORMATS.add("charts", Charts())
