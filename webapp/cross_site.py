"""Anonymous forms carry no cookie, so no authority to ride on; a post from another site is refused all the same."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request


def refuse_cross_site(request: Request) -> bool:
    """Whether this POST came from another site, so that the caller shows the filled form again (403).

    `Sec-Fetch-Site` decides where the browser sends it; else `Origin`, else `Referer`, is compared
    with our host. When all three are absent, as from very old phones, the post is taken. An Origin
    of "null" names no host of ours and is refused: our pages send `Referrer-Policy: same-origin`,
    with which a browser never says "null" for our own form, while a sandboxed frame always does.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("same-origin", "none"):
        return False
    if site == "cross-site":
        return True
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is not None and _host(source) != _without_default_port(request.host)


def _host(address: str) -> str:
    try:
        return _without_default_port(urlsplit(address).netloc.rpartition("@")[2])
    except ValueError:
        return ""


def _without_default_port(host: str) -> str:
    return host.lower().removesuffix(":443").removesuffix(":80")
