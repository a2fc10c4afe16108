"""The staff's blueprints, and what every staff page knows."""

from __future__ import annotations

from flask import Blueprint, g

from webapp.auth import account_or_none
from webapp.staff.menu import visible_menu
from webapp.stores import current_settings

bp = Blueprint("staff", __name__, url_prefix="/staff")
jobs_bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.app_context_processor
def _staff_page() -> dict[str, object]:
    return {
        "visible_menu": visible_menu,
        "me": account_or_none,
        "wave_in_context": lambda: g.get("wave"),
        "is_synthetic": is_synthetic,
        "is_demonstration": lambda: current_settings().demo,
    }


def is_synthetic() -> bool:
    """Whether the page shows, or may show, synthetic data: it must say 「模拟数据」."""
    wave = g.get("wave")
    return current_settings().demo or bool(wave and wave.synthetic)
