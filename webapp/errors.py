"""What a refusal or a failure looks like: a plain page that says what happened and what to do, never a stack trace."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError

from surveys import errors
from webapp import logins, passwords
from webapp.auth import account_or_none, is_public
from webapp.request_log import request_id
from webapp.stores import STORE_FAULTS
from webapp.words import word, words_for

log = logging.getLogger("minping.fault")

STATUS: dict[type[errors.Refusal], int] = {
    errors.NotFound: 404,
    errors.UnknownCode: 404,
    errors.NotAllowed: 403,
    errors.NotYetOpen: 403,
    errors.Closed: 410,
    errors.SpentCode: 410,
    errors.Conflict: 409,
    errors.AnswerInvalid: 422,
    errors.AnswersInvalid: 422,
    errors.FileRefused: 422,
    errors.InstrumentInvalid: 422,
    errors.Ineligible: 422,
    passwords.PasswordRefused: 422,
    logins.LoginRefused: 403,
    logins.TooManyAttempts: 429,
}
CODES = {404: "page.unknown", 405: "page.method", 413: "page.too_large", 429: "page.too_many", 503: "page.busy"}
RETRY_SECONDS = 10


def status_of(refusal: errors.Refusal) -> int:
    """The HTTP status of a refusal's kind; 400 for a kind that names none."""
    return next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 400)


def install(app: Flask) -> None:
    """Answer every refusal and failure with a page; blueprints may answer their own refusals in kinder words."""
    app.logger.addFilter(_WITHOUT_ADDRESSES)
    app.register_error_handler(errors.Refusal, _refusal)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    for kind in STORE_FAULTS:
        app.register_error_handler(kind, _busy)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(Exception, _broken)


def _refusal(refusal: errors.Refusal) -> Response:
    status = status_of(refusal)
    response = _page(status, words_for(refusal))
    if isinstance(refusal, logins.TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.values["seconds"])
    return response


def _expired(_fault: CSRFError) -> Response:
    return _page(400, word("page.expired"))


def _http(fault: HTTPException) -> Response:
    status = fault.code or 500
    if status < 400:
        return make_response(fault.get_response())
    response = _page(status, word(CODES.get(status, "page.bad"), {"limit": 10}))
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _busy(fault: DBAPIError) -> Response:
    _note(fault)
    response = _page(503, word("page.busy"))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unfit(fault: DataError) -> Response:
    """What no database can keep as text or number, such as a zero byte: whoever sent it is told so."""
    _note(fault)
    return _page(400, word("page.bad"))


def _broken(fault: Exception) -> Response:
    _note(fault)
    return _page(500, word("page.broken", {"request_id": request_id()}))


class _WithoutAddresses(logging.Filter):
    """What fails outside a view (in an error page, after a request) Flask records itself, with address and message:
    on the answer routes that is an access code. Kind and place are kept instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written as it is."""
        if not record.exc_info:
            return True
        _note(record.exc_info[1])
        return False


_WITHOUT_ADDRESSES = _WithoutAddresses()


def _note(fault: BaseException | None) -> None:
    """Log kind and place of a fault without its message, which may carry an answer, a code or an address."""
    while fault is not None:
        place = "".join(traceback.format_tb(fault.__traceback__))
        log.error("%s %s %s\n%s", request_id(), request.endpoint, type(fault).__qualname__, place)
        fault = fault.__cause__ or fault.__context__


def _page(status: int, sentence: str) -> Response:
    """The staff's page inside their menu, everybody else's without it; plain text when even that fails."""
    nowhere = isinstance(
        request.routing_exception, SecurityError
    )  # a host name that is not ours: no address to link to
    if nowhere or request.headers.get("HX-Request"):
        return make_response(sentence, status, {"Content-Type": "text/plain; charset=utf-8"})
    try:
        staff = not is_public(request.endpoint) and account_or_none() is not None
        template = "errors/staff.html" if staff else "errors/public.html"
        page = render_template(template, status=status, sentence=sentence, title=gettext("无法完成这一步"))
    except Exception as fault:
        _note(fault)
        return make_response(sentence, status, {"Content-Type": "text/plain; charset=utf-8"})
    return make_response(page, status)
