"""The assessor's pages: a wave from its plan to its release, one step of the survey a file."""

from __future__ import annotations

from webapp.fieldwork import (
    analysis,
    draw,
    frame,
    invitations,
    margins,
    overview,
    phases,
    plan,
    posters,
    progress,
    waves,
)
from webapp.fieldwork.blueprint import bp

__all__ = [
    "analysis",
    "bp",
    "draw",
    "frame",
    "invitations",
    "margins",
    "overview",
    "phases",
    "plan",
    "posters",
    "progress",
    "waves",
]
