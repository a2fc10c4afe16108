"""The release as a workbook: notes, figures, definitions, each on its own sheet; text stays text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from surveys.reporting import sentences
from surveys.reporting.comparisons import comparison_texts
from surveys.reporting.edition import Edition
from surveys.reporting.formats import FORMATS, File, Format, filename
from surveys.reporting.margin_rows import margin_rows
from surveys.reporting.rows import FIELDS, Row, rows
from surveys.reporting.words import said

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGE = "zh"
FONT = "宋体"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
HEADING_ROW = 2  # the sheet's title and mark stand above
DECIMALS = {"se": 2, "deff": 2}


class Excel(Format):
    """One .xlsx in Chinese."""

    def render(self, edition: Edition) -> Iterator[File]:
        yield File("excel", filename(edition, "xlsx"), MEDIA, workbook(edition))


def workbook(edition: Edition) -> bytes:
    """The file's bytes."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, SAFE)
    book.set_properties(
        {
            "title": sentences.title(edition, LANGUAGE),
            "author": edition.wave.assessor_name[LANGUAGE],
            "comments": said("synthetic.mark", LANGUAGE) if edition.synthetic else "",
            "created": edition.release.prepared_at.replace(tzinfo=None),
        }
    )
    looks = Looks(book)
    _notes(book, looks, edition)
    _figures(book, looks, edition)
    _weights(book, looks, edition)
    _definitions(book, looks, edition)
    book.close()
    return held.getvalue()


class Looks:
    """The workbook's cell formats, made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._numbers: dict[str, Any] = {}
        base = {"font_name": FONT, "font_size": 10.5, "valign": "top"}
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "font_color": "#1F2933"})
        self.mark = book.add_format(base | {"bold": True, "font_color": "#B42318"})
        self.heading = book.add_format(
            base | {"bold": True, "bg_color": "#E8EEF5", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.text = book.add_format(base)
        self.wrapped = book.add_format(base | {"text_wrap": True})
        self._base = base

    def number(self, decimals: int, percent: bool = False) -> Any:
        """A number with that many decimals; percent cells hold a share and show 78.1%."""
        pattern = ("0" if percent else "#,##0") + ("." + "0" * decimals if decimals else "") + ("%" if percent else "")
        if pattern not in self._numbers:
            self._numbers[pattern] = self._book.add_format(self._base | {"num_format": pattern, "align": "right"})
        return self._numbers[pattern]


def _sheet(book: Any, looks: Looks, edition: Edition, name: str, widths: Sequence[float]) -> Any:
    """A sheet with its title, the mark of synthetic data, and a page that prints."""
    sheet = book.add_worksheet(said(f"column.{name}", LANGUAGE))
    sheet.write_string(0, 0, sentences.title(edition, LANGUAGE), looks.title)
    if edition.synthetic:
        sheet.write_string(1, 0, said("synthetic.note", LANGUAGE), looks.mark)
        sheet.set_header("&C" + said("synthetic.mark", LANGUAGE))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)
    sheet.set_footer("&C— &P —")
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    return sheet


def _notes(book: Any, looks: Looks, edition: Edition) -> None:
    sheet = _sheet(book, looks, edition, "sheet_notes", [110])
    texts = [sentences.headline(edition, LANGUAGE), said("title.table_note", LANGUAGE)]
    texts += sentences.method_paragraphs(edition, LANGUAGE)
    texts += comparison_texts(edition, LANGUAGE)
    if edition.companion is not None:
        texts += [sentences.headline(edition.companion, LANGUAGE)]
        texts += sentences.method_paragraphs(edition.companion, LANGUAGE)
    if edition.part("volunteers"):
        texts.append(sentences.volunteers_note(edition, LANGUAGE))
    texts += sentences.limits(edition, LANGUAGE)
    for place, text in enumerate(filter(None, texts), start=HEADING_ROW):
        sheet.write_string(place, 0, text, looks.wrapped)


def _figures(book: Any, looks: Looks, edition: Edition) -> None:
    sheet = _sheet(book, looks, edition, "sheet_figures", [field.width for field in FIELDS])
    sheet.set_landscape()
    for column, field in enumerate(FIELDS):
        sheet.write_string(HEADING_ROW, column, said(field.heading, LANGUAGE), looks.heading)
    place = HEADING_ROW
    for place, row in enumerate(rows(edition), start=HEADING_ROW + 1):
        _figure(sheet, looks, place, row)
    sheet.freeze_panes(HEADING_ROW + 1, 5)
    sheet.repeat_rows(HEADING_ROW)
    sheet.autofilter(HEADING_ROW, 0, place, len(FIELDS) - 1)


def _figure(sheet: Any, looks: Looks, place: int, row: Row) -> None:
    cells = row.cells(LANGUAGE)
    percent = row.figure.unit == "percent"
    for column, field in enumerate(FIELDS):
        cell = cells[field.name]
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            sheet.write_string(place, column, cell, looks.text)
        elif field.name in ("value", "lower", "upper") and percent:
            share = round(float(cell) / 100, row.numbers.decimals + 2)
            sheet.write_number(place, column, share, looks.number(row.numbers.decimals, percent=True))
        else:
            decimals = (
                row.numbers.decimals if field.name in ("value", "lower", "upper") else DECIMALS.get(field.name, 0)
            )
            sheet.write_number(place, column, cell, looks.number(decimals))


def _weights(book: Any, looks: Looks, edition: Edition) -> None:
    """Margins before and after weighting; no sheet where nothing was calibrated."""
    found = list(margin_rows(edition, LANGUAGE))
    if not found:
        return
    sheet = _sheet(book, looks, edition, "sheet_weights", [26, 30, 16, 16, 12, 40, 12])
    names = ("margin", "category", "share_before", "share_after", "share_population", "source", "dated")
    for column, name in enumerate(names):
        sheet.write_string(HEADING_ROW, column, said(f"column.{name}", LANGUAGE), looks.heading)
    for place, row in enumerate(found, start=HEADING_ROW + 1):
        for column, text in ((0, row.margin), (1, row.category), (5, row.source), (6, row.dated)):
            sheet.write_string(place, column, text, looks.text)
        for column, share in enumerate((row.before, row.after, row.population), start=2):
            sheet.write_number(place, column, round(share / 100, 4), looks.number(2, percent=True))
    sheet.freeze_panes(HEADING_ROW + 1, 0)


def _definitions(book: Any, looks: Looks, edition: Edition) -> None:
    sheet = _sheet(book, looks, edition, "sheet_definitions", [34, 10, 100])
    for column, name in enumerate(("indicator", "version", "definition")):
        sheet.write_string(HEADING_ROW, column, said(f"column.{name}", LANGUAGE), looks.heading)
    used = dict.fromkeys((row.edition.release.id, row.figure.indicator) for row in rows(edition))
    editions = {one.release.id: one for one in (edition, edition.companion) if one is not None}
    for place, (release, indicator) in enumerate(used, start=HEADING_ROW + 1):
        of = editions[release]
        sheet.write_string(place, 0, of.title_of(indicator, LANGUAGE), looks.text)
        sheet.write_string(place, 1, str(of.release.definitions.get(indicator, {}).get("version", "")), looks.text)
        sheet.write_string(place, 2, of.definition_of(indicator, LANGUAGE), looks.wrapped)
    sheet.freeze_panes(HEADING_ROW + 1, 0)


FORMATS.add("excel", Excel())
