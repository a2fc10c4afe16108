"""Alembic's way into the box's migrations."""

from migrations.environment import run

run("box")
