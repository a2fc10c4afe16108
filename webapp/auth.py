"""Who may pass: every view names its roles or says that it is public, and nothing else is served."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from surveys.errors import NotAllowed
from surveys.records.kinds import Role
from surveys.records.staff import Account, LoginSession
from surveys.records.waves import Wave
from webapp import grants, logins
from webapp.action_log import record_action, verify_chain
from webapp.config import LOOPBACK, Settings
from webapp.stores import box_reading, clock, current_settings, registrar_reading, registrar_transaction

__all__ = ["current_account", "public", "record_action", "role", "signed_in", "verify_chain", "wave_for", "waves_of"]

View = TypeVar("View", bound=Callable[..., Any])
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@dataclass(frozen=True)
class Door:
    """What a view asks of the visitor: nothing, a log-in, or one of some roles."""

    public: bool = False
    roles: frozenset[Role] = frozenset()


def public(view: View) -> View:
    """Anybody may see this; it stands in tests/webapp/public_routes.txt too. Put it below the route."""
    return _mark(view, Door(public=True))


def signed_in(view: View) -> View:
    """Any account may see this, whatever its role: one's own password and the start page."""
    return _mark(view, Door())


def role(*roles: Role) -> Callable[[View], View]:
    """An account with one of these roles may see this; which waves, `wave_for` decides."""
    if not roles:
        raise ValueError("name a role, or use @signed_in or @public")
    return lambda view: _mark(view, Door(roles=frozenset(roles)))


def _mark(view: View, door: Door) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view


def door_of(app: Flask, endpoint: str | None) -> Door | None:
    """The mark of a view; None when it has none or the address is unknown."""
    if endpoint == "static":
        return Door(public=True)
    return cast("Door | None", getattr(app.view_functions.get(endpoint or ""), "door", None))


def is_public(endpoint: str | None) -> bool:
    """Whether the address is unknown or open to everybody and not the staff's log-in."""
    door = door_of(current_app, endpoint)
    return endpoint is None or (door is not None and door.public and not (endpoint or "").startswith("staff."))


def install(app: Flask) -> None:
    """Guard every request: who is nobody is asked to sign in, and a form of the staff must be our own."""
    csrf = CSRFProtect(app)

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # unknown address or method: the router says so
        door = door_of(app, request.endpoint)
        if door is None:
            raise NotAllowed("route.unmarked")
        if not door.public and account_or_none() is None:
            return _to_login()
        if not is_public(request.endpoint) and request.method in UNSAFE:
            csrf.protect()
        if door.roles and not door.roles & grants.roles_of(current_account()):
            raise NotAllowed("role.missing")
        return None


def must_be_marked(app: Flask) -> None:
    """Raises RuntimeError naming the views that are neither public nor bound to a role."""
    bare = [rule.rule for rule in app.url_map.iter_rules() if door_of(app, rule.endpoint) is None]
    if bare:
        raise RuntimeError(f"these routes name no role and are not public: {', '.join(sorted(bare))}")


def _to_login() -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("staff.login", next=back)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("staff.login")
        return response
    return cast(Response, redirect(address, 303))


def cookie_name(settings: Settings) -> str:
    """The log-in cookie; over HTTPS its name binds it to this host."""
    return "__Host-minping" if settings.https else "minping_login"


def current_session() -> LoginSession | None:
    """The log-in behind this request, looked up once; a use is noted at most once a minute."""
    if "login_session" not in g:
        g.login_session = _session()
    return cast("LoginSession | None", g.login_session)


def _session() -> LoginSession | None:
    cookie, now = request.cookies.get(cookie_name(current_settings())), clock()
    if not cookie:
        return None
    with registrar_reading() as registrar:
        found = logins.live_session(registrar, cookie, now)
    if found is None or refused_here(found.account.login):
        return None
    if found.seen_at < now - logins.TOUCH:
        with registrar_transaction() as registrar:
            logins.seen(registrar, found, now)
    return found


def account_or_none() -> Account | None:
    """Who is signed in, if anybody."""
    session = current_session()
    return session.account if session else None


def current_account() -> Account:
    """Who is signed in, with grants; raises NotAllowed when nobody is."""
    account = account_or_none()
    if account is None:
        raise NotAllowed("login.needed")
    return account


def refused_here(login: str) -> bool:
    """Whether a demonstration log-in comes from, or through, anything but this machine."""
    settings = current_settings()
    demonstration = settings.demo or login.startswith(logins.DEMO_PREFIX)
    return demonstration and (settings.proxies > 0 or not from_loopback(request))


def from_loopback(request: Request) -> bool:
    """Whether the browser runs on this machine and no proxy stands between."""
    try:
        here = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    host = request.host.rsplit(":", 1)[0].strip("[]") if not request.host.endswith("]") else request.host.strip("[]")
    return here and host in LOOPBACK and not any(request.headers.get(name) for name in FORWARDED)


def wave_for(code: str, *roles: Role, box: Session | None = None) -> Wave:
    """The wave of this code, with its instrument version, if the signed-in account holds it in one of `roles`.

    Raises NotFound otherwise. The record is detached, or of the Session `box` when you pass one. The page's menu and
    its 「模拟数据」 banner follow the wave found last, in a record of their own: one of a Session that was rolled back
    can be read no more.
    """
    with box_reading() as reading:
        g.wave = grants.granted_wave(reading, current_account(), code, roles)
    held = cast(Wave, g.wave)
    return held if box is None else box.get_one(Wave, held.id)


def waves_of(account: Account, *roles: Role) -> list[Wave]:
    """The waves an account holds in one of these roles (any, when none is named), the latest to open first."""
    with box_reading() as box:
        return grants.waves_of(box, account, *roles)
