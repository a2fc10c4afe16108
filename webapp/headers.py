"""Security headers on every response: nothing comes from another host, nothing stands inline, nobody frames us."""

from __future__ import annotations

from flask import Flask, Response, request

from webapp.auth import is_public
from webapp.config import Settings

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap draws its arrows so, and an empty icon saves residents a request
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


CONTENT_POLICY = "; ".join(f"{name} {value}" for name, value in POLICY.items())


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The headers that are the same everywhere, static files included."""
    headers = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "X-Frame-Options": "DENY",
    }
    if settings.https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def install(app: Flask, settings: Settings) -> None:
    """Set the headers after each request; a view that set one of them keeps its own."""
    fixed = fixed_headers(settings)

    @app.after_request
    def _with_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if not is_public(request.endpoint):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
