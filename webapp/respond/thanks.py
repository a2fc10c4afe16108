"""The thank-you page: the answer to the POST itself, so that no address or log ever carries a receipt."""

from __future__ import annotations

from flask import Response, make_response, render_template, url_for

from surveys.ledger.receipts import Receipt
from surveys.records.waves import Wave
from webapp.respond.look import Look
from webapp.respond.notices import day
from webapp.stores import current_settings


def thanks_page(receipt: Receipt, wave: Wave, another: str = "") -> Response:
    """Thanks and the receipt, stored nowhere; `another` is the address where somebody else may start."""
    look = Look.of_request()
    plain = url_for("respond.right_answers", wave_code=wave.code)
    page = make_response(
        render_template(
            "resident/thanks.html",
            receipt=receipt.code,
            wave=wave,
            look=look,
            closes=day(wave.closes_at, wave),
            answers_address=url_for("respond.right_answers", wave_code=wave.code, **look.kept),
            answers_printed=current_settings().public_url + plain,
            another=another,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page
