"""The report page of one release."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.reporting import sentences
from surveys.reporting.edition import Edition, edition
from surveys.reporting.words import said
from webapp import auth
from webapp.i18n import language
from webapp.results.blueprint import bp
from webapp.results.cases import CaseContents
from webapp.results.changes import Change, changes
from webapp.results.contents import Contents
from webapp.results.files import downloads, may_take, on_offer
from webapp.results.pictures import items_in_words, pictures, towns_in_words
from webapp.results.shelf import AUDIENCE, READERS, Opened, opened, within
from webapp.stores import box_reading


@bp.get("/<wave_code>/<int:number>/")
@auth.role(*READERS)
def report(wave_code: str, number: int) -> ResponseReturnValue:
    """Every figure of a release with how it was made, and the files."""
    with box_reading() as box:
        found = opened(box, wave_code, number)
        read = found.edition(box)
        files = [file for file in on_offer(box, found.release) if may_take(found, file.form)]
        return render_template(
            "results/report.html",
            found=found,
            edition=read,
            contents=Contents(read, language(), by_band=request.args.get("sort") == "band"),
            cases=_cases(read),
            changed=_changed(box, found, read),
            downloads=downloads(files),
            pictures=pictures(read, [file.form for file in files], language()),
            sentences=sentences,
            said=lambda code: said(code, language()),
            towns_in_words=towns_in_words,
            items_in_words=items_in_words,
        )


def _cases(read: Edition) -> CaseContents | None:
    """The case evaluation, of this release or of the one shown beside it."""
    evaluated = read if "cases" in read.fact else read.companion
    return CaseContents(evaluated, language()) if evaluated is not None else None


def _changed(box: Session, found: Opened, read: Edition) -> list[Change]:
    if read.corrects is None:
        return []
    corrected = within(edition(box, read.corrects, AUDIENCE), found.areas)
    return changes(corrected, read, language())
