"""All figures as CSV: UTF-8 with BOM, one row a figure with codes, words in both languages, and its definition."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from surveys.records.kinds import Audience
from surveys.reporting.edition import Edition
from surveys.reporting.formats import FORMATS, File, Format, filename
from surveys.reporting.rows import Row, rows
from surveys.reporting.words import LANGUAGES, said

# A spreadsheet reads a cell that begins so as a formula; full-width forms are taken for the same signs.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBERS = ("value", "lower", "upper", "se", "n", "n_eff", "df", "deff")
WORDS = ("part", "indicator", "item", "domain", "where", "unit", "method", "reason", "note", "verdict")
TESTED = ("p", "p_adjusted", "places")


class Csv(Format):
    """One .csv for programs and spreadsheets alike."""

    audiences = frozenset(Audience)

    def render(self, edition: Edition) -> Iterator[File]:
        yield File("csv", filename(edition, "csv"), "text/csv; charset=utf-8", content(edition))


def content(edition: Edition) -> bytes:
    """The file's bytes; the first column of every row says whether the data are synthetic."""
    text = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for row in rows(edition):
        record = _record(row)
        if writer is None:
            writer = csv.DictWriter(text, list(record), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({name: cell if name in NUMBERS else safe(cell) for name, cell in record.items()})
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe goes before an active sign."""
    return f"'{cell}" if cell.startswith(ACTIVE) or cell.lstrip().startswith(ACTIVE) else cell


def _record(row: Row) -> dict[str, str]:
    figure, numbers = row.figure, row.numbers
    record = {
        "mark": said("synthetic.mark", "zh") + " / " + said("synthetic.mark", "en") if row.edition.synthetic else ""
    }
    record |= {name: str(code) for name, code in row.codes().items()}
    record |= {name: _plain(getattr(numbers, name)) for name in NUMBERS}
    record |= {"dont_know": _count(figure.counts.get("d")), "refused": _count(figure.counts.get("r"))}
    for language in LANGUAGES:
        cells = row.cells(language)
        record |= {f"{name}_{language}": str(cells[name]) for name in WORDS}
    record["version"] = figure.version
    record |= {name: str(row.cells("zh")[name]) for name in TESTED}
    for language in LANGUAGES:
        record[f"definition_{language}"] = row.edition.definition_of(figure.indicator, language)
    return record


def _plain(number: Decimal | int | None) -> str:
    return "" if number is None else str(number)


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


FORMATS.add("csv", Csv())
