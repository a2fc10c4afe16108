"""Signing in and out."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from surveys.errors import Refusal
from webapp import auth, logins
from webapp.errors import status_of
from webapp.people import Actor
from webapp.staff.blueprint import bp
from webapp.stores import clock, current_settings, registrar_transaction
from webapp.words import words_for

KNOWN_BROWSER = "minping_browser"
HALF_A_YEAR = 180 * 24 * 3600


@bp.get("/login")
@auth.public
def login() -> ResponseReturnValue:
    """The form; who is signed in already goes on."""
    if auth.account_or_none() is not None:
        return redirect(_onward(), 303)
    return render_template("staff/login.html", typed="", fault="")


@bp.post("/login")
@auth.public
def sign_in() -> ResponseReturnValue:
    """Check login and password; every failure says the same, whether or not the login exists."""
    typed, password = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
    try:
        cookie = _signed_in(typed, password)
    except Refusal as refusal:
        page = render_template("staff/login.html", typed=typed, fault=words_for(refusal))
        headers = {"Retry-After": str(refusal.values["seconds"])} if "seconds" in refusal.values else {}
        return page, status_of(refusal), headers
    session.clear()  # a new form token for a new log-in
    response = redirect(_onward(), 303)
    set_login_cookie(response, cookie)
    _remember_browser(response, typed)
    return response


def _signed_in(typed: str, password: str) -> str:
    if auth.refused_here(logins.normal(typed)):
        raise logins.LoginRefused("login.demo_here_only")
    browser, now = _known_browser(typed), clock()
    with registrar_transaction() as registrar:
        logins.attempt(registrar, typed, browser, now)
    with registrar_transaction() as registrar:
        account = logins.log_in(registrar, typed, password, browser)
        auth.record_action(registrar, account.id, "login", None, now)
        return logins.start(registrar, account.id, now)


@bp.post("/logout")
@auth.signed_in
def logout() -> ResponseReturnValue:
    """End this log-in; the cookie is worth nothing afterwards."""
    account, here, now = auth.current_account(), auth.current_session(), clock()
    with registrar_transaction() as registrar:
        logins.revoke(registrar, account.id, now, only=here.fingerprint if here else None)
        auth.record_action(registrar, account.id, "logout", None, now)
    session.clear()
    response = redirect(url_for("staff.login"), 303)
    _set_cookie(response, auth.cookie_name(current_settings()), "", max_age=0)
    return response


def renew_login(response: Response, actor: Actor) -> None:
    """After everything of an account was revoked: a fresh log-in for the browser that asked for it."""
    if actor.account_id is None:
        return
    with registrar_transaction() as registrar:
        cookie = logins.start(registrar, actor.account_id, actor.now)
    session.clear()
    set_login_cookie(response, cookie)


def set_login_cookie(response: Response, value: str) -> None:
    """Hand the browser its log-in; it goes when the browser closes, or earlier."""
    _set_cookie(response, auth.cookie_name(current_settings()), value)


def _set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(name, value, max_age, httponly=True, secure=current_settings().https, samesite="Lax", path="/")


def _onward() -> str:
    """The page that was asked for, when it is one of ours."""
    asked = request.args.get("next", "")
    parts = urlsplit(asked.replace("\\", "/"))
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return asked if ours and asked.isprintable() else url_for("staff.start")


def _browsers() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known browser")


def _known_browser(typed: str) -> str:
    """The mark of a browser that signed in to this very login before, else nothing."""
    try:
        login_then, mark = _browsers().loads(request.cookies.get(KNOWN_BROWSER, ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(mark) if login_then == logins.normal(typed) else ""


def _remember_browser(response: Response, typed: str) -> None:
    mark = _known_browser(typed) or secrets.token_hex(16)
    _set_cookie(response, KNOWN_BROWSER, _browsers().dumps([logins.normal(typed), mark]), HALF_A_YEAR)
