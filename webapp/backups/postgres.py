"""PostgreSQL stores are copied with PostgreSQL's own pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from surveys.errors import Refusal
from webapp.backups.counts import counted
from webapp.db import reading

QUEUE = "minping_queue"  # jobs to run again come from the job table, not from the queue


class Postgres:
    """One custom-format archive a store."""

    SUFFIX = ".pgdump"

    def dump(self, engine: Engine, file: Path, tools: Path | None) -> dict[str, int]:
        """Archive the store and count its rows, both as of the same instant."""
        with reading(engine) as session:
            snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
            how = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={QUEUE}"]
            _run("pg_dump", engine.url, tools, *how, f"--snapshot={snapshot}", f"--file={file}")
            return counted(session)

    def load(self, engine: Engine, file: Path, tools: Path | None) -> None:
        """Replace the store's tables in one transaction."""
        engine.dispose()
        how = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run("pg_restore", engine.url, tools, *how, f"--dbname={engine.url.database}", str(file))


def _run(tool: str, url: URL, tools: Path | None, *options: str) -> None:
    """Raises Refusal when the tool is missing or fails. The password travels in the environment, not as an argument."""
    found = shutil.which(tool, path=str(tools) if tools else None)
    if found is None:
        raise Refusal("backup.tool_missing", tool=tool)
    host = url.host or url.query.get("host")
    given = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = {name: str(value) for name, value in given.items() if value}
    if tool == "pg_dump":
        environment["PGDATABASE"] = str(url.database)
    done = subprocess.run([found, *options], env={**os.environ, **environment}, capture_output=True, check=False)
    if done.returncode:
        raise Refusal("backup.tool_failed", tool=tool, said=done.stderr.decode(errors="replace")[-800:])
