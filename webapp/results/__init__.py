"""The official's pages: what was released, each figure with how it was made, and the files to take away."""

from __future__ import annotations

from webapp.results import files, listing, report
from webapp.results.blueprint import bp

__all__ = ["bp", "files", "listing", "report"]
