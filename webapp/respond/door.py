"""The first page: type the code of the letter."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveys.collection.codes import AccessCode
from surveys.errors import UnknownCode
from webapp.auth import public
from webapp.respond.blueprint import bp
from webapp.respond.look import Look
from webapp.words import words_for

LONGEST = 60  # what is shown again of a wrong code


@bp.get("/")
@public
def door() -> ResponseReturnValue:
    """One big field."""
    page = make_response(_page("", ""))
    page.headers["Cache-Control"] = "public, max-age=60"
    page.add_etag()
    return page.make_conditional(request)


@bp.post("/")
@public
def knock() -> ResponseReturnValue:
    """On to the questionnaire; a mistyped code is said at once, before anybody looks whether it exists."""
    typed = request.form.get("code", "")
    try:
        code = AccessCode.parse(typed)
    except UnknownCode as fault:
        return _page(typed[:LONGEST], words_for(fault, Look.of_request().language)), HTTPStatus.UNPROCESSABLE_ENTITY
    address = url_for("respond.questionnaire", code=code.printed, **Look.of_request().kept)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _page(given: str, fault: str) -> str:
    return render_template("resident/door.html", given=given, fault=fault, look=Look.of_request())
