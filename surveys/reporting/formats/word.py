"""The report as a Word file in the layout of GB/T 9704, in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from surveys.reporting import blocks, sentences
from surveys.reporting.charts import CHARTS, WIDE
from surveys.reporting.drawing import png, svg
from surveys.reporting.edition import Edition
from surveys.reporting.formats import FORMATS, File, Format, filename
from surveys.reporting.outline import outline
from surveys.reporting.paper import Paper
from surveys.reporting.words import said

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "zh"


class Word(Format):
    """One .docx, ready to hand in: nothing in it needs a second hand."""

    def render(self, edition: Edition) -> Iterator[File]:
        yield File("word", filename(edition, "docx"), MEDIA, document(edition))


def document(edition: Edition) -> bytes:
    """The report's blocks on paper."""
    paper = Paper(header=said("synthetic.mark", LANGUAGE) if edition.synthetic else "")
    assessor = edition.wave.assessor_name[LANGUAGE]
    paper.properties(sentences.title(edition, LANGUAGE), assessor, edition.wave.title[LANGUAGE])
    for block in outline(edition, LANGUAGE):
        if isinstance(block, blocks.Picture):
            _picture(paper, edition, block)
        else:
            WRITE[type(block)](paper, block)
    return paper.content()


def _picture(paper: Paper, edition: Edition, block: blocks.Picture) -> None:
    spec = CHARTS[block.chart].spec(edition, WIDE, LANGUAGE)
    if spec is not None:
        paper.picture(png(svg(spec)), block.description)


WRITE: dict[type, Callable[[Paper, Any], None]] = {
    blocks.Title: lambda paper, block: paper.title(block.text, block.below),
    blocks.Heading: lambda paper, block: paper.heading(block.text),
    blocks.Paragraph: lambda paper, block: paper.paragraph(block.text),
    blocks.Note: lambda paper, block: paper.note(block.text),
    blocks.Table: lambda paper, block: paper.table(block.columns, block.rows, block.title),
    blocks.Signature: lambda paper, block: paper.signature(block.who, block.when),
}

FORMATS.add("word", Word())
