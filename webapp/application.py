"""The web application, put together from the pages of each audience."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from migrations import current
from webapp import auth, config, errors, headers, health, i18n, jobs, request_log, stores
from webapp.config import Settings
from webapp.db import Stores

AUDIENCES = ("respond", "cases", "fieldwork", "results", "staff")
STATIC = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600


def create_app(settings: Settings | None = None, stores_given: Stores | None = None, immediate: bool = False) -> Flask:
    """The application on migrated stores. `immediate` runs jobs inside the request that asks for them (tests).

    Raises pydantic's ValidationError for missing settings, UnsafeStore for a store that could lose
    answers, RuntimeError for a store that was not migrated or a route without a role.
    """
    settings = settings or config.load()
    app = Flask("webapp")
    app.config.update(config.flask_settings(settings))
    stores.keep(app, settings, stores_given or opened(settings))
    request_log.install(app, settings.data_dir)
    auth.install(app)
    i18n.install(app)
    headers.install(app, settings)
    errors.install(app)
    jobs.install(app, settings, immediate)
    for blueprint in (health.bp, *blueprints()):
        app.register_blueprint(blueprint)
    auth.must_be_marked(app)
    _serve_static(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def opened(settings: Settings) -> Stores:
    """Both stores; raises RuntimeError when one lacks a migration."""
    found = Stores.at(settings.box_url, settings.registrar_url, analytics=settings.analytics)
    if not (current(found.box, "box") and current(found.registrar, "registrar")):
        raise RuntimeError("The stores are not up to date: run `minping migrate` (after a backup).")
    found.dispose()
    return found


def blueprints() -> list[Blueprint]:
    """The blueprints that the audiences' packages expose: each `Blueprint` in their `__init__`."""
    found: list[Blueprint] = []
    for audience in AUDIENCES:
        if find_spec(f"webapp.{audience}") is None:
            continue
        package = vars(import_module(f"webapp.{audience}"))
        found += [thing for thing in package.values() if isinstance(thing, Blueprint)]
    return list(dict.fromkeys(found))


def _serve_static(app: Flask, settings: Settings) -> None:
    """Static files with a year's life and the security headers; their addresses change with their content."""
    fixed = headers.fixed_headers(settings)

    def add_headers(served: Any, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            served[name] = value

    app.url_defaults(_versioned)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=YEAR,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        values["v"] = _content_mark(values["filename"])


@cache
def _content_mark(filename: str) -> str:
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""
