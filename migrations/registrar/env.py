"""Alembic's way into the registrar's migrations."""

from migrations.environment import run

run("registrar")
