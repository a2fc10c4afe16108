"""Whether this installation can take and show answers, for the supervisor and the load balancer."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.auth import public
from webapp.stores import box_reading, registrar_reading

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 "ok" when both stores answer, 503 otherwise; says nothing else."""
    try:
        with box_reading() as box, registrar_reading() as registrar:
            for store in (box, registrar):
                store.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "down", 503, {"Content-Type": "text/plain", "Cache-Control": "no-store"}
    return "ok", 200, {"Content-Type": "text/plain", "Cache-Control": "no-store"}
