"""The staff's own pages: signing in, what to do next, accounts and grants, organisations, areas, log, jobs."""

from __future__ import annotations

from webapp.staff import accounts, areas, jobs, log, login, organisations, own, start
from webapp.staff.blueprint import bp, jobs_bp

__all__ = ["accounts", "areas", "bp", "jobs", "jobs_bp", "log", "login", "organisations", "own", "start"]
