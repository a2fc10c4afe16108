"""Files of a release exactly as they were rendered: charts to look at, and downloads that are logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from flask import Response, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.errors import NotFound
from surveys.records.releases import Release, Rendition
from surveys.reporting.release import rendition
from webapp import auth
from webapp.results.blueprint import bp
from webapp.results.pictures import PREFIX, SVG
from webapp.results.shelf import AUDIENCE, READERS, Opened, opened
from webapp.stores import box_reading, clock, registrar_transaction

DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # a drawing runs and fetches nothing
TOWNS = f"{PREFIX}-towns-"
FIRST = ("word", "excel", "csv")


@dataclass(frozen=True)
class Download:
    """A file on offer: its form, name, size in bytes and checksum."""

    form: str
    filename: str
    size: int
    sha256: str


def on_offer(box: Session, release: Release) -> list[Download]:
    """Every file of a release for the officials, without its bytes."""
    columns = (Rendition.format, Rendition.filename, func.length(Rendition.content), Rendition.sha256)
    mine = select(*columns).where(Rendition.release_id == release.id, Rendition.audience == AUDIENCE)
    return [Download(*row) for row in box.execute(mine.order_by(Rendition.format))]


def is_chart(form: str) -> bool:
    """Whether a file is a chart of the page and no download of its own."""
    return form.startswith(f"{PREFIX}-")


def downloads(files: Iterable[Download]) -> list[Download]:
    """The files that stand on their own, the report to read first."""
    order = {form: place for place, form in enumerate(FIRST)}
    alone = [file for file in files if not is_chart(file.form)]
    return sorted(alone, key=lambda file: (order.get(file.form, len(FIRST)), file.form))


def may_take(found: Opened, form: str) -> bool:
    """Whether the reader may have a file: who sees some towns only gets none that holds them all."""
    return not found.partial or (is_chart(form) and not form.startswith(TOWNS))


@bp.get("/<wave_code>/<int:number>/<form>.svg")
@auth.role(*READERS)
def chart(wave_code: str, number: int, form: str) -> ResponseReturnValue:
    """A drawing of the report page."""
    with box_reading() as box:
        found, file = _taken(box, wave_code, number, form)
    if file.media_type != SVG:
        raise NotFound("release.no_rendition", number=found.release.number, format=form)
    response = Response(file.content, content_type=SVG)
    response.headers["Content-Security-Policy"] = DRAWING_POLICY
    return response


@bp.get("/<wave_code>/<int:number>/<form>")
@auth.role(*READERS)
def download(wave_code: str, number: int, form: str) -> ResponseReturnValue:
    """A file to keep; who took which is written to the action log."""
    with box_reading() as box:
        found, file = _taken(box, wave_code, number, form)
    with registrar_transaction() as registrar:
        account, taken = auth.current_account(), {"release": number, "format": form, "sha256": file.sha256[:16]}
        auth.record_action(registrar, account.id, "release.download", found.wave.id, clock(), **taken)
    answer = send_file(BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _taken(box: Session, wave_code: str, number: int, form: str) -> tuple[Opened, Rendition]:
    found = opened(box, wave_code, number)
    if not may_take(found, form):
        raise NotFound("release.no_rendition", number=number, format=form)
    return found, rendition(box, found.release, AUDIENCE, form)
