"""What was released, by wave, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting import sentences
from webapp import auth
from webapp.i18n import language
from webapp.results.blueprint import bp
from webapp.results.shelf import READERS, cover, newest_erratum, waves_with_releases
from webapp.stores import box_reading


@dataclass(frozen=True)
class Entry:
    """One release on the list, and the erratum that stands in its place."""

    release: Release
    newer: Release | None


@dataclass(frozen=True)
class Shelf:
    """A wave's releases; `sentence` and `definition` are of the newest, together or not at all."""

    wave: Wave
    entries: tuple[Entry, ...]
    sentence: str
    definition: str


@bp.get("/")
@auth.role(*READERS)
def releases() -> ResponseReturnValue:
    """The list; officials see nothing of a wave before its first release."""
    account = auth.current_account()
    with box_reading() as box:
        shelves = [_shelf(box, wave, found) for wave, found in waves_with_releases(box, account)]
    return render_template("results/index.html", shelves=shelves)


@bp.get("")
@auth.role(*READERS)
def releases_without_slash() -> ResponseReturnValue:
    """Typed without the last stroke."""
    return releases()


def _shelf(box: Session, wave: Wave, found: list[Release]) -> Shelf:
    newest = next((one for one in found if one.released_at is not None), found[0])
    edition = cover(box, wave, newest)
    entries = tuple(Entry(one, newest_erratum(one, found)) for one in found)
    shown = edition.headline
    definition = edition.definition_of(shown.indicator, language()) if shown else ""
    return Shelf(wave, entries, sentences.headline(edition, language()), definition)
