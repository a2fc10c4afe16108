"""One's own account: password, language, and the browsers that are signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.errors import NotFound, Refusal
from surveys.records.staff import Account
from webapp import auth, logins, passwords, people
from webapp.errors import status_of
from webapp.i18n import LOCALES
from webapp.people import Actor
from webapp.staff.blueprint import bp
from webapp.staff.login import renew_login
from webapp.stores import clock, registrar_reading, registrar_transaction
from webapp.words import words_for


@bp.get("/me")
@auth.signed_in
def me() -> ResponseReturnValue:
    """Password, language, sessions."""
    return _page("")


def _page(fault: str) -> str:
    account, here = auth.current_account(), auth.current_session()
    with registrar_reading() as registrar:
        sessions = logins.live_sessions(registrar, account.id, clock())
    current = here.fingerprint if here else b""
    return render_template("staff/me.html", sessions=sessions, current=current, fault=fault)


@bp.post("/me/password")
@auth.signed_in
def change_password() -> ResponseReturnValue:
    """Replace the password; all sessions end, this browser gets a fresh one."""
    actor = Actor(auth.current_account().id, clock())
    try:
        _replace_password(actor)
    except Refusal as refusal:
        return _page(words_for(refusal)), status_of(refusal)
    response = redirect(url_for("staff.me"), 303)
    renew_login(response, actor)
    flash(gettext("密码已更换，其他浏览器上的登录已全部结束。"), "success")
    return response


def _replace_password(actor: Actor) -> None:
    present, new, again = (request.form.get(name, "")[:1000] for name in ("present", "new", "again"))
    with registrar_transaction() as registrar:
        logins.attempt(registrar, auth.current_account().login, f"account {actor.account_id}", actor.now)
    with registrar_transaction() as registrar:
        account = registrar.get_one(Account, actor.account_id)
        if not passwords.matches(account.password_hash, present):
            raise passwords.PasswordRefused("password.wrong")
        logins.forgive(registrar, account.login, f"account {actor.account_id}")
        if new != again:
            raise passwords.PasswordRefused("password.differs")
        people.set_password(registrar, actor, account, new)


@bp.post("/me/language")
@auth.signed_in
def change_language() -> ResponseReturnValue:
    """Keep the chosen language with the account."""
    chosen = request.form.get("language", "")
    if chosen in LOCALES:
        with registrar_transaction() as registrar:
            registrar.get_one(Account, auth.current_account().id).language = chosen
    return redirect(url_for("staff.start"), 303)


@bp.post("/me/sessions/<handle>/revoke")
@auth.signed_in
def revoke_session(handle: str) -> ResponseReturnValue:
    """End one of one's own sessions, named by the start of its fingerprint."""
    account, now = auth.current_account(), clock()
    with registrar_transaction() as registrar:
        mine = logins.live_sessions(registrar, account.id, now)
        found = next((session for session in mine if session.fingerprint.hex()[:16] == handle), None)
        if found is None:
            raise NotFound("session.unknown")
        logins.revoke(registrar, account.id, now, only=found.fingerprint)
        auth.record_action(registrar, account.id, "session.revoke", None, now)
    flash(gettext("这次登录已结束。"), "success")
    return redirect(url_for("staff.me"), 303)
