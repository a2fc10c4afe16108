"""Which language a page speaks: a resident's stands in the address, a member of staff's in the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel

from webapp.auth import account_or_none, is_public

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
HTML = {"zh": "zh-CN", "en": "en"}
DEFAULT = "zh"
TRANSLATIONS = Path(__file__).parent / "translations"


def language() -> str:
    """Gives `zh` or `en`, for this request."""
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def _chosen() -> str:
    asked = request.args.get("lang", "")
    if not asked and not is_public(request.endpoint):
        account = account_or_none()
        asked = account.language if account else ""
    return asked if asked in LOCALES else DEFAULT


def text_in(texts: Mapping[str, str] | None) -> str:
    """A stored {zh, en} text in this request's language, else in Chinese, else in whatever there is."""
    if not texts:
        return ""
    known = {key: texts[key] for key in (language(), DEFAULT) if texts.get(key)}
    return next(iter(known.values()), None) or next(iter(texts.values()))


def local_time(instant: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """An instant as people read it, to the minute, in a wave's time zone."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if instant else ""


def install(app: Flask) -> None:
    """The locale selector, the filters `text_in` and `local_time`; templates know `language()` and `html_lang()`."""
    Babel(
        app,
        locale_selector=lambda: LOCALES[language()],
        default_translation_directories=str(TRANSLATIONS),
    )
    app.jinja_env.filters["text_in"] = text_in
    app.jinja_env.filters["local_time"] = local_time
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["html_lang"] = lambda: HTML[language()]
