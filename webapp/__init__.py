"""How people reach what we know about surveys: thin pages, split by audience. `create_app` puts them together.

It stands in webapp/application.py and is loaded when it is asked for: a console command does not wait for the web.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("webapp.application"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
