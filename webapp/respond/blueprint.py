"""The residents' pages: no cookie, no log-in, nothing of an answer in an address."""

from __future__ import annotations

from flask import Blueprint, Response

from surveys.errors import Refusal
from webapp.respond.notices import refusal_page

bp = Blueprint("respond", __name__)


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """What no view words itself: a kind page that tells what to do."""
    return refusal_page(refusal)


@bp.after_request
def unstored(response: Response) -> Response:
    """Only pages that are the same for everybody say that they may be kept."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
