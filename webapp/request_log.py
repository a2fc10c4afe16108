"""Our own access log: for residents route template, method, status, how long, and nothing that tells who or when."""

from __future__ import annotations

import json
import logging
import secrets
import time
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from flask import Flask, Response, g, request

from webapp.auth import current_session, is_public

log = logging.getLogger("minping.access")
BUCKETS = ((0.1, "<0.1s"), (0.3, "<0.3s"), (1.0, "<1s"), (3.0, "<3s"), (10.0, "<10s"))


def duration_bucket(seconds: float) -> str:
    """How long a request took, in steps too coarse to recognise it by."""
    return next((name for limit, name in BUCKETS if seconds < limit), ">=10s")


def request_id() -> str:
    """A random name for this request, so that a person can tell us which one broke."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def install(app: Flask, folder: Path) -> None:
    """Write access.log in `folder`: a line a request, JSON. Static files are not logged."""
    _to_file(folder)

    @app.before_request
    def _started() -> None:
        g.started = time.monotonic()

    @app.after_request
    def _done(response: Response) -> Response:
        if request.endpoint != "static":
            log.info(json.dumps(_line(response), ensure_ascii=False))
        if not is_public(request.endpoint):
            response.headers["X-Request-ID"] = request_id()
        return response


def _line(response: Response) -> dict[str, object]:
    template = request.url_rule.rule if request.url_rule else "-"
    took = duration_bucket(time.monotonic() - g.get("started", time.monotonic()))
    line: dict[str, object] = {"route": template, "method": _method(), "status": response.status_code, "took": took}
    if is_public(request.endpoint):
        return line
    session = current_session() if "login_session" in g else None
    account = session.account_id if session else None
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), **line, "request": request_id(), "account": account}


def _method() -> str:
    return request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE") else "-"


def _to_file(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "access.log"
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    handler = WatchedFileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    path.chmod(0o600)
